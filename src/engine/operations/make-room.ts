import type { ResourceType } from '../drivers/resource-type.js';
import { newId } from '../model/ids.js';
import type { ResourceRecord } from '../model/records.js';
import type { ApplyInput } from './carry-out.js';
import { DriverCall } from './driver-call.js';
import { findLost, lostCreate } from './lost-create.js';
import { fail } from './record-failure.js';

/** Frees what the old resource and its replacement cannot have at once; what was taken stands in the old one's data. */
export async function makeRoom(input: ApplyInput, record: ResourceRecord): Promise<ResourceRecord> {
  const { run, resource } = input;
  const { type } = resource;
  if (record.type !== resource.typeName || (record.physicalId === undefined && !lostCreate(record))) return record;
  try {
    if (type.deleteBeforeReplace) return await deleteFirst(input, type, record);
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
  const found = await findLost(run, type, record, waiting);
  if (found.physicalId === undefined) return found;
  const isBegun = found.intent?.verb === 'delete' && found.intent.operationId === run.operation.id;
  const intent = { token: newId(), verb: 'delete', attempt: 1, operationId: run.operation.id } as const;
  const begun: ResourceRecord = isBegun ? found : { ...found, intent };
  if (!isBegun) await run.record({ resources: [begun] });
  const call = new DriverCall(run, type, begun, waiting);
  await call.carryOut((ctx, ref) => type.delete(ctx, ref));
  return { ...call.record, physicalId: undefined, intent: undefined };
}
