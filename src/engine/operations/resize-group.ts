import type { ChildStep } from '../drivers/resource-type.js';
import { NotSupportedError } from '../model/errors.js';
import { physicalName } from '../model/ids.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { type JsonMap, revealed } from '../model/value.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { childTemplateRecord } from './child-template.js';
import { currentRecords } from './child-view.js';
import { DriverCall } from './driver-call.js';
import { followMembers } from './follow-members.js';
import { declaredMembers } from './members.js';
import type { Operations } from './operations.js';

/** Brings a group's child stack to a size, in operations of the child's own; throws the failure of one that fails. */
export async function resizeGroup(
  operations: Operations,
  stack: StackRecord,
  record: ResourceRecord,
  size: number,
): Promise<void> {
  const desired = await operations.loader.desired(stack);
  const resource = desired.resources.get(record.name);
  const composed = resource?.type.composed;
  const child = record.childStackId === undefined ? undefined : await operations.stack(record.childStackId);
  if (!resource || !composed?.resize || !child)
    throw new NotSupportedError(`${record.name} is not a group that can be scaled`);
  await operations.running(child.id);
  const properties = revealed(record.properties) as JsonMap;
  const members = await declaredMembers(operations, child, currentRecords(await operations.records(child.id)));
  const files = desired.record.files;
  const context = await operations.withWriter(stack, async (run) =>
    new DriverCall(run, resource.type, record, () => undefined).context(),
  );
  const found = await composed.prepare?.(context, properties, files);
  const steps: readonly ChildStep[] = composed.resize(
    {
      name: record.name,
      physicalName: physicalName(stack.name, record.name, record.id, resource.type.schema.nameLimit),
      properties,
      previous: properties,
      members,
      data: record.data,
      updatePolicy: record.policies.update,
      files,
      uuid: record.id,
      ...(found ? { found } : {}),
    },
    size,
  );
  const environment = childEnvironment(desired.environment, record.name, resource.mappingPath);
  for (const step of steps) {
    const template = childTemplateRecord(desired, resource, step, environment, record.properties);
    const current = (await operations.stack(child.id)) ?? child;
    const result = await operations.launch(current, { action: 'UPDATE', template, options: {} });
    if (result.status !== 'COMPLETE') throw result.failure?.within(record.name) ?? new Error(result.reason);
    const { data } = step;
    if (!data) continue;
    await operations.withWriter(stack, async (run) => {
      const latest = run.records.get(record.id);
      if (latest) await run.record({ resources: [{ ...latest, data: { ...latest.data, ...data } }] });
    });
  }
  if (!composed.follow) return;
  const after = await declaredMembers(operations, child, currentRecords(await operations.records(child.id)));
  const followers = composed.follow(properties, after);
  await operations.withWriter(stack, (run) => followMembers(run, followers, operations.loader));
}
