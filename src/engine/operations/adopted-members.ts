import type { ChildMember } from '../drivers/resource-type.js';
import { isMap, type JsonMap } from '../model/value.js';

/** The members of a group as the data of an abandoned stack tell of them: taken over, they keep their names. */
export function adoptedMembers(adopt: JsonMap | undefined): ChildMember[] {
  const declarations = declarationsIn(adopt?.template);
  const resources = isMap(adopt?.resources) ? (adopt.resources as JsonMap) : {};
  return Object.entries(resources).map(([name, entry], index) => {
    const { type, resource_id: id, action, status } = isMap(entry) ? (entry as JsonMap) : {};
    const declaration = declarations[name];
    const physicalId = typeof id === 'string' ? id : undefined;
    return {
      name,
      uuid: '',
      type: String(type ?? ''),
      physicalId,
      reference: physicalId ?? null,
      status: `${String(action)}_${String(status)}`,
      // In the order in which they were made.
      createdAt: index,
      properties: {},
      ...(isMap(declaration) ? { declaration: declaration as JsonMap } : {}),
    };
  });
}

function declarationsIn(template: unknown): JsonMap {
  if (!isMap(template)) return {};
  const { resources, Resources } = template as JsonMap;
  const found = resources ?? Resources;
  return isMap(found) ? (found as JsonMap) : {};
}
