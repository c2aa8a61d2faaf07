import type { Action, ActionContext } from '../action.js';
import { EMPTY_OUTPUT } from '../action.js';
import { modeledError } from '../protocol/cfn-error.js';
import { needText, textOf } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { findStack } from '../stacks/find-stack.js';
import { lookUpChangeSet, removeChangeSets } from './change-set-store.js';
import { createChangeSet } from './create-change-set.js';
import { describeChangeSet, executionStatus, listChangeSets } from './describe-change-set.js';
import { executeChangeSet } from './execute-change-set.js';

async function deleteChangeSet(context: ActionContext): Promise<Output> {
  const { input, deps, caller } = context;
  const changeSet = await lookUpChangeSet(context, needText(input, 'ChangeSetName'), textOf(input, 'StackName'));
  // Deleting what is not there is success.
  if (!changeSet) return EMPTY_OUTPUT;
  const stack = await deps.stacks.find(caller, changeSet.stackId, { showDeleted: true });
  if ((await executionStatus(context, changeSet, stack)) === 'EXECUTE_IN_PROGRESS') {
    throw modeledError(
      'InvalidChangeSetStatusException',
      `The change set [${changeSet.arn}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
    );
  }
  await removeChangeSets(context, [changeSet]);
  return EMPTY_OUTPUT;
}

async function list(context: ActionContext): Promise<Output> {
  const stack = await findStack(context, needText(context.input, 'StackName'), { missing: 'brackets' });
  return listChangeSets(context, stack);
}

/** What speaks of change sets. */
export const actions: readonly Action[] = [
  { name: 'CreateChangeSet', handle: createChangeSet },
  { name: 'DescribeChangeSet', handle: describeChangeSet },
  { name: 'ExecuteChangeSet', handle: executeChangeSet },
  { name: 'DeleteChangeSet', handle: deleteChangeSet },
  { name: 'ListChangeSets', handle: list },
];
