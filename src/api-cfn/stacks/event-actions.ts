import type { StackRecord } from '../../engine/model/records.js';
import type { EventFilter } from '../../engine/stacks/requests.js';
import type { Action, ActionContext } from '../action.js';
import { findChangeSet } from '../change-sets/change-set-store.js';
import { validationError } from '../protocol/cfn-error.js';
import { flagOf, mapOf, needText, textOf } from '../protocol/input-access.js';
import { PAGE_SIZE, readToken, writeToken } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { EventWriter } from './event-view.js';
import { findStack } from './find-stack.js';
import { operationType } from './stack-view.js';

interface EventPage {
  readonly events: Output[];
  readonly nextToken: string | undefined;
}

/** One page of a stack's events, the latest first. */
async function pageOfEvents(
  context: ActionContext,
  list: string,
  stack: StackRecord,
  filter: EventFilter,
): Promise<EventPage> {
  const { deps, caller, input } = context;
  const marker = readToken(list, textOf(input, 'NextToken'))?.after;
  const views = await deps.stacks.events(caller, stack.id, {
    ...filter,
    descending: true,
    limit: PAGE_SIZE + 1,
    ...(typeof marker === 'string' ? { marker } : {}),
  });
  const shown = views.slice(0, PAGE_SIZE);
  const writer = await EventWriter.of(context, stack);
  const events: Output[] = [];
  for (const view of shown) events.push(...(await writer.write(view)));
  const last = shown.at(-1);
  return {
    events,
    nextToken: views.length > PAGE_SIZE && last ? writeToken(list, { after: last.event.id }) : undefined,
  };
}

async function describeStackEvents(context: ActionContext): Promise<Output> {
  const stack = await findStack(context, needText(context.input, 'StackName'), { deleted: true, missing: 'brackets' });
  const { events, nextToken } = await pageOfEvents(context, 'DescribeStackEvents', stack, {});
  return { StackEvents: events, NextToken: nextToken };
}

/** The events of one operation, or of all operations of a stack. */
async function describeEvents(context: ActionContext): Promise<Output> {
  const { input, deps, caller } = context;
  const changeSetName = textOf(input, 'ChangeSetName');
  const operationId = textOf(input, 'OperationId');
  const stack = await eventOwner(context, changeSetName, operationId);
  const onlyFailed = flagOf(mapOf(input, 'Filters') ?? {}, 'FailedEvents') === true;
  const filter: EventFilter = {
    ...(operationId === undefined ? {} : { operationId }),
    ...(onlyFailed ? { statuses: ['FAILED'] } : {}),
  };
  const { events, nextToken } = await pageOfEvents(context, 'DescribeEvents', stack, filter);
  const operations = new Map((await deps.stacks.operations(caller, stack.id)).map((one) => [one.id, one]));
  return {
    OperationEvents: events.map((event) => {
      const { StackName: _, ...rest } = event;
      const operation = operations.get(String(event.OperationId));
      return {
        ...rest,
        OperationType: operation && operationType(operation.action),
        OperationStatus: operation && operationStatus(operation.status),
        EventType: String(event.ResourceStatus).endsWith('_FAILED') ? 'PROVISIONING_ERROR' : 'STACK_EVENT',
        StartTime: operation?.startedAt,
        EndTime: operation?.finishedAt,
      };
    }),
    NextToken: nextToken,
  };
}

async function eventOwner(
  context: ActionContext,
  changeSetName: string | undefined,
  operationId: string | undefined,
): Promise<StackRecord> {
  const { input, deps, caller } = context;
  const stackName = textOf(input, 'StackName');
  if (changeSetName !== undefined) {
    const changeSet = await findChangeSet(context, changeSetName, stackName);
    return deps.stacks.find(caller, changeSet.stackId, { showDeleted: true });
  }
  if (stackName !== undefined) return findStack(context, stackName, { deleted: true, missing: 'brackets' });
  if (operationId === undefined)
    throw validationError('At least one of StackName, ChangeSetName or OperationId must be specified.');
  const stack = await deps.stacks.ownerOfOperation(caller, operationId);
  if (stack) return stack;
  throw validationError(`Operation ${operationId} does not exist`);
}

function operationStatus(status: string): string {
  if (status === 'RUNNING') return 'IN_PROGRESS';
  return status === 'COMPLETE' ? 'SUCCEEDED' : 'FAILED';
}

/** What tells of what happened. */
export const actions: readonly Action[] = [
  { name: 'DescribeStackEvents', handle: describeStackEvents },
  { name: 'DescribeEvents', handle: describeEvents },
];
