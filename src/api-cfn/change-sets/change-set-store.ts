import type { StackRecord } from '../../engine/model/records.js';
import { accountOf, partitionOf } from '../../engine/planning/stack-identity.js';
import type { ActionContext } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { findStack, lookUpStack } from '../stacks/find-stack.js';
import type { ChangeSet } from './change-set.js';

const KIND = 'cfn-change-set';

/** The ARN of a change set with this UUID. */
export function changeSetArn(stack: Pick<StackRecord, 'region' | 'projectId'>, name: string, uuid: string): string {
  return `arn:${partitionOf(stack.region)}:cloudformation:${stack.region}:${accountOf(stack.projectId)}:changeSet/${name}/${uuid}`;
}

/** The change set of an ARN, or of a name on a stack; ChangeSetNotFound if there is none of the caller's. */
export async function findChangeSet(
  context: ActionContext,
  nameOrArn: string,
  stackName: string | undefined,
): Promise<ChangeSet> {
  const found = await lookUpChangeSet(context, nameOrArn, stackName);
  if (found) return found;
  throw modeledError('ChangeSetNotFoundException', `ChangeSet [${nameOrArn}] does not exist`);
}

/** The same, undefined if there is none. */
export async function lookUpChangeSet(
  context: ActionContext,
  nameOrArn: string,
  stackName: string | undefined,
): Promise<ChangeSet | undefined> {
  const { deps, caller } = context;
  if (nameOrArn.startsWith('arn:')) {
    const found = await deps.documents.get<ChangeSet>(KIND, nameOrArn);
    return found && isCallers(context, found.body) ? found.body : undefined;
  }
  if (stackName === undefined) {
    throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  }
  // An id names a stack that may be gone together with all that belonged to it.
  const stack =
    (await lookUpStack(context, stackName, { deleted: true })) ??
    (await findStack(context, stackName, { missing: 'brackets' }));
  const found = await deps.documents.byKey<ChangeSet>(KIND, keyOf(stack.id, nameOrArn));
  return found?.body.projectId === caller.projectId ? found.body : undefined;
}

function isCallers({ caller }: ActionContext, changeSet: ChangeSet): boolean {
  return changeSet.projectId === caller.projectId && changeSet.region === caller.region;
}

function keyOf(stackId: string, name: string): string {
  return `${stackId}:${name}`;
}

/** The change sets of a stack, in the order of their making. */
export async function changeSetsOf({ deps }: ActionContext, stack: StackRecord): Promise<ChangeSet[]> {
  return (await deps.documents.list<ChangeSet>(KIND, stack.id)).map(({ body }) => body);
}

export async function keepChangeSet({ deps }: ActionContext, changeSet: ChangeSet): Promise<void> {
  const { arn, stackId, name } = changeSet;
  await deps.documents.put(KIND, { id: arn, key: keyOf(stackId, name), owner: stackId, body: changeSet });
}

export async function removeChangeSets({ deps }: ActionContext, changeSets: readonly ChangeSet[]): Promise<void> {
  if (changeSets.length > 0) await deps.documents.remove(KIND, ...changeSets.map(({ arn }) => arn));
}
