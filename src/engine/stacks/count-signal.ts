import { NotFoundError, NotSupportedError } from '../model/errors.js';
import { currentRecords } from '../operations/child-view.js';
import { deliverSignal } from '../operations/deliver-signal.js';
import { type ResourceSignal, withSignal } from '../operations/resource-signals.js';
import type { Caller } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

/**
 * Counts a success or failure signal for a resource whose creation or update policy waits for such; wait conditions get it
 * through their handle.
 */
export async function countSignal(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  name: string,
  signal: Pick<ResourceSignal, 'id' | 'status'>,
): Promise<void> {
  const stack = await ownStack(parts, caller, stackId);
  const { operations } = parts;
  const record = currentRecords(await operations.records(stack.id)).find((one) => one.name === name);
  if (!record) throw new NotFoundError('Resource', name);
  if (record.type.endsWith('::WaitConditionHandle')) {
    await deliverSignal(operations, stack, record, {
      Status: signal.status,
      UniqueId: signal.id,
      Data: '',
      Reason: '',
    });
    return;
  }
  if (record.action === 'DELETE')
    throw new NotSupportedError(`Resource ${name} is being deleted and can not be signaled`);
  const at = parts.prepare.engine.clock.now();
  await operations.withWriter(stack, async (run) => {
    const latest = run.records.get(record.id) ?? record;
    const reason = `Received ${signal.status} signal with UniqueId ${signal.id}`;
    const next = withSignal(latest, { ...signal, at });
    await run.record({ resources: [next], events: [run.eventOf(next, { action: 'SIGNAL', reason })] });
  });
}
