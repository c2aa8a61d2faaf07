import type { CfnApiDeps } from '../../../src/api-cfn/api-types.js';
import type { Preferences } from '../../../src/api-cfn/stack-sets/stack-set-records.js';
import { stackSetRunner } from '../../../src/api-cfn/stack-sets/stack-set-runner.js';
import { roomFor, workOrder } from '../../../src/api-cfn/stack-sets/work-order.js';
import { accountOf } from '../../../src/engine/planning/stack-identity.js';
import type { Caller } from '../../../src/engine/stacks/requests.js';
import { CFN_CALLER, type CfnClient, cfnClient } from '../../helpers/cfn-client.js';

const OWN = accountOf('p1');
const OTHER = accountOf('p2');
const FOREIGN = accountOf('p3');
const accountCaller = async (account: string, asker: Caller) =>
  account === OTHER ? { ...asker, projectId: 'p2', projectName: 'two' } : undefined;

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient({}, { accountCaller });
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const body = (properties: object = {}) =>
  JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Parameters: { Name: { Type: 'String', Default: 'topic' } },
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { Ref: 'Name' }, ...properties } } },
  });

async function finished(OperationId: string) {
  const deps = { documents: client.engine.store.documents } as CfnApiDeps;
  const [set] = await stackSetRunner(deps).records.sets('p1', 'us-east-1');
  await stackSetRunner(deps).settled(set?.id ?? '');
  return (await client.call('DescribeStackSetOperation', { StackSetName: 'set', OperationId })).result
    .StackSetOperation;
}

async function run(action: string, input: object = {}) {
  const { result, message } = await client.call(action, { StackSetName: 'set', ...input });
  expect(message).toBeUndefined();
  const end = await finished(result.OperationId);
  return end;
}

const results = async (OperationId: string) =>
  (await client.call('ListStackSetOperationResults', { StackSetName: 'set', OperationId })).result.Summaries.map(
    (one: any) => [one.Account, one.Region, one.Status],
  );

const instances = async () => (await client.call('ListStackInstances', { StackSetName: 'set' })).result.Summaries || [];

test('a set becomes stacks in accounts and regions, follows its template, and goes again', async () => {
  const made = await client.call('CreateStackSet', {
    StackSetName: 'set',
    TemplateBody: body(),
    Tags: [{ Key: 'k', Value: 'v' }],
  });
  expect(made.result.StackSetId).toMatch(/^set:[0-9a-f-]{36}$/);
  const created = await run('CreateStackInstances', {
    Accounts: [OWN, OTHER],
    Regions: ['us-east-1', 'eu-west-1'],
    ParameterOverrides: [{ ParameterKey: 'Name', ParameterValue: 'special' }],
    OperationPreferences: {
      MaxConcurrentPercentage: 100,
      FailureTolerancePercentage: 50,
      RegionOrder: ['eu-west-1', 'us-east-1'],
    },
  });
  expect(created).toMatchObject({
    Status: 'SUCCEEDED',
    Action: 'CREATE',
    StatusDetails: { FailedStackInstancesCount: '0' },
  });
  expect((await results(created.OperationId)).map(([, region]: string[]) => region)).toEqual([
    'eu-west-1',
    'eu-west-1',
    'us-east-1',
    'us-east-1',
  ]);
  const all = await instances();
  expect(all).toHaveLength(4);
  expect(all[0]).toMatchObject({
    Status: 'CURRENT',
    StackInstanceStatus: { DetailedStatus: 'SUCCEEDED' },
    DriftStatus: 'NOT_CHECKED',
  });
  const own = all.find((one: any) => one.Account === OWN && one.Region === 'us-east-1');
  const stack = (await client.call('DescribeStacks', { StackName: own.StackId })).result.Stacks[0];
  expect(stack.StackName).toMatch(/^StackSet-set-/);
  expect(stack.Parameters).toEqual([{ ParameterKey: 'Name', ParameterValue: 'special' }]);
  expect(stack.Tags).toEqual([{ Key: 'k', Value: 'v' }]);

  const updated = await run('UpdateStackSet', {
    TemplateBody: body({ FifoTopic: false }),
    Parameters: [{ ParameterKey: 'Name', ParameterValue: 'new' }],
  });
  expect(updated.Status).toBe('SUCCEEDED');
  const back = await run('UpdateStackInstances', { Accounts: [OWN], Regions: ['us-east-1'], ParameterOverrides: [] });
  expect(back.Status).toBe('SUCCEEDED');
  const after = (await client.call('DescribeStacks', { StackName: own.StackId })).result.Stacks[0];
  expect(after.Parameters).toEqual([{ ParameterKey: 'Name', ParameterValue: 'new' }]);

  expect((await client.call('DeleteStackSet', { StackSetName: 'set' })).code).toBe('StackSetNotEmptyException');
  const drift = await run('DetectStackSetDrift');
  expect(drift.StackSetDriftDetectionDetails).toMatchObject({
    DriftStatus: 'IN_SYNC',
    TotalStackInstancesCount: '4',
    InSyncStackInstancesCount: '4',
  });
  const drifts = await client.call('ListStackInstanceResourceDrifts', {
    StackSetName: 'set',
    StackInstanceAccount: OWN,
    StackInstanceRegion: 'us-east-1',
    OperationId: drift.OperationId,
  });
  expect(drifts.result.Summaries.map((one: any) => [one.LogicalResourceId, one.StackResourceDriftStatus])).toEqual([
    ['Topic', 'IN_SYNC'],
  ]);
  const kept = await run('DeleteStackInstances', { Accounts: [OWN], Regions: ['us-east-1'], RetainStacks: true });
  expect(kept.Status).toBe('SUCCEEDED');
  expect((await client.call('DescribeStacks', { StackName: own.StackId })).result.Stacks[0].StackStatus).toBe(
    'UPDATE_COMPLETE',
  );
  await run('DeleteStackInstances', {
    Accounts: [OWN, OTHER],
    Regions: ['us-east-1', 'eu-west-1'],
    RetainStacks: false,
  });
  expect(await instances()).toEqual([]);
  expect((await client.call('DeleteStackSet', { StackSetName: 'set' })).status).toBe(200);
  const gone = (await client.call('ListStackSets', { Status: 'DELETED' })).result.Summaries;
  expect(gone.map((one: any) => one.StackSetName)).toEqual(['set']);
  expect((await client.call('DescribeStackSet', { StackSetName: 'set' })).code).toBe('StackSetNotFoundException');
});

