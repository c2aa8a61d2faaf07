import type { Progress, ResourceRef, ResourceType } from '../drivers/resource-type.js';
import { newId } from '../model/ids.js';
import type { ResourceRecord } from '../model/records.js';
import type { Json } from '../model/value.js';
import { wantsDeletionFirst } from '../planning/replacement-order.js';
import type { ApplyInput } from './carry-out.js';
import { copiesOf } from './copies.js';
import { DriverCall } from './driver-call.js';
import { findLost, lostCreate } from './lost-create.js';
import { fail } from './record-failure.js';
import type { Run } from './run.js';

/** Frees what the old resource and its replacement cannot have at once; what was taken stands in the old one's data. */
export async function makeRoom(input: ApplyInput, record: ResourceRecord, updatePolicy: Json): Promise<ResourceRecord> {
  const { run, resource } = input;
  const { type } = resource;
  if (record.type !== resource.typeName || (record.physicalId === undefined && !lostCreate(record))) return record;
  try {
    // What a lost create may have made serves nobody yet, and may hold a name or a port that its replacement needs.
    const isLost = record.physicalId === undefined;
    const isFirst = !type.composed && (isLost || wantsDeletionFirst(updatePolicy));
    if (isFirst || type.deleteBeforeReplace) return await deleteFirst(input, type, record);
    if (!type.prepareReplace || record.physicalId === undefined) return record;
    const call = new DriverCall(run, type, record, input.waiting);
    const notes = await run.cloud.limiter.run(async () => type.prepareReplace?.(call.context(), call.reference()));
    return { ...record, data: { ...record.data, ...notes } };
  } catch (error) {
    if (run.letsGo(error)) throw error;
    throw await fail(run, { ...(run.records.get(record.id) ?? record), action: 'UPDATE' }, error);
  }
}

async function deleteFirst(
  { run, waiting }: ApplyInput,
  type: ResourceType,
  record: ResourceRecord,
): Promise<ResourceRecord> {
  // What is to stay stays, even if its replacement cannot be made beside it.
  if (record.policies.updateReplace === 'Retain' || record.policies.external) return record;
  const found = await findLost(run, type, record, waiting);
  if (found.physicalId === undefined) return found;
  const isBegun = found.intent?.verb === 'delete' && found.intent.operationId === run.operation.id;
  const intent = { token: newId(), verb: 'delete', attempt: 1, operationId: run.operation.id } as const;
  const begun: ResourceRecord = isBegun ? found : { ...found, intent };
  if (!isBegun) {
    if (record.policies.updateReplace === 'Snapshot' && record.status === 'COMPLETE')
      await copy(run, type, found, waiting);
    await run.record({ resources: [begun] });
  }
  const call = new DriverCall(run, type, begun, waiting);
  await call.carryOut((ctx, ref) => type.delete(ctx, ref));
  return { ...call.record, physicalId: undefined, intent: undefined };
}

/** Takes the snapshot that a policy wants before the thing goes. */
async function copy(
  run: Run,
  type: ResourceType,
  record: ResourceRecord,
  waiting: (isWaiting: boolean) => void,
): Promise<void> {
  if (!type.snapshot) return;
  const isBegun = record.intent?.verb === 'snapshot' && record.intent.operationId === run.operation.id;
  const intent = { token: newId(), verb: 'snapshot', attempt: 1, operationId: run.operation.id } as const;
  const begun: ResourceRecord = isBegun ? record : { ...record, intent };
  if (!isBegun) await run.record({ resources: [begun] });
  const call = new DriverCall(run, type, begun, waiting);
  run.leave(
    copiesOf(record, await call.carryOut(async (ctx, ref) => (await type.snapshot?.(ctx, ref)) ?? unchangedBy(ref))),
  );
}

function unchangedBy({ physicalId = '' }: ResourceRef): Progress {
  return { state: 'done', physicalId, attributes: {} };
}
