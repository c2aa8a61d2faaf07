import { randomUUID } from 'node:crypto';
import { isMap, type JsonMap } from '../../engine/model/value.js';
import { accountOf } from '../../engine/planning/stack-identity.js';
import type { Action, ActionContext } from '../action.js';
import type { CheckedResource } from '../drift/drift-records.js';
import { shownDifference } from '../drift/drift-view.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { flagOf, mapsOf, needText, textOf, textsOf } from '../protocol/input-access.js';
import { askedPage } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { readTemplate } from '../templates/read-template.js';
import { instanceArn } from './run-target.js';
import { needSet, newOperation, readAccounts, readOverrides } from './set-input.js';
import { type InstanceRecord, type StackSetRecord, type Target, targetKey } from './stack-set-records.js';

/** Accounts and regions of a request, each with each. */
function readTargets({ input }: ActionContext): { readonly accounts: string[]; readonly targets: Target[] } {
  const accounts = readAccounts(input) ?? [];
  const regions = [...new Set(textsOf(input, 'Regions') ?? [])];
  if (accounts.length === 0) throw validationError('Accounts or DeploymentTargets must be specified');
  if (regions.length === 0) throw validationError('Regions must be specified');
  const wrong = accounts.find((account) => !/^\d{12}$/.test(account));
  if (wrong !== undefined) throw validationError(`Account ${wrong} is not a valid account id`);
  return { accounts, targets: regions.flatMap((region) => accounts.map((account) => ({ account, region }))) };
}

async function createStackInstances(context: ActionContext): Promise<Output> {
  const { runner, set } = await needSet(context);
  const { accounts, targets } = readTargets(context);
  const overrides = readOverrides(context.input, readTemplate(set.template, set.parameters));
  const operation = await newOperation(context, set, { action: 'CREATE', accounts });
  const instances: InstanceRecord[] = [];
  for (const target of targets) {
    const known = await runner.records.instance(set.id, target);
    const made: InstanceRecord = known ?? newInstance(set, target);
    instances.push({
      ...made,
      status: known?.status ?? 'OUTDATED',
      detail: 'PENDING',
      overrides: overrides?.(made.overrides) ?? made.overrides,
      lastOperationId: operation.id,
    });
  }
  await runner.begin(operation, instances);
  return { OperationId: operation.id };
}

function newInstance({ id, name }: StackSetRecord, target: Target): InstanceRecord {
  return {
    ...target,
    setId: id,
    stackName: `StackSet-${name}-${randomUUID()}`.slice(0, 128),
    stackId: undefined,
    overrides: {},
    status: 'OUTDATED',
    detail: 'PENDING',
    reason: undefined,
    drift: 'NOT_CHECKED',
    driftCheckedAt: undefined,
    lastOperationId: undefined,
  };
}

/** The instances that a request means; StackInstanceNotFound if one of them is not there. */
async function needInstances(
  context: ActionContext,
): Promise<{ readonly accounts: string[]; readonly instances: InstanceRecord[] }> {
  const { runner, set } = await needSet(context);
  const { accounts, targets } = readTargets(context);
  const instances: InstanceRecord[] = [];
  for (const target of targets) {
    const known = await runner.records.instance(set.id, target);
    if (!known) throw notFound(target);
    instances.push(known);
  }
  return { accounts, instances };
}

function notFound({ account, region }: Target) {
  return modeledError(
    'StackInstanceNotFoundException',
    `Stack instance not found in account ${account} and region ${region}`,
  );
}

async function updateStackInstances(context: ActionContext): Promise<Output> {
  const { runner, set } = await needSet(context);
  const { accounts, instances } = await needInstances(context);
  const overrides = readOverrides(context.input, readTemplate(set.template, set.parameters));
  const operation = await newOperation(context, set, { action: 'UPDATE', accounts });
  await runner.begin(
    operation,
    instances.map((one) => ({
      ...one,
      detail: 'PENDING',
      overrides: overrides?.(one.overrides) ?? one.overrides,
      lastOperationId: operation.id,
    })),
  );
  return { OperationId: operation.id };
}

async function deleteStackInstances(context: ActionContext): Promise<Output> {
  const { runner, set } = await needSet(context);
  const { accounts, targets } = readTargets(context);
  const found = await Promise.all(targets.map((target) => runner.records.instance(set.id, target)));
  const instances = found.filter((one) => one !== undefined);
  const retainStacks = flagOf(context.input, 'RetainStacks') === true;
  const operation = await newOperation(context, set, { action: 'DELETE', accounts, retainStacks });
  await runner.begin(
    operation,
    instances.map((one) => ({ ...one, detail: 'PENDING', lastOperationId: operation.id })),
  );
  return { OperationId: operation.id };
}

