import { CancelledError, InvariantError } from '../model/errors.js';
import type { ResourceRecord } from '../model/records.js';
import type { DesiredStack } from '../planning/desired.js';
import type { PhaseInput, PhaseResult } from './execute.js';
import { ResourceFailure } from './failure.js';
import { fail } from './record-failure.js';
import { removeResource } from './remove-resource.js';
import { settleInterrupted } from './settle-interrupted.js';

/**
 * The end of a cancelled operation that an interruption came before: nothing is begun any more, but what it had begun is
 * carried to its end, as it would have been without the interruption.
 */
export async function settleCancelled(input: PhaseInput, desired: DesiredStack): Promise<PhaseResult> {
  const { run } = input;
  const begun = run.records
    .all()
    .filter(({ status, intent }) => status === 'IN_PROGRESS' && intent?.operationId === run.operation.id);
  const failures: ResourceFailure[] = [];
  await Promise.all(
    begun.map(async (record) => {
      try {
        await settle(input, desired, record);
      } catch (error) {
        if (!(error instanceof ResourceFailure) || run.letsGo(error)) throw error;
        failures.push(error);
      }
    }),
  );
  return { failures, skipped: 0 };
}

async function settle(input: PhaseInput, desired: DesiredStack, record: ResourceRecord): Promise<void> {
  const { run, loader, children } = input;
  const resource = desired.resources.get(record.name);
  const waiting = () => undefined;
  if (record.action === 'DELETE') {
    const type = await loader.typeOf(run.stack, record);
    return removeResource({ run, record, type, children, hooks: resource?.hooks ?? new Set(), waiting });
  }
  await children.cancel(record);
  const evaluate = async () => {
    throw new InvariantError('what was begun is not evaluated again');
  };
  if (resource) await settleInterrupted({ run, resource, evaluate, children, waiting }, record);
  const settled = run.records.get(record.id);
  if (settled?.status !== 'IN_PROGRESS') return;
  throw await fail(run, settled, new CancelledError(`${settled.action} aborted (user triggered cancel)`));
}