test('failures beyond the tolerance end an operation and cancel what is left', async () => {
  await client.call('CreateStackSet', { StackSetName: 'set', TemplateBody: body() });
  const failed = await run('CreateStackInstances', { Accounts: [FOREIGN, OWN], Regions: ['us-east-1', 'eu-west-1'] });
  expect(failed).toMatchObject({ Status: 'FAILED', StatusDetails: { FailedStackInstancesCount: '1' } });
  expect(await results(failed.OperationId)).toEqual([
    [FOREIGN, 'us-east-1', 'FAILED'],
    [OWN, 'us-east-1', 'CANCELLED'],
    [FOREIGN, 'eu-west-1', 'CANCELLED'],
    [OWN, 'eu-west-1', 'CANCELLED'],
  ]);
  const foreign = (await instances()).find((one: any) => one.Account === FOREIGN && one.Region === 'us-east-1');
  expect(foreign.StatusReason).toBe(
    `Account ${FOREIGN} should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship to Role 'AWSCloudFormationStackSetAdministrationRole' of account ${OWN}.`,
  );
  const borne = await run('CreateStackInstances', {
    Accounts: [FOREIGN, OWN],
    Regions: ['us-east-1'],
    OperationPreferences: { FailureToleranceCount: 1 },
  });
  expect(borne.Status).toBe('SUCCEEDED');
  expect(await results(borne.OperationId)).toEqual([
    [FOREIGN, 'us-east-1', 'FAILED'],
    [OWN, 'us-east-1', 'SUCCEEDED'],
  ]);
});

test('a stack that could not be made tells why, and is made anew by the next operation', async () => {
  await client.call('CreateStackSet', {
    StackSetName: 'set',
    TemplateBody: body({ BadProperty: 'x' }).replace('"BadProperty":"x"', '"Subscription":[{"Protocol":"sqs"}]'),
  });
  const made = await run('CreateStackInstances', { Accounts: [OWN], Regions: ['us-east-1'] });
  expect(made.Status).toBe('FAILED');
  const mended = await run('UpdateStackSet', { TemplateBody: body() });
  expect(mended.Status).toBe('SUCCEEDED');
  expect((await instances())[0].Status).toBe('CURRENT');
});

test('existing stacks join a set', async () => {
  const made = await client.call('CreateStack', { StackName: 'old', TemplateBody: body() });
  await client.settled('old');
  await client.call('CreateStackSet', { StackSetName: 'set', StackId: made.result.StackId });
  const imported = await run('ImportStacksToStackSet', { StackIds: [made.result.StackId] });
  expect(imported.Status).toBe('SUCCEEDED');
  expect((await instances()).map((one: any) => [one.StackId, one.Status])).toEqual([[made.result.StackId, 'CURRENT']]);
  expect((await run('UpdateStackSet', { TemplateBody: body({ TopicName: 'fresh' }) })).Status).toBe('SUCCEEDED');
});

