import type { Progress, ResourceType } from '../drivers/resource-type.js';
import { MissingError, QuotaError, RejectedError, ThrottledError } from '../model/errors.js';
import type { Intent, LostCreate, ResourceRecord } from '../model/records.js';
import { type JsonMap, revealed } from '../model/value.js';
import { DriverCall } from './driver-call.js';
import type { ResourceFailure } from './failure.js';
import { findMade } from './find-made.js';
import type { Run } from './run.js';

/** Of a record without an id: the create that may have made something all the same; undefined if there is none. */
export function lostCreate(record: ResourceRecord): LostCreate | undefined {
  if (record.physicalId !== undefined) return undefined;
  const { intent } = record;
  if (intent?.verb !== 'create' || !intent.desired) return record.lost;
  return { token: intent.token, desired: intent.desired };
}

/** The create that a failure leaves without an answer; undefined if the failure itself says that nothing was made. */
export function lostBy(record: ResourceRecord, failure: ResourceFailure): LostCreate | undefined {
  const isNew = record.intent?.verb === 'create' && record.intent.desired !== undefined;
  return isNew && isUndone(record, failure) ? undefined : lostCreate(record);
}

/** True if a failure says for sure that nothing of the record's intent has been done. */
export function isUndone({ intent }: ResourceRecord, { cause }: ResourceFailure): boolean {
  // An earlier try may have gone through before the one that was refused; an update that was waited for has begun.
  const isBegun = (intent?.attempt ?? 1) > 1 || (intent?.verb === 'update' && intent.checkpoint !== undefined);
  return !isBegun && (isRefusal(cause) || cause instanceof ThrottledError);
}

/**
 * The record with the id of what its lost create has made; without one if it is known to have made nothing. Throws as
 * long as nobody can tell: then the record keeps what it is to be asked for by.
 */
export async function findLost(
  run: Run,
  type: ResourceType,
  record: ResourceRecord,
  waiting: (isWaiting: boolean) => void,
): Promise<ResourceRecord> {
  const lost = lostCreate(record);
  if (!lost) return record;
  const intent: Intent = { ...lost, verb: 'create', attempt: 1, operationId: run.operation.id };
  const call = new DriverCall(run, type, { ...record, intent }, waiting);
  const desired = revealed(lost.desired) as JsonMap;
  const found = type.find
    ? await call.ask((ctx) => findMade(type, ctx, desired))
    : await createdAgain(run, type, call, desired);
  const { record: next, entry } = run.changed(record, {
    lost: undefined,
    ...(found?.physicalId === undefined ? {} : { physicalId: found.physicalId, data: found.data ?? record.data }),
  });
  await run.record(entry);
  return next;
}

/** Types that cannot look are asked to create the same once more: by the token they know what they have made. */
async function createdAgain(
  run: Run,
  type: ResourceType,
  call: DriverCall,
  desired: JsonMap,
): Promise<{ readonly physicalId?: string; readonly data?: JsonMap } | undefined> {
  try {
    let progress: Progress = await call.ask((ctx) => type.create(ctx, desired));
    while (progress.state === 'pending' && progress.physicalId === undefined) progress = await call.askOn(progress);
    return progress.state === 'replace' ? undefined : progress;
  } catch (error) {
    // An answer that may come yet, or was lost again, tells nothing.
    if (run.letsGo(error) || !isRefusal(error)) throw error;
    run.parts.log('a lost create left nothing behind', { resource: call.record.name, error: String(error) });
    return undefined;
  }
}

/** True if the world has answered for good that it does not make this. */
function isRefusal(error: unknown): boolean {
  return error instanceof RejectedError || error instanceof QuotaError || error instanceof MissingError;
}
