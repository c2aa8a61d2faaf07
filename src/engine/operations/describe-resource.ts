import type { ResourceType } from '../drivers/resource-type.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';

/** A resource as Heat names it in messages: its class, its name and id, its stack. */
export function describeResource(
  type: ResourceType | undefined,
  record: Pick<ResourceRecord, 'name' | 'type' | 'physicalId'>,
  stack: Pick<StackRecord, 'name' | 'id'>,
): string {
  const id = record.physicalId ? ` [${record.physicalId}]` : '';
  return `${classOf(type, record.type)} "${record.name}"${id} Stack "${stack.name}" [${stack.id}]`;
}

function classOf(type: ResourceType | undefined, typeName: string): string {
  const { className } = type?.schema ?? {};
  // A nested template's class is its file.
  if (className !== undefined && /^\w+$/.test(className)) return className;
  return type?.composed ? 'TemplateResource' : (typeName.split('::').at(-1) ?? typeName);
}
