import { newId } from '../engine/model/ids.js';
import type { ResourceRecord, StackRecord } from '../engine/model/records.js';
import { isMap, type JsonMap } from '../engine/model/value.js';
import type { Operations } from '../engine/operations/operations.js';
import type { Cloud } from '../resources/clouds/cloud.js';

/** Servers' metadata follows the deployments on them. */
export async function pushMetadata(
  operations: Operations,
  projectId: string,
  serverId: string,
  deployments: readonly JsonMap[],
): Promise<void> {
  const { reads } = operations.parts.store;
  for (const record of await reads.resourcesByPhysicalId(projectId, serverId)) {
    const stack = await operations.stack(record.stackId);
    if (!stack) continue;
    await operations.withWriter(stack, async (run) => {
      const latest = run.records.get(record.id);
      if (!latest) return;
      const before = isMap(latest.metadata) ? (latest.metadata as JsonMap) : {};
      const metadata = { ...before, deployments: [...deployments] };
      await run.record({ resources: [{ ...latest, metadata }] });
      await postMetadata(run.cloud.cloud as Cloud, stack, latest, metadata);
    });
  }
}

/** Servers that wait at a queue are not looking: what is new is posted there. */
async function postMetadata(
  cloud: Cloud,
  stack: StackRecord,
  { data }: ResourceRecord,
  metadata: JsonMap,
): Promise<void> {
  const queue = data.metadata_queue_id;
  if (typeof queue !== 'string') return;
  const call = { projectId: stack.projectId, region: stack.region, token: newId() };
  await cloud.collection('queues').act(call, queue, 'post', { body: metadata });
}
