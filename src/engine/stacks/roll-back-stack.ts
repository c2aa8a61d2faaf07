import { NotSupportedError } from '../model/errors.js';
import type { StackRecord } from '../model/records.js';
import type { JsonMap } from '../model/value.js';
import { rollbackOf } from '../operations/conclude.js';
import type { Caller, RollbackInput } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

/**
 * Brings a stack whose last operation failed back to its last good state: an update to the template before, a creation to
 * nothing. A rollback that failed itself goes on.
 */
export async function rollBackStack(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  input: RollbackInput = {},
): Promise<StackRecord> {
  const stack = await ownStack(parts, caller, stackId);
  const launch = rollbackOfFailed(stack);
  if (!launch)
    throw new NotSupportedError(
      `Stack [${stack.name}] is ${stack.action}_${stack.status}: there is nothing to roll back.`,
    );
  const extra: JsonMap = { ...stack.extra, ...launch.patch?.extra, ...input.extra };
  const begun = await parts.operations.begin(stack, {
    ...launch,
    options: { ...launch.options, ...(input.skip?.length ? { skip: input.skip } : {}) },
    patch: { ...launch.patch, extra },
    ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
  });
  return begun.stack;
}

function rollbackOfFailed(stack: StackRecord) {
  if (stack.status !== 'FAILED') return undefined;
  const isOfCreate = stack.action === 'ROLLBACK' ? stack.extra.rollbackFrom === 'CREATE' : stack.action === 'CREATE';
  if (isOfCreate) {
    return { action: 'ROLLBACK', options: {}, patch: { extra: { ...stack.extra, rollbackFrom: 'CREATE' } } } as const;
  }
  return stack.action === 'UPDATE' || stack.action === 'RESTORE' || stack.action === 'ROLLBACK'
    ? rollbackOf(stack)
    : undefined;
}
