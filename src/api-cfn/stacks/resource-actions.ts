import { NotFoundError } from '../../engine/model/errors.js';
import type { StackRecord } from '../../engine/model/records.js';
import { type Action, type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { latestDrift } from '../drift/drift-records.js';
import { validationError } from '../protocol/cfn-error.js';
import { needText, textOf } from '../protocol/input-access.js';
import { pageOf } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { findStack } from './find-stack.js';
import { detailOf, factsOf, factsOfDeleted, type ResourceFacts, resourceOf, summaryOf } from './resource-view.js';
import { isInProgress, resourceStatus } from './status.js';

async function allFacts(context: ActionContext, stack: StackRecord): Promise<ResourceFacts[]> {
  const { deps, caller } = context;
  if (stack.deletedAt !== undefined) return factsOfDeleted(context, stack);
  const drift = await latestDrift(context, stack);
  const views = await deps.stacks.resources(caller, stack.id, {});
  return views.flatMap((view) => factsOf(view, drift) ?? []);
}

async function listStackResources(context: ActionContext): Promise<Output> {
  const { input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { deleted: true });
  const { items, nextToken } = pageOf('ListStackResources', await allFacts(context, stack), textOf(input, 'NextToken'));
  return { StackResourceSummaries: items.map(summaryOf), NextToken: nextToken };
}

/** AWS shows no more than this many here. */
const MAX_DESCRIBED = 100;

async function describeStackResources(context: ActionContext): Promise<Output> {
  const { input } = context;
  const stackName = textOf(input, 'StackName');
  const physicalId = textOf(input, 'PhysicalResourceId');
  const logicalId = textOf(input, 'LogicalResourceId');
  if (stackName !== undefined && physicalId !== undefined) {
    throw validationError('You cannot specify both StackName and PhysicalResourceId');
  }
  if (stackName === undefined && physicalId === undefined) {
    throw validationError('Either StackName or PhysicalResourceId must be specified');
  }
  const stack =
    stackName === undefined
      ? await ownerOf(context, physicalId ?? '')
      : await findStack(context, stackName, { deleted: true });
  const facts = (await allFacts(context, stack)).filter(
    (one) => logicalId === undefined || one.logicalId === logicalId,
  );
  if (logicalId !== undefined && facts.length === 0) throw missingResource(logicalId, stack);
  return { StackResources: facts.slice(0, MAX_DESCRIBED).map((one) => resourceOf(stack, one)) };
}

async function ownerOf({ deps, caller }: ActionContext, physicalId: string): Promise<StackRecord> {
  try {
    return await deps.stacks.owner(caller, physicalId);
  } catch (error) {
    if (error instanceof NotFoundError) throw validationError(`Stack for ${physicalId} does not exist`);
    throw error;
  }
}

function missingResource(logicalId: string, stack: StackRecord) {
  return validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
}

async function describeStackResource(context: ActionContext): Promise<Output> {
  const { input, deps, caller } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { deleted: true, missing: 'quotes' });
  const name = needText(input, 'LogicalResourceId');
  const [view] = await deps.stacks.resources(caller, stack.id, { names: [name] });
  const facts = view && factsOf(view, await latestDrift(context, stack));
  if (view && facts) return { StackResourceDetail: detailOf(view, facts) };
  const gone = (await allFacts(context, stack)).find((one) => one.logicalId === name);
  if (!gone) throw missingResource(name, stack);
  const { Timestamp, ...rest } = resourceOf(stack, gone);
  return { StackResourceDetail: { ...rest, LastUpdatedTimestamp: Timestamp } };
}

async function signalResource(context: ActionContext): Promise<Output> {
  const { input, deps, caller } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  const name = needText(input, 'LogicalResourceId');
  const [view] = await deps.stacks.resources(caller, stack.id, { names: [name] });
  if (!view) throw missingResource(name, stack);
  const status = resourceStatus(view.record);
  if (status === undefined || !isInProgress(status)) {
    throw validationError(`Resource ${name} is in ${status ?? 'CREATE_PENDING'} state and can not be signaled`);
  }
  const id = needText(input, 'UniqueId');
  await deps.stacks.countSignal(caller, stack.id, name, {
    id,
    status: needText(input, 'Status') === 'SUCCESS' ? 'SUCCESS' : 'FAILURE',
  });
  return EMPTY_OUTPUT;
}

/** What shows and signals resources. */
export const actions: readonly Action[] = [
  { name: 'ListStackResources', handle: listStackResources },
  { name: 'DescribeStackResources', handle: describeStackResources },
  { name: 'DescribeStackResource', handle: describeStackResource, forStackUsers: true },
  { name: 'SignalResource', handle: signalResource, forStackUsers: true },
];
