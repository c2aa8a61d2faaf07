import { derivedId } from '../model/ids.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import type { Json, JsonMap } from '../model/value.js';
import type { Store } from '../store/store.js';
import { templateTypes } from '../template/environment/template-types.js';
import { currentRecords } from './child-view.js';
import { sealed, secretTexts } from './seal-secrets.js';

/** The project of the users that a stack makes for itself; nested stacks share their root's. */
export function stackUserProjectId(stack: StackRecord): string {
  return derivedId(stack.rootId, 'stack-user-project').replaceAll('-', '');
}

/** All of a stack as data, in the shape of Heat's abandon answer; nested stacks lie inside their resources. */
export async function abandonData(
  store: Store,
  stack: StackRecord,
  records: readonly ResourceRecord[],
): Promise<JsonMap> {
  const template = await store.reads.template(stack.templateId);
  // What is secret in it stays so: encrypted where a snapshot is kept, masked in an answer.
  const { encrypted_param_names: _, ...environment } = (template?.environment ?? {}) as JsonMap;
  const registry = environment.resource_registry as JsonMap | undefined;
  const types = templateTypes(template?.document ?? {}, { members: true });
  const resources: JsonMap = {};
  for (const record of currentRecords(records)) resources[record.name] = await resourceData(store, record);
  return {
    name: stack.name,
    id: stack.id,
    action: stack.action,
    status: stack.status,
    environment: { ...environment, resource_registry: { ...types, ...registry } },
    files: { ...template?.files },
    template: template?.document ?? {},
    resources,
    project_id: stack.projectId,
    stack_user_project_id: stackUserProjectId(stack),
    tags: [...stack.tags],
  };
}

async function resourceData(store: Store, record: ResourceRecord): Promise<JsonMap> {
  const child = record.childStackId === undefined ? undefined : await store.reads.stack(record.childStackId);
  if (child) return abandonData(store, child, await store.reads.resources(child.id));
  return {
    name: record.name,
    resource_id: record.physicalId ?? null,
    type: record.type,
    action: record.action,
    status: record.status,
    metadata: record.metadata,
    // A snapshot keeps what is secret encrypted; an answer shows it masked.
    resource_data: sealed(record.data, secretTexts(record.properties)) as Json,
  };
}
