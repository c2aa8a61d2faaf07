import { CancelledError } from '../model/errors.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import { triedProperties } from '../planning/assumed-properties.js';
import { failureOf, type ResourceFailure, resourceFailure } from './failure.js';
import { isUndone, lostBy } from './lost-create.js';
import type { Run } from './run.js';

/** Puts a failure on record and gives it back for throwing. */
export async function fail(run: Run, record: ResourceRecord, error: unknown): Promise<ResourceFailure> {
  const isAbort = run.signal.aborted && error === run.signal.reason;
  const cause = isAbort ? new CancelledError(`${record.action} aborted (user triggered cancel)`) : error;
  const failure = resourceFailure(cause, record, record.intent?.attempt ?? 1);
  const { intent } = record;
  const { entry } = run.changed(record, {
    status: 'FAILED',
    statusReason: failure.errorClass === 'CancelledError' ? failure.text : failure.reason,
    intent: intent && closed(intent),
    // Whoever removes the record looks for what may have been made.
    lost: lostBy(record, failure),
    // What a failed update wanted is not what is there; what a failed create made may be there in part.
    ...(record.action === 'CREATE' && intent?.desired ? { properties: intent.desired } : {}),
    ...(intent?.verb === 'update' && intent.desired && !isUndone(record, failure)
      ? { tried: triedProperties(record, intent.desired) }
      : {}),
  });
  await run.record(entry);
  return failure;
}

/** An intent that has been carried out: kept to tell which operation did it, so that a resumed one does not do it again. */
export function closed({ token, verb, attempt, operationId }: Intent): Intent {
  return { token, verb, attempt, operationId };
}

/** True if a create or update of this very operation has brought the record to where it is, before the engine was interrupted. */
export function isDoneBy(run: Run, record: ResourceRecord, status: 'COMPLETE' | 'FAILED'): boolean {
  const { intent } = record;
  const isApplied = intent?.verb === 'create' || intent?.verb === 'update';
  return isApplied && record.status === status && intent.operationId === run.operation.id;
}

/** Throws again what this operation has put on record as a failure before the engine was interrupted. */
export function throwRecorded(run: Run, records: readonly ResourceRecord[]): void {
  const record = records.find((one) => isDoneBy(run, one, 'FAILED'));
  if (record) throw failureOf(record);
}