async function importStacks(context: ActionContext): Promise<Output> {
  const { input, caller, deps } = context;
  const { runner, set } = await needSet(context);
  if (textOf(input, 'StackIdsUrl') !== undefined)
    throw validationError('StackIdsUrl is not supported by this service: name the stacks.');
  const ids = textsOf(input, 'StackIds') ?? [];
  if (ids.length === 0) throw validationError('StackIds must be specified');
  if (ids.length > 10) throw modeledError('LimitExceededException', 'At most 10 stacks can be imported at once');
  const imported: { [target: string]: string } = {};
  const instances: InstanceRecord[] = [];
  for (const id of ids) {
    const [, region = '', account = '', name = '', uuid = ''] =
      /^arn:[^:]+:cloudformation:([^:]*):(\d{12}):stack\/([^/]+)\/([^/]+)$/.exec(id) ?? [];
    const owner = account === accountOf(caller.projectId) ? caller : await runner.callerIn(account, caller);
    const stack = owner && (await deps.stacks.find({ ...owner, region }, uuid).catch(() => undefined));
    if (!stack || stack.region !== region) throw modeledError('StackNotFoundException', `Stack ${id} does not exist`);
    const target = { account, region };
    if ((await runner.records.instance(set.id, target)) || Object.hasOwn(imported, targetKey(target))) {
      throw modeledError(
        'InvalidOperationException',
        `The StackSet already has a stack instance in account ${account} and region ${region}`,
      );
    }
    imported[targetKey(target)] = uuid;
    instances.push({ ...newInstance(set, target), stackName: name, stackId: uuid });
  }
  const accounts = [...new Set(instances.map(({ account }) => account))];
  const operation = await newOperation(context, set, { action: 'CREATE', accounts, imported });
  await runner.begin(
    operation,
    instances.map((one) => ({ ...one, lastOperationId: operation.id })),
  );
  return { OperationId: operation.id };
}

async function oneInstance(
  context: ActionContext,
): Promise<{ readonly set: StackSetRecord; readonly instance: InstanceRecord }> {
  const { input } = context;
  const { runner, set } = await needSet(context);
  const target = { account: needText(input, 'StackInstanceAccount'), region: needText(input, 'StackInstanceRegion') };
  const instance = await runner.records.instance(set.id, target);
  if (!instance) throw notFound(target);
  return { set, instance };
}

async function describeStackInstance(context: ActionContext): Promise<Output> {
  const { set, instance } = await oneInstance(context);
  return {
    StackInstance: {
      ...summaryOf(set, instance),
      ParameterOverrides: Object.entries(instance.overrides).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
        UsePreviousValue: false,
      })),
    },
  };
}

function summaryOf(set: StackSetRecord, instance: InstanceRecord): Output {
  return {
    StackSetId: set.id,
    Region: instance.region,
    Account: instance.account,
    StackId: instanceArn(instance),
    Status: instance.status,
    StatusReason: instance.reason,
    StackInstanceStatus: { DetailedStatus: instance.detail },
    OrganizationalUnitId: '',
    DriftStatus: instance.drift,
    LastDriftCheckTimestamp: instance.driftCheckedAt,
    LastOperationId: instance.lastOperationId,
  };
}

const FILTERS: { readonly [name: string]: (instance: InstanceRecord) => string | undefined } = {
  DETAILED_STATUS: ({ detail }) => detail,
  LAST_OPERATION_ID: ({ lastOperationId }) => lastOperationId,
  DRIFT_STATUS: ({ drift }) => drift,
};

async function listStackInstances(context: ActionContext): Promise<Output> {
  const { input } = context;
  const { runner, set } = await needSet(context);
  const account = textOf(input, 'StackInstanceAccount');
  const region = textOf(input, 'StackInstanceRegion');
  const filters = mapsOf(input, 'Filters') ?? [];
  const shown = (await runner.records.instances(set.id)).filter(
    (one) =>
      (account === undefined || one.account === account) &&
      (region === undefined || one.region === region) &&
      filters.every((filter) =>
        (textOf(filter, 'Values') ?? '').split(',').includes(FILTERS[textOf(filter, 'Name') ?? '']?.(one) ?? ''),
      ),
  );
  const { items, nextToken } = askedPage('ListStackInstances', shown, input);
  return { Summaries: items.map((one) => summaryOf(set, one)), NextToken: nextToken };
}

async function listResourceDrifts(context: ActionContext): Promise<Output> {
  const { input } = context;
  const { runner } = await needSet(context);
  const { set, instance } = await oneInstance(context);
  const operationId = needText(input, 'OperationId');
  const operation = await runner.records.operation(set.id, operationId);
  if (!operation) throw modeledError('OperationNotFoundException', `Operation ${operationId} not found`);
  const result = (await runner.records.results(operation)).find((one) => targetKey(one) === targetKey(instance));
  const statuses = textsOf(input, 'StackInstanceResourceDriftStatuses') ?? [];
  const shown = Object.entries(result?.drifts ?? {})
    .map(([name, value]) => [name, checkedOf(value)] as const)
    .filter(([, { status }]) => statuses.length === 0 || statuses.includes(status));
  const { items, nextToken } = askedPage('ListStackInstanceResourceDrifts', shown, input);
  return {
    Summaries: items.map(([name, one]) => ({
      StackId: instanceArn(instance) ?? '',
      LogicalResourceId: name,
      PhysicalResourceId: one.physicalId ?? undefined,
      ResourceType: one.type,
      PropertyDifferences: one.status === 'MODIFIED' ? one.differences.map(shownDifference) : [],
      StackResourceDriftStatus: one.status,
      Timestamp: one.checkedAt,
    })),
    NextToken: nextToken,
  };
}

/** What drift detection found is stored as it was. */
function checkedOf(value: JsonMap): CheckedResource {
  const { differences } = value;
  return {
    ...value,
    differences: Array.isArray(differences) ? differences.filter((one) => isMap(one)) : [],
  } as unknown as CheckedResource;
}

/** What makes, changes and shows the instances of sets. */
export const actions: readonly Action[] = [
  { name: 'CreateStackInstances', handle: createStackInstances },
  { name: 'UpdateStackInstances', handle: updateStackInstances },
  { name: 'DeleteStackInstances', handle: deleteStackInstances },
  { name: 'ImportStacksToStackSet', handle: importStacks },
  { name: 'DescribeStackInstance', handle: describeStackInstance },
  { name: 'ListStackInstances', handle: listStackInstances },
  { name: 'ListStackInstanceResourceDrifts', handle: listResourceDrifts },
];