test.each([
  {
    reason: 'a name twice',
    action: 'CreateStackSet',
    input: { TemplateBody: '{}' },
    code: 'NameAlreadyExistsException',
  },
  {
    reason: 'parameters that the template lacks',
    action: 'UpdateStackSet',
    input: { TemplateBody: body(), Parameters: [{ ParameterKey: 'X', ParameterValue: '1' }] },
    code: 'ValidationError',
  },
  { reason: 'no accounts', action: 'CreateStackInstances', input: { Regions: ['us-east-1'] }, code: 'ValidationError' },
  {
    reason: 'instances that are not there',
    action: 'UpdateStackInstances',
    input: { Accounts: [OWN], Regions: ['us-east-1'] },
    code: 'StackInstanceNotFoundException',
  },
  {
    reason: 'unknown operations',
    action: 'DescribeStackSetOperation',
    input: { OperationId: 'x' },
    code: 'OperationNotFoundException',
  },
])('refuses $reason', async ({ action, input, code }) => {
  await client.call('CreateStackSet', { StackSetName: 'set', TemplateBody: body() });
  const answer = await client.call(action, { StackSetName: 'set', ...input });
  expect(answer.code).toBe(code);
});

test('an operation that a restart interrupted goes on', async () => {
  await client.call('CreateStackSet', { StackSetName: 'set', TemplateBody: body() });
  const { documents } = client.engine.store;
  const runner = stackSetRunner({ documents } as CfnApiDeps);
  const [set] = await runner.records.sets('p1', 'us-east-1');
  const instance = {
    account: OWN,
    region: 'us-east-1',
    setId: set?.id ?? '',
    stackName: 'StackSet-set-x',
    stackId: undefined,
    overrides: {},
    status: 'OUTDATED',
    detail: 'RUNNING',
    reason: undefined,
    drift: 'NOT_CHECKED',
    driftCheckedAt: undefined,
    lastOperationId: 'op',
  } as const;
  const preferences = {} as Preferences;
  const operation = {
    id: 'op',
    setId: set?.id ?? '',
    action: 'CREATE',
    status: 'RUNNING',
    reason: undefined,
    preferences,
    accounts: [OWN],
    retainStacks: undefined,
    imported: {},
    caller: CFN_CALLER,
    createdAt: 1,
    endedAt: undefined,
    drift: undefined,
  } as const;
  await runner.records.putInstances(instance);
  await runner.records.putResults(operation, {
    account: OWN,
    region: 'us-east-1',
    index: 0,
    status: 'RUNNING',
    reason: undefined,
  });
  await runner.records.putOperation(operation);
  await runner.resume();
  expect(await finished('op')).toMatchObject({ Status: 'SUCCEEDED' });
  expect((await client.call('DescribeStacks', { StackName: 'StackSet-set-x' })).result.Stacks[0].StackStatus).toBe(
    'CREATE_COMPLETE',
  );
});

describe('the order of work', () => {
  const targets = ['a', 'b', 'c', 'd'].flatMap((account) => ['x', 'y'].map((region) => ({ account, region })));
  const none: Preferences = {
    regionConcurrency: undefined,
    regionOrder: undefined,
    toleranceCount: undefined,
    tolerancePercentage: undefined,
    concurrentCount: undefined,
    concurrentPercentage: undefined,
    mode: undefined,
  };
  test.each([
    { reason: 'one at a time by default', preferences: none, tolerance: 0, room: 1 },
    {
      reason: 'percentages are rounded down',
      preferences: { ...none, concurrentPercentage: 70, tolerancePercentage: 70 },
      tolerance: 2,
      room: 2,
    },
    { reason: 'one is the least', preferences: { ...none, concurrentPercentage: 10 }, tolerance: 0, room: 1 },
    {
      reason: 'strictly, no more than may still fail and one',
      preferences: { ...none, concurrentCount: 4, toleranceCount: 1 },
      tolerance: 1,
      room: 2,
    },
    {
      reason: 'softly, as many as wished',
      preferences: { ...none, concurrentCount: 4, toleranceCount: 1, mode: 'SOFT_FAILURE_TOLERANCE' as const },
      tolerance: 1,
      room: 4,
    },
  ])('$reason', ({ preferences, tolerance, room }) => {
    const [first] = workOrder(targets, { ...preferences, regionOrder: ['y', 'x'] });
    if (!first) throw new Error('no regions');
    expect([first.region, first.tolerance, roomFor(first, preferences, 0)]).toEqual(['y', tolerance, room]);
  });
});
