import { type CfnClient, cfnClient } from '../../helpers/cfn-client.js';

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient();
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const body = (Resources: object, Outputs: object = {}) =>
  JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources, Outputs });
const topic = (DisplayName: unknown, extra: object = {}) => ({
  Type: 'AWS::SNS::Topic',
  Properties: { DisplayName },
  ...extra,
});
const queue = (extra: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: extra });

async function make(name: string, resources: object, outputs: object = {}) {
  await client.call('CreateStack', { StackName: name, TemplateBody: body(resources, outputs) });
  expect((await client.settled(name)).StackStatus).toBe('CREATE_COMPLETE');
}

async function physicalIds(name: string): Promise<Record<string, string>> {
  const { result } = await client.call('DescribeStackResources', { StackName: name });
  return Object.fromEntries(
    (result.StackResources ?? []).map((one: any) => [one.LogicalResourceId, one.PhysicalResourceId]),
  );
}

async function plan(input: object) {
  const { result, message } = await client.call('CreateStackRefactor', input);
  const id = result.StackRefactorId;
  const described = (await client.call('DescribeStackRefactor', { StackRefactorId: id })).result;
  return { id, described, message };
}

const definition = (StackName: string, resources: object, outputs: object = {}) => ({
  StackName,
  TemplateBody: body(resources, outputs),
});

test('resources go to another stack and get other names; nothing is made or deleted', async () => {
  await make('one', { A: topic('a'), B: queue({ DelaySeconds: 5 }) });
  await make('two', { C: topic('c') });
  const [one, two] = [await physicalIds('one'), await physicalIds('two')];
  const ledger = (await client.engine.store.world.ledger()).length;
  const definitions = [
    definition('one', { A: topic('a') }),
    definition('two', { Renamed: topic('c'), B: queue({ DelaySeconds: 5 }) }),
  ];
  const { id, described } = await plan({ StackDefinitions: definitions, Description: 'share out' });
  expect(described).toMatchObject({
    Status: 'CREATE_COMPLETE',
    ExecutionStatus: 'AVAILABLE',
    Description: 'share out',
    StackRefactorId: id,
  });
  expect(described.StackIds).toHaveLength(2);
  const actions = (await client.call('ListStackRefactorActions', { StackRefactorId: id })).result.StackRefactorActions;
  expect(
    actions.map((one: any) => [one.Action, one.Detection, one.ResourceMapping.Source, one.ResourceMapping.Destination]),
  ).toEqual([
    ['MOVE', 'AUTO', { StackName: 'one', LogicalResourceId: 'B' }, { StackName: 'two', LogicalResourceId: 'B' }],
    ['MOVE', 'AUTO', { StackName: 'two', LogicalResourceId: 'C' }, { StackName: 'two', LogicalResourceId: 'Renamed' }],
  ]);
  expect((await client.call('ExecuteStackRefactor', { StackRefactorId: id })).status).toBe(200);
  const after = (await client.call('DescribeStackRefactor', { StackRefactorId: id })).result;
  expect(after.ExecutionStatus).toBe('EXECUTE_COMPLETE');
  expect(await physicalIds('one')).toEqual({ A: one.A });
  expect(await physicalIds('two')).toEqual({ Renamed: two.C, B: one.B });
  expect((await client.engine.store.world.ledger()).length).toBe(ledger);
  expect((await client.settled('two')).StackStatus).toBe('UPDATE_COMPLETE');
  const again = await client.call('UpdateStack', { StackName: 'two', TemplateBody: definitions[1]?.TemplateBody });
  expect(again.message).toBe('No updates are to be performed.');
  const events = (await client.call('DescribeStackEvents', { StackName: 'two' })).result.StackEvents;
  expect(
    events
      .slice(0, 4)
      .map((one: any) => `${one.LogicalResourceId} ${one.ResourceStatus}`)
      .sort(),
  ).toEqual(['B IMPORT_COMPLETE', 'Renamed IMPORT_COMPLETE', 'two UPDATE_COMPLETE', 'two UPDATE_IN_PROGRESS']);
  await client.call('DeleteStack', { StackName: 'one' });
  await client.call('DeleteStack', { StackName: 'two' });
  for (const stack of await client.engine.stacks.list((await import('../../helpers/cfn-client.js')).CFN_CALLER, {}))
    await client.engine.stacks.settled(stack.id);
});

