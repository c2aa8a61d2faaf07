import type { JsonMap } from '../../engine/model/value.js';
import { type Action, type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { flagOf, needText, textOf, textsOf } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { findStack, stackArn } from './find-stack.js';
import { clientToken, rememberToken, repeatedOperation } from './request-tokens.js';
import { resourcesToSkip } from './resources-to-skip.js';
import { stackStatus } from './status.js';

async function cancelUpdate(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  if (await repeatedOperation(context, stack, ['ROLLBACK'])) return EMPTY_OUTPUT;
  if (stackStatus(stack) !== 'UPDATE_IN_PROGRESS') {
    throw validationError('CancelUpdateStack cannot be called from current stack status');
  }
  await deps.stacks.action(caller, stack.id, 'cancel_update');
  return EMPTY_OUTPUT;
}

async function continueRollback(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  if (await repeatedOperation(context, stack, ['ROLLBACK'])) return EMPTY_OUTPUT;
  const status = stackStatus(stack);
  if (status !== 'UPDATE_ROLLBACK_FAILED') {
    throw validationError(`Stack:${stackArn(stack)} is in ${status} state and can not continue rollback.`);
  }
  const skip = await resourcesToSkip(context, stack, textsOf(input, 'ResourcesToSkip') ?? []);
  const begun = await deps.stacks.rollBack(caller, stack.id, { skip, extra: roleOf(input), ...clientToken(context) });
  await rememberToken(context, begun);
  return EMPTY_OUTPUT;
}

const ROLLABLE = new Set(['CREATE_FAILED', 'UPDATE_FAILED', 'ROLLBACK_FAILED']);

async function rollbackStack(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  const repeated = await repeatedOperation(context, stack, ['ROLLBACK']);
  if (repeated) return { StackId: stackArn(stack), OperationId: repeated.id };
  const status = stackStatus(stack);
  if (!ROLLABLE.has(status))
    throw validationError(`Stack:${stackArn(stack)} is in ${status} state and can not be rolled back.`);
  const retainExceptOnCreate = flagOf(input, 'RetainExceptOnCreate') ?? false;
  const extra = { ...roleOf(input), retainExceptOnCreate };
  const begun = await deps.stacks.rollBack(caller, stack.id, { extra, ...clientToken(context) });
  await rememberToken(context, begun);
  return { StackId: stackArn(begun), OperationId: begun.operationId };
}

function roleOf(input: JsonMap): JsonMap {
  const roleArn = textOf(input, 'RoleARN');
  return roleArn === undefined ? {} : { roleArn };
}

/** The ways back. */
export const actions: readonly Action[] = [
  { name: 'CancelUpdateStack', handle: cancelUpdate },
  { name: 'ContinueUpdateRollback', handle: continueRollback },
  { name: 'RollbackStack', handle: rollbackStack },
];
