import { refactorOperationId } from '../../engine/stacks/refactor/gather-stacks.js';
import type { RefactorInput, ResourcePlace } from '../../engine/stacks/refactor/refactor-requests.js';
import type { ActionContext } from '../action.js';
import { modeledError } from '../protocol/cfn-error.js';

const KIND = 'cfn-stack-refactor';

/** A move as it was planned. */
export interface PlannedMove {
  readonly from: ResourcePlace;
  readonly to: ResourcePlace;
  readonly physicalId: string | undefined;
  readonly isGiven: boolean;
}

/** A stack of a refactoring as it was when it was planned. */
export interface PlannedStack {
  readonly name: string;
  readonly id: string;
  readonly isNew: boolean;
  /** What ran last on it then: if that is another one now, the plan is obsolete. */
  readonly operationId: string | undefined;
}

/** A stack refactor as it is stored. */
export interface RefactorRecord {
  readonly id: string;
  readonly projectId: string;
  readonly region: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly input: RefactorInput;
  readonly status: 'CREATE_COMPLETE' | 'CREATE_FAILED';
  readonly statusReason: string | undefined;
  readonly execution: 'UNAVAILABLE' | 'AVAILABLE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED';
  readonly executionReason: string | undefined;
  readonly stacks: readonly PlannedStack[];
  readonly moves: readonly PlannedMove[];
}

/** A refactoring with what has become of it since. */
export interface RefactorState {
  readonly record: RefactorRecord;
  readonly execution: RefactorRecord['execution'] | 'OBSOLETE';
  readonly executionReason: string | undefined;
}

const ownerOf = ({ projectId, region }: { readonly projectId: string; readonly region: string }): string =>
  `${projectId}/${region}`;

/** Durable when it resolves. */
export async function putRefactor({ deps }: ActionContext, record: RefactorRecord): Promise<void> {
  await deps.documents.put(KIND, { id: record.id, owner: ownerOf(record), body: record });
}

/** The caller's refactoring of an id; StackRefactorNotFound if there is none. */
export async function needRefactor(context: ActionContext, id: string): Promise<RefactorState> {
  const { deps, caller } = context;
  const found = await deps.documents.get<RefactorRecord>(KIND, id);
  if (!found || found.owner !== ownerOf(caller))
    throw modeledError('StackRefactorNotFoundException', `Stack refactor ${id} does not exist`);
  return stateOf(context, found.body);
}

/** Every refactoring of the caller's, the newest first. */
export async function listRefactors(context: ActionContext): Promise<RefactorState[]> {
  const { deps, caller } = context;
  const found = await deps.documents.list<RefactorRecord>(KIND, ownerOf(caller));
  return Promise.all(found.reverse().map(({ body }) => stateOf(context, body)));
}

async function stateOf(context: ActionContext, record: RefactorRecord): Promise<RefactorState> {
  const { execution, executionReason } = record;
  if (execution === 'EXECUTE_IN_PROGRESS') {
    // The engine may have ended between the transaction and the word of its end: the history of the stacks tells.
    const isDone = await hasHappened(context, record);
    return { record, execution: isDone ? 'EXECUTE_COMPLETE' : 'EXECUTE_IN_PROGRESS', executionReason };
  }
  if (execution === 'AVAILABLE' && (await isObsolete(context, record))) {
    return {
      record,
      execution: 'OBSOLETE',
      executionReason: 'A stack of this refactor has changed since it was created.',
    };
  }
  return { record, execution, executionReason };
}

async function hasHappened({ deps, caller }: ActionContext, { id, stacks }: RefactorRecord): Promise<boolean> {
  const [first] = stacks;
  if (!first) return false;
  const operation = await deps.stacks
    .operation(caller, first.id, refactorOperationId(id, first.name))
    .catch(() => undefined);
  return operation !== undefined;
}

async function isObsolete({ deps, caller }: ActionContext, { stacks }: RefactorRecord): Promise<boolean> {
  for (const { name, id, isNew, operationId } of stacks) {
    const now = await deps.stacks.find(caller, isNew ? name : id).catch(() => undefined);
    if (isNew ? now !== undefined && now.region === caller.region : now?.operationId !== operationId) return true;
  }
  return false;
}
