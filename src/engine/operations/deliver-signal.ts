import { NotAvailableError, NotSupportedError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import type { Json } from '../model/value.js';
import { DriverCall } from './driver-call.js';
import type { Operations } from './operations.js';

/**
 * Hands a signal to a resource: its type's `signal` runs, what it gives goes on record together with the event. Signals
 * to one resource are handled one after the other.
 */
export async function deliverSignal(
  operations: Operations,
  stack: StackRecord,
  record: ResourceRecord,
  details: Json,
): Promise<void> {
  const type = await operations.loader.typeOf(stack, record);
  if (!type?.signal) {
    throw new NotSupportedError('signal is not supported for resource.', { heatType: 'ResourceActionNotSupported' });
  }
  if (!type.signalledAlways) refuseUntimely(record);
  const { signal } = type;
  await operations.signals.run(record.id, async () => {
    const result = await operations.withWriter(stack, async (run) => {
      const call = new DriverCall(run, type, run.records.get(record.id) ?? record, () => undefined);
      return { context: call.context(), reference: call.reference() };
    });
    const answer = await signal.call(type, result.context, result.reference, { details });
    await operations.withWriter(stack, async (run) => {
      const latest = run.records.get(record.id) ?? record;
      const next: ResourceRecord = {
        ...latest,
        metadata: answer.metadata ?? latest.metadata,
        attributes: { ...latest.attributes, ...answer.attributes },
        data: { ...latest.data, ...answer.data },
      };
      const events = answer.reason === null ? [] : [run.eventOf(next, { action: 'SIGNAL', reason: answer.reason })];
      await run.record({ resources: [next], events });
    });
  });
}

function refuseUntimely({ action, physicalId, name }: ResourceRecord): void {
  if (action === 'SUSPEND' || action === 'DELETE') {
    throw new NotSupportedError(`Signal resource during ${action} is not supported.`);
  }
  if (physicalId === undefined) throw new NotAvailableError(`The Resource (${name}) is not available.`);
}
