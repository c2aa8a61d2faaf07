import { type Action, type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { modeledError } from '../protocol/cfn-error.js';
import { mapsOf, needText, textOf } from '../protocol/input-access.js';
import { askedPage } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { shownSetDrift } from './set-actions.js';
import { needSet, newOperation, shownPreferences } from './set-input.js';
import type { SetOperationRecord } from './stack-set-records.js';

async function needOperation(context: ActionContext) {
  const { runner, set } = await needSet(context);
  const id = needText(context.input, 'OperationId');
  const operation = await runner.records.operation(set.id, id);
  if (!operation) throw modeledError('OperationNotFoundException', `Operation ${id} not found`);
  return { runner, set, operation, results: await runner.records.results(operation) };
}

async function describeOperation(context: ActionContext): Promise<Output> {
  const { set, operation, results } = await needOperation(context);
  return {
    StackSetOperation: {
      OperationId: operation.id,
      StackSetId: set.id,
      Action: operation.action,
      Status: operation.status,
      OperationPreferences: shownPreferences(operation.preferences),
      RetainStacks: operation.retainStacks,
      AdministrationRoleARN: set.administrationRoleArn,
      ExecutionRoleName: set.executionRoleName ?? 'AWSCloudFormationStackSetExecutionRole',
      CreationTimestamp: operation.createdAt,
      EndTimestamp: operation.endedAt,
      DeploymentTargets: operation.accounts.length > 0 ? { Accounts: operation.accounts } : undefined,
      StackSetDriftDetectionDetails:
        operation.action === 'DETECT_DRIFT' ? shownSetDrift(operation.drift, results.length) : undefined,
      StatusReason: operation.reason,
      StatusDetails: { FailedStackInstancesCount: results.filter(({ status }) => status === 'FAILED').length },
    },
  };
}

async function listOperations(context: ActionContext): Promise<Output> {
  const { input } = context;
  const { runner, set } = await needSet(context);
  const all = await runner.records.operations(set.id);
  const { items, nextToken } = askedPage('ListStackSetOperations', all, input);
  const failed = async (operation: SetOperationRecord) =>
    (await runner.records.results(operation)).filter(({ status }) => status === 'FAILED').length;
  return {
    Summaries: await Promise.all(
      items.map(async (operation) => ({
        OperationId: operation.id,
        Action: operation.action,
        Status: operation.status,
        CreationTimestamp: operation.createdAt,
        EndTimestamp: operation.endedAt,
        StatusReason: operation.reason,
        StatusDetails: { FailedStackInstancesCount: await failed(operation) },
        OperationPreferences: shownPreferences(operation.preferences),
      })),
    ),
    NextToken: nextToken,
  };
}

async function listResults(context: ActionContext): Promise<Output> {
  const { input } = context;
  const { operation, results } = await needOperation(context);
  const [filter] = mapsOf(input, 'Filters') ?? [];
  const wanted = filter && (textOf(filter, 'Values') ?? '').split(',');
  const shown = results.filter(({ status }) => wanted === undefined || wanted.includes(status));
  const { items, nextToken } = askedPage('ListStackSetOperationResults', shown, input);
  const gateOf = (account: string) => ({
    Status: 'SKIPPED',
    // Gates are functions in the accounts: there are none here.
    StatusReason: `Function not found: arn:aws:lambda:${context.caller.region}:${account}:function:AWSCloudFormationStackSetAccountGate`,
  });
  return {
    Summaries: items.map(({ account, region, status, reason }) => ({
      Account: account,
      Region: region,
      Status: status,
      StatusReason: reason,
      AccountGateResult: operation.action === 'DETECT_DRIFT' ? undefined : gateOf(account),
      OrganizationalUnitId: '',
    })),
    NextToken: nextToken,
  };
}

async function stopOperation(context: ActionContext): Promise<Output> {
  const { runner, operation } = await needOperation(context);
  if (operation.endedAt !== undefined)
    throw modeledError('InvalidOperationException', `Operation ${operation.id} is not in a running state`);
  if (operation.status !== 'STOPPING') await runner.stop(operation);
  return EMPTY_OUTPUT;
}

async function detectDrift(context: ActionContext): Promise<Output> {
  const { runner, set } = await needSet(context);
  const instances = await runner.records.instances(set.id);
  const accounts = [...new Set(instances.map(({ account }) => account))];
  const operation = await newOperation(context, set, { action: 'DETECT_DRIFT', accounts });
  await runner.begin(operation, instances);
  return { OperationId: operation.id };
}

/** What shows, stops and looks over the operations of sets. */
export const actions: readonly Action[] = [
  { name: 'DescribeStackSetOperation', handle: describeOperation },
  { name: 'ListStackSetOperations', handle: listOperations },
  { name: 'ListStackSetOperationResults', handle: listResults },
  { name: 'StopStackSetOperation', handle: stopOperation },
  { name: 'DetectStackSetDrift', handle: detectDrift },
];
