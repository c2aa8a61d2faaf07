import type { StackRecord } from '../../engine/model/records.js';
import { type JsonMap, revealed } from '../../engine/model/value.js';
import type { CreateInput } from '../../engine/stacks/requests.js';
import { type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { flagOf, needText, textOf } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { clientToken, rememberToken, repeatedOperation } from '../stacks/request-tokens.js';
import { stackStatus } from '../stacks/status.js';
import type { ChangeSet } from './change-set.js';
import { findChangeSet, keepChangeSet, removeChangeSets } from './change-set-store.js';
import { otherChangeSets } from './create-change-set.js';
import { executionStatus } from './describe-change-set.js';

/** Carries out a change set; all others of the stack are gone then. */
export async function executeChangeSet(context: ActionContext): Promise<Output> {
  const { input, deps, caller } = context;
  const changeSet = await findChangeSet(context, needText(input, 'ChangeSetName'), textOf(input, 'StackName'));
  const stack = await deps.stacks.find(caller, changeSet.stackId, { showDeleted: true });
  if (await repeatedOperation(context, stack, ['CREATE', 'UPDATE', 'ADOPT'])) return EMPTY_OUTPUT;
  await guardExecutable(context, changeSet, stack);
  const begun = await begin(context, changeSet, stack);
  await keepChangeSet(context, { ...changeSet, operationId: begun.operationId ?? null });
  await removeChangeSets(context, await otherChangeSets(context, stack, changeSet.arn));
  await rememberToken(context, begun);
  return EMPTY_OUTPUT;
}

async function guardExecutable(context: ActionContext, changeSet: ChangeSet, stack: StackRecord): Promise<void> {
  if (changeSet.status !== 'CREATE_COMPLETE') {
    throw modeledError(
      'InvalidChangeSetStatusException',
      `ChangeSet [${changeSet.arn}] cannot be executed in its current status of [${changeSet.status}]`,
    );
  }
  const execution = await executionStatus(context, changeSet, stack);
  if (execution === 'AVAILABLE') return;
  throw modeledError(
    'InvalidChangeSetStatusException',
    `ChangeSet [${changeSet.arn}] cannot be executed in its current execution status of [${execution}]`,
  );
}

async function begin(context: ActionContext, changeSet: ChangeSet, stack: StackRecord): Promise<StackRecord> {
  const { deps, caller, input } = context;
  const { wish, type } = changeSet;
  const disableRollback = flagOf(input, 'DisableRollback');
  if (disableRollback !== undefined && wish.onFailure !== null) {
    throw validationError('You can specify either DisableRollback or OnStackFailure, but not both.');
  }
  const retainExceptOnCreate = flagOf(input, 'RetainExceptOnCreate');
  const extra: JsonMap = {
    ...wish.extra,
    changeSetId: changeSet.arn,
    executedAt: deps.now(),
    ...(retainExceptOnCreate === undefined ? {} : { retainExceptOnCreate }),
    ...(type === 'IMPORT' ? { importing: true } : {}),
  };
  const common = {
    template: changeSet.templateText,
    parameters: revealed(wish.parameters) as JsonMap,
    ...(wish.tagMap ? { tagMap: wish.tagMap } : {}),
    ...clientToken(context),
    ...adoption(changeSet),
    extra,
  };
  if (stackStatus(stack) === 'REVIEW_IN_PROGRESS') {
    const onFailure = wish.onFailure ?? undefined;
    return deps.stacks.createReserved(caller, stack.id, {
      ...common,
      name: stack.name,
      ...(onFailure === undefined ? { disableRollback: disableRollback ?? false } : { onFailure }),
    } satisfies CreateInput);
  }
  const { template, ...withoutTemplate } = common;
  return deps.stacks.update(caller, stack.id, {
    ...withoutTemplate,
    ...(wish.hasTemplate ? { template } : {}),
    usePreviousValues: wish.previous,
    disableRollback: disableRollback ?? wish.onFailure === 'DO_NOTHING',
    ...(stack.origin === 'cfn' ? {} : { existing: true }),
  });
}

function adoption({ wish: { imports }, type }: ChangeSet): { adoptData?: JsonMap } {
  const names = Object.entries(imports);
  if (names.length === 0) return {};
  const resources = Object.fromEntries(names.map(([name, physicalId]) => [name, { resource_id: physicalId }]));
  return { adoptData: { resources, ...(type === 'IMPORT' ? { import: true } : {}) } };
}
