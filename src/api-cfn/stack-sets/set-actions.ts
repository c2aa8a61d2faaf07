import { createHash, randomUUID } from 'node:crypto';
import { sortedJson } from '../../engine/model/value.js';
import { accountOf } from '../../engine/planning/stack-identity.js';
import { type Action, type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { flagOf, mapOf, needText, textOf, textsOf } from '../protocol/input-access.js';
import { askedPage } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { findStack } from '../stacks/find-stack.js';
import { readTags } from '../stacks/stack-input.js';
import { NO_ECHO } from '../stacks/text-value.js';
import { checkCapabilities } from '../templates/capabilities.js';
import { needTemplateText, readTemplate, templateText } from '../templates/read-template.js';
import { checkSetParameters, findSet, needSet, newOperation, readAccounts, readSetParameters } from './set-input.js';
import { type InstanceRecord, type SetDrift, type StackSetRecord, stackSetArn } from './stack-set-records.js';
import { stackSetRunner } from './stack-set-runner.js';

async function createStackSet(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const { records } = stackSetRunner(deps);
  const name = needText(input, 'StackSetName');
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  }
  refuseServiceManaged(context);
  const token = textOf(input, 'ClientRequestToken');
  const digest = createHash('sha256').update(sortedJson(input)).digest('hex');
  const existing = await findSet(context, name);
  if (existing) {
    if (token !== undefined && existing.token?.token === token && existing.token.digest === digest)
      return { StackSetId: existing.id };
    throw modeledError('NameAlreadyExistsException', `StackSet ${name} already exists`);
  }
  const text = await templateOfSet(context);
  const parameters = readSetParameters(input, undefined);
  const template = readTemplate(text, parameters);
  checkSetParameters(template, parameters);
  const capabilities = textsOf(input, 'Capabilities') ?? [];
  checkCapabilities(template, capabilities);
  const set: StackSetRecord = {
    id: `${name}:${randomUUID()}`,
    name,
    projectId: caller.projectId,
    account: accountOf(caller.projectId),
    region: caller.region,
    status: 'ACTIVE',
    description: textOf(input, 'Description') ?? template.description,
    template: text,
    parameters,
    capabilities,
    tags: readTags(input) ?? {},
    administrationRoleArn: textOf(input, 'AdministrationRoleARN'),
    executionRoleName: textOf(input, 'ExecutionRoleName'),
    managedExecution: isManaged(context) ?? false,
    createdAt: deps.now(),
    drift: undefined,
    token: token === undefined ? undefined : { token, digest },
  };
  await records.putSet(set);
  return { StackSetId: set.id };
}

/** A set can be made of a template or of what an existing stack has. */
async function templateOfSet(context: ActionContext): Promise<string> {
  const stackId = textOf(context.input, 'StackId');
  if (stackId === undefined) return needTemplateText(context);
  const stack = await findStack(context, stackId);
  const view = await context.deps.stacks.get(context.caller, stack.id);
  return view.text ?? JSON.stringify(view.template.document);
}

function refuseServiceManaged({ input }: ActionContext): void {
  if (textOf(input, 'PermissionModel') === 'SERVICE_MANAGED') {
    throw validationError('You must enable organizations access to operate a service managed stack set');
  }
  const deployment = mapOf(input, 'AutoDeployment');
  if (deployment && flagOf(deployment, 'Enabled') === true) {
    throw validationError('AutoDeployment is not supported for stack sets with SELF_MANAGED permission model');
  }
}

function isManaged({ input }: ActionContext): boolean | undefined {
  const given = mapOf(input, 'ManagedExecution');
  return given && flagOf(given, 'Active');
}

async function updateStackSet(context: ActionContext): Promise<Output> {
  const { input } = context;
  refuseServiceManaged(context);
  const { runner, set } = await needSet(context);
  const accounts = readAccounts(input);
  const regions = textsOf(input, 'Regions');
  if ((accounts === undefined) !== (regions === undefined)) {
    throw validationError('Accounts and Regions must be specified together');
  }
  const next = await changedSet(context, set);
  const all = await runner.records.instances(set.id);
  const isMeant = (one: InstanceRecord) =>
    accounts === undefined || (accounts.includes(one.account) && regions?.includes(one.region) === true);
  for (const account of accounts ?? []) {
    for (const region of regions ?? []) {
      if (all.some((one) => one.account === account && one.region === region)) continue;
      throw modeledError(
        'StackInstanceNotFoundException',
        `Stack instance not found in account ${account} and region ${region}`,
      );
    }
  }
  const operation = await newOperation(context, next, { action: 'UPDATE', accounts: accounts ?? [] });
  await runner.records.putSet(next);
  const outdated = all.map(
    (one): InstanceRecord => ({ ...one, status: one.status === 'INOPERABLE' ? 'INOPERABLE' : 'OUTDATED' }),
  );
  const isSpared = (one: InstanceRecord) => !isMeant(one);
  await runner.records.putInstances(...outdated.filter(isSpared));
  await runner.begin(
    operation,
    outdated.filter(isMeant).map((one) => ({ ...one, detail: 'PENDING', lastOperationId: operation.id })),
  );
  return { OperationId: operation.id };
}

