import type { ChildMember } from '../drivers/resource-type.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type JsonMap, revealed } from '../model/value.js';
import { memberOf } from './child-view.js';
import type { StackLoader } from './stack-loader.js';

/** A child's members together with what its template says of them now: a group builds its next template from both. */
export async function declaredMembers(
  { loader }: { readonly loader: StackLoader },
  child: StackRecord,
  records: readonly ResourceRecord[],
): Promise<ChildMember[]> {
  const { template } = await loader.desired(child);
  const section = template.document.resources ?? template.document.Resources;
  const declarations = isMap(section) ? (section as JsonMap) : {};
  return records.map((record) => {
    const declaration = declarations[record.name];
    return isMap(declaration)
      ? { ...memberOf(record), declaration: revealed(declaration) as JsonMap }
      : memberOf(record);
  });
}