test('a reference becomes an import from a stack that is made for it', async () => {
  await make('app', { Topic: topic('t'), User: topic({ 'Fn::GetAtt': ['Topic', 'TopicName'] }) });
  const before = await physicalIds('app');
  const definitions = [
    definition('app', { User: topic({ 'Fn::ImportValue': 'topic-name' }) }),
    definition(
      'base',
      { Topic: topic('t') },
      { Name: { Value: { 'Fn::GetAtt': ['Topic', 'TopicName'] }, Export: { Name: 'topic-name' } } },
    ),
  ];
  const mapping = {
    Source: { StackName: 'app', LogicalResourceId: 'Topic' },
    Destination: { StackName: 'base', LogicalResourceId: 'Topic' },
  };
  const refused = await plan({ StackDefinitions: definitions, ResourceMappings: [mapping] });
  expect(refused.described).toMatchObject({ Status: 'CREATE_FAILED', ExecutionStatus: 'UNAVAILABLE' });
  expect(refused.described.StatusReason).toContain('base');
  const { id, described } = await plan({
    StackDefinitions: definitions,
    ResourceMappings: [mapping],
    EnableStackCreation: true,
  });
  expect([described.Status, described.StatusReason]).toEqual(['CREATE_COMPLETE', undefined]);
  const actions = (await client.call('ListStackRefactorActions', { StackRefactorId: id })).result.StackRefactorActions;
  expect(actions.map((one: any) => [one.Action, one.Entity, one.Detection])).toEqual([
    ['CREATE', 'STACK', undefined],
    ['MOVE', 'RESOURCE', 'MANUAL'],
  ]);
  await client.call('ExecuteStackRefactor', { StackRefactorId: id });
  expect(await physicalIds('base')).toEqual({ Topic: before.Topic });
  expect((await client.settled('base')).StackId).toBe(described.StackIds[1]);
  const imports = await client.call('ListImports', { ExportName: 'topic-name' });
  expect(imports.result.Imports).toEqual(['app']);
  const again = await client.call('ExecuteStackRefactor', { StackRefactorId: id });
  expect([again.status, again.code]).toEqual([400, 'ValidationError']);
});

test.each([
  {
    reason: 'would make a resource',
    stacks: { one: { A: topic('a'), B: queue(), New: { Type: 'AWS::S3::Bucket' } } },
    text: 'does not support creating resources: [one/New]',
  },
  {
    reason: 'would delete one',
    stacks: { one: { A: topic('a') } },
    text: 'does not support deleting resources: [one/B]',
  },
  {
    reason: 'would change one',
    stacks: { one: { A: topic('changed'), B: queue() } },
    text: 'does not support changing resources: [one/A] (properties: [DisplayName])',
  },
])('a refactor that $reason fails at its creation', async ({ stacks, text }) => {
  await make('one', { A: topic('a'), B: queue() });
  const { described } = await plan({
    StackDefinitions: Object.entries(stacks).map(([name, resources]) => definition(name, resources)),
  });
  expect(described.Status).toBe('CREATE_FAILED');
  expect(described.StatusReason).toContain(text);
});

test('a refactor is obsolete when its stack moved on, and unknown ones are not found', async () => {
  await make('one', { A: topic('a'), B: queue() });
  const { id } = await plan({ StackDefinitions: [definition('one', { A: topic('a'), Moved: queue() })] });
  await client.call('UpdateStack', { StackName: 'one', TemplateBody: body({ A: topic('b'), B: queue() }) });
  await client.settled('one');
  expect((await client.call('DescribeStackRefactor', { StackRefactorId: id })).result.ExecutionStatus).toBe('OBSOLETE');
  expect((await client.call('ExecuteStackRefactor', { StackRefactorId: id })).status).toBe(400);
  const listed = (await client.call('ListStackRefactors', { ExecutionStatusFilter: ['OBSOLETE'] })).result
    .StackRefactorSummaries;
  expect(listed.map((one: any) => one.StackRefactorId)).toEqual([id]);
  const missing = await client.call('DescribeStackRefactor', { StackRefactorId: 'nothing' });
  expect([missing.status, missing.code]).toEqual([404, 'StackRefactorNotFoundException']);
});

test('exports pass from one stack to another while others import them', async () => {
  const outputs = { Out: { Value: { Ref: 'A' }, Export: { Name: 'shared' } } };
  await make('one', { A: topic('a'), B: queue() }, outputs);
  await make('user', { U: topic({ 'Fn::ImportValue': 'shared' }) });
  const lost = await plan({
    StackDefinitions: [definition('one', { B: queue() }), definition('two', { A: topic('a') })],
    EnableStackCreation: true,
  });
  expect(lost.described.StatusReason).toContain('Export shared cannot be deleted as it is in use by user');
  const kept = await plan({
    StackDefinitions: [definition('one', { B: queue() }), definition('two', { A: topic('a') }, outputs)],
    EnableStackCreation: true,
  });
  expect(kept.described.StatusReason).toBeUndefined();
  await client.call('ExecuteStackRefactor', { StackRefactorId: kept.id });
  const exports = (await client.call('ListExports')).result.Exports;
  expect(exports.map((one: any) => [one.Name, one.ExportingStackId.includes('/two/')])).toEqual([['shared', true]]);
});