async function changedSet(context: ActionContext, set: StackSetRecord): Promise<StackSetRecord> {
  const { input } = context;
  const given = await templateText(context);
  const usesPrevious = flagOf(input, 'UsePreviousTemplate') === true;
  if (usesPrevious && given !== undefined)
    throw validationError('You cannot specify both usePreviousTemplate and Template URL or Template Body.');
  if (!usesPrevious && given === undefined)
    throw validationError('Either Template URL or Template Body must be specified.');
  const text = given ?? set.template;
  const parameters = readSetParameters(input, set.parameters);
  const template = readTemplate(text, parameters);
  checkSetParameters(template, parameters);
  const capabilities = textsOf(input, 'Capabilities') ?? [];
  checkCapabilities(template, capabilities);
  return {
    ...set,
    template: text,
    parameters,
    capabilities,
    description: textOf(input, 'Description') ?? set.description,
    tags: readTags(input) ?? set.tags,
    administrationRoleArn: textOf(input, 'AdministrationRoleARN') ?? set.administrationRoleArn,
    executionRoleName: textOf(input, 'ExecutionRoleName') ?? set.executionRoleName,
    managedExecution: isManaged(context) ?? set.managedExecution,
  };
}

async function deleteStackSet(context: ActionContext): Promise<Output> {
  const { deps, input } = context;
  const { records } = stackSetRunner(deps);
  const set = await findSet(context, needText(input, 'StackSetName'));
  // Deleting what is not there (any more) is success.
  if (!set || set.status === 'DELETED') return EMPTY_OUTPUT;
  if ((await records.operations(set.id)).some(({ endedAt }) => endedAt === undefined)) {
    throw modeledError(
      'OperationInProgressException',
      `Another Operation on StackSet ${stackSetArn(set)} is in progress`,
    );
  }
  if ((await records.instances(set.id)).length > 0)
    throw modeledError('StackSetNotEmptyException', 'StackSet is not empty');
  await records.putSet({ ...set, status: 'DELETED' });
  return EMPTY_OUTPUT;
}

async function describeStackSet(context: ActionContext): Promise<Output> {
  const { runner, set } = await needSet(context);
  const template = readTemplate(set.template, set.parameters);
  const instances = await runner.records.instances(set.id);
  return {
    StackSet: {
      StackSetName: set.name,
      StackSetId: set.id,
      Description: set.description,
      Status: set.status,
      TemplateBody: set.template,
      Parameters: [...template.parameters.values()].map(({ name, hidden, defaultValue }) => {
        const value = Object.hasOwn(set.parameters, name) ? set.parameters[name] : defaultValue;
        return { ParameterKey: name, ParameterValue: hidden ? NO_ECHO : String(value ?? ''), UsePreviousValue: false };
      }),
      Capabilities: set.capabilities,
      Tags: Object.entries(set.tags).map(([Key, Value]) => ({ Key, Value })),
      StackSetARN: stackSetArn(set),
      AdministrationRoleARN: set.administrationRoleArn ?? `${roleArn(set)}AWSCloudFormationStackSetAdministrationRole`,
      ExecutionRoleName: set.executionRoleName ?? 'AWSCloudFormationStackSetExecutionRole',
      StackSetDriftDetectionDetails: shownSetDrift(set.drift, instances.length),
      PermissionModel: 'SELF_MANAGED',
      OrganizationalUnitIds: [],
      ManagedExecution: { Active: set.managedExecution },
      Regions: [...new Set(instances.map(({ region }) => region))].sort(),
    },
  };
}

function roleArn(set: StackSetRecord): string {
  const [, partition = 'aws'] = stackSetArn(set).split(':');
  return `arn:${partition}:iam::${set.account}:role/`;
}

/** The drift of a whole set. */
export function shownSetDrift(drift: SetDrift | undefined, total: number): Output {
  return {
    DriftStatus: drift?.status ?? 'NOT_CHECKED',
    DriftDetectionStatus: drift?.detection,
    LastDriftCheckTimestamp: drift?.checkedAt,
    TotalStackInstancesCount: drift?.total ?? total,
    DriftedStackInstancesCount: drift?.drifted ?? 0,
    InSyncStackInstancesCount: drift?.inSync ?? 0,
    InProgressStackInstancesCount: drift?.inProgress ?? 0,
    FailedStackInstancesCount: drift?.failed ?? 0,
  };
}

async function listStackSets(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const status = textOf(input, 'Status');
  const all = await stackSetRunner(deps).records.sets(caller.projectId, caller.region);
  const shown = all
    .filter((set) => status === undefined || set.status === status)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, nextToken } = askedPage('ListStackSets', shown, input);
  return {
    Summaries: items.map((set) => ({
      StackSetName: set.name,
      StackSetId: set.id,
      Description: set.description,
      Status: set.status,
      PermissionModel: 'SELF_MANAGED',
      DriftStatus: set.drift?.status ?? 'NOT_CHECKED',
      LastDriftCheckTimestamp: set.drift?.checkedAt,
      ManagedExecution: { Active: set.managedExecution },
    })),
    NextToken: nextToken,
  };
}

/** Targets come with an organization, which this service does not have. */
async function listAutoDeploymentTargets(context: ActionContext): Promise<Output> {
  await needSet(context);
  return { Summaries: [] };
}

async function describeOrganizationsAccess(): Promise<Output> {
  return { Status: 'DISABLED' };
}

/** Projects are accounts that no organization manages. */
async function refuseOrganization(): Promise<never> {
  throw modeledError('InvalidOperationException', 'This account is not the management account of an organization.');
}

/** What makes and shows stack sets. */
export const actions: readonly Action[] = [
  { name: 'CreateStackSet', handle: createStackSet },
  { name: 'UpdateStackSet', handle: updateStackSet },
  { name: 'DeleteStackSet', handle: deleteStackSet },
  { name: 'DescribeStackSet', handle: describeStackSet },
  { name: 'ListStackSets', handle: listStackSets },
  { name: 'ListStackSetAutoDeploymentTargets', handle: listAutoDeploymentTargets },
  { name: 'DescribeOrganizationsAccess', handle: describeOrganizationsAccess },
  { name: 'ActivateOrganizationsAccess', handle: refuseOrganization },
  { name: 'DeactivateOrganizationsAccess', handle: refuseOrganization },
];
