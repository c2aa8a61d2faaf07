import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

let client: CfnClient;
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const template = (resources: object) =>
  JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources });
const volume = (size: number, more: object = {}) => ({
  Type: 'AWS::EC2::Volume',
  Properties: { Size: size, AvailabilityZone: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] } },
  ...more,
});
const logs = (name: string) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'g', KmsKeyId: name } });
const failing = { Type: 'OS::Heat::TestResource', DependsOn: 'A', Properties: { value: 'x', fail: true } };

async function statuses(name: string, resource: string): Promise<string[]> {
  const { result } = await client.call('DescribeStackEvents', { StackName: name });
  return result.StackEvents.filter((event: any) => event.LogicalResourceId === resource)
    .map((event: any) => [event.ResourceStatus, event.ResourceStatusReason].filter(Boolean).join(' '))
    .reverse();
}

test('a rollback that fails goes on without what is given up', async () => {
  const rules = [
    { resource: 'A', verb: 'update' as const, nth: [2], fault: 'rejected' as const, message: 'the group is stuck' },
  ];
  client = await cfnClient({ faults: { seed: 's', rules } });
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ A: logs('one') }) });
  await client.settled('s');
  await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ A: logs('two'), B: failing }) });
  const stuck = await client.settled('s');

  expect([stuck.StackStatus, stuck.StackStatusReason]).toEqual([
    'UPDATE_ROLLBACK_FAILED',
    'The following resource(s) failed to update: [A]. ',
  ]);
  expect((await statuses('s', 'A')).at(-1)).toBe('UPDATE_FAILED the group is stuck');
  const wrong = await client.call('ContinueUpdateRollback', { StackName: 's', ResourcesToSkip: ['Nobody'] });
  expect(wrong.message).toMatch(/^ResourcesToSkip \[Nobody\] do not belong to stack/);
  expect((await client.call('ContinueUpdateRollback', { StackName: 's', ResourcesToSkip: ['A'] })).status).toBe(200);
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await statuses('s', 's')).slice(-3)).toEqual([
    'UPDATE_ROLLBACK_IN_PROGRESS User Initiated',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE',
  ]);
  const next = await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ A: logs('three') }) });
  expect(next.status).toBe(200);
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_COMPLETE');
});

test('an update that runs can be cancelled and is rolled back', async () => {
  client = await cfnClient();
  const slow = (value: string) => ({
    Type: 'OS::Heat::TestResource',
    Properties: { value, action_wait_secs: { update: 1 } },
  });
  const idle = await client.call('CancelUpdateStack', { StackName: 's' });
  expect(idle.message).toBe('Stack [s] does not exist');
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ A: slow('x') }) });
  await client.settled('s');
  const early = await client.call('CancelUpdateStack', { StackName: 's' });
  expect(early.message).toBe('CancelUpdateStack cannot be called from current stack status');
  await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ A: slow('y') }) });
  const busy = await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ A: slow('z') }) });
  expect(busy.message).toMatch(/is in UPDATE_IN_PROGRESS state and can not be updated\.$/);
  const locked = await client.call('DeleteStack', { StackName: 's' });
  expect(locked.message).toMatch(/cannot be deleted while in status UPDATE_IN_PROGRESS$/);
  expect((await client.call('CancelUpdateStack', { StackName: 's' })).status).toBe(200);
  expect((await client.call('DescribeStacks', { StackName: 's' })).result.Stacks[0]).toMatchObject({
    StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS',
    StackStatusReason: 'User Initiated',
  });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
}, 30_000);

test('a creation policy waits for signals', async () => {
  client = await cfnClient();
  const policy = { CreationPolicy: { ResourceSignal: { Count: 1, Timeout: 'PT5M' } } };
  await client.call('CreateStack', {
    StackName: 's',
    TemplateBody: template({ A: { Type: 'OS::Heat::None', ...policy } }),
  });
  for (let tries = 0; tries < 200; tries++) {
    await new Promise((resolve) => setImmediate(resolve));
    if ((await client.call('ListStackResources', { StackName: 's' })).result.StackResourceSummaries?.length) break;
  }
  const signal = { StackName: 's', LogicalResourceId: 'A', UniqueId: 'i-1', Status: 'SUCCESS' };
  expect((await client.call('SignalResource', signal)).status).toBe(200);
  expect((await client.settled('s')).StackStatus).toBe('CREATE_COMPLETE');
  expect(await statuses('s', 'A')).toContain('CREATE_IN_PROGRESS Received SUCCESS signal with UniqueId i-1');
  const late = await client.call('SignalResource', signal);
  expect(late.message).toBe('Resource A is in CREATE_COMPLETE state and can not be signaled');
});

test('a deletion that fails can be repeated without the resource that cannot go', async () => {
  const rules = [{ resource: 'A', verb: 'delete' as const, fault: 'rejected' as const, message: 'it is attached' }];
  client = await cfnClient({ faults: { seed: 's', rules } });
  const made = await client.call('CreateStack', {
    StackName: 's',
    TemplateBody: template({ A: volume(1), B: volume(2) }),
  });
  await client.settled('s');
  const early = await client.call('DeleteStack', { StackName: 's', RetainResources: ['A'] });
  expect(early.message).toMatch(/RetainResources can only be specified for stacks in DELETE_FAILED state\.$/);
  await client.call('DeleteStack', { StackName: 's' });
  const stuck = await client.settled('s');
  expect([stuck.StackStatus, stuck.StackStatusReason]).toEqual([
    'DELETE_FAILED',
    'The following resource(s) failed to delete: [A]. ',
  ]);
  await client.call('DeleteStack', { StackName: 's', RetainResources: ['A'] });
  await client.engine.stacks.settled(made.result.StackId.split('/').at(-1));
  expect((await client.call('DescribeStacks', { StackName: made.result.StackId })).result.Stacks[0].StackStatus).toBe(
    'DELETE_COMPLETE',
  );
  expect((await statuses(made.result.StackId, 'A')).at(-1)).toBe('DELETE_SKIPPED');
});

test('a stack of the other API is seen and changed here', async () => {
  client = await cfnClient();
  const heat = {
    projectId: 'p1',
    projectName: 'demo',
    userId: 'u1',
    userName: 'someone',
    roles: ['member'],
    isAdmin: false,
    region: 'us-east-1',
    origin: 'heat' as const,
  };
  const text = (value: string) => `heat_template_version: 2018-08-31
parameters:
  p: {type: string, default: d}
  secret: {type: string, default: hush, hidden: true}
resources:
  a: {type: OS::Heat::TestResource, properties: {value: ${value}}}
outputs:
  o: {value: {get_attr: [a, output]}}
`;
  const made = await client.engine.stacks.create(heat, {
    name: 'native',
    template: text('one'),
    parameters: { p: 'given' },
  });
  await client.engine.stacks.settled(made.id);
  const stack = (await client.call('DescribeStacks', { StackName: 'native' })).result.Stacks[0];
  expect(stack).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    Parameters: [
      { ParameterKey: 'p', ParameterValue: 'given' },
      { ParameterKey: 'secret', ParameterValue: '****' },
    ],
    Outputs: [{ OutputKey: 'o', OutputValue: 'one' }],
  });
  expect((await client.call('GetTemplate', { StackName: 'native' })).result.TemplateBody.trim()).toBe(
    text('one').trim(),
  );
  const keep = [{ ParameterKey: 'p', UsePreviousValue: true }];
  const same = await client.call('UpdateStack', { StackName: 'native', UsePreviousTemplate: true, Parameters: keep });
  expect(same.message).toBe('No updates are to be performed.');
  await client.call('UpdateStack', { StackName: 'native', TemplateBody: text('two'), Parameters: keep });
  const changed = await client.settled('native');
  expect(changed).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
    Outputs: [{ OutputValue: 'two' }],
    Parameters: [{ ParameterValue: 'given' }, {}],
  });
  const own = await client.call('CreateStack', { StackName: 'own', TemplateBody: template({ A: volume(1) }) });
  await client.settled('own');
  const seen = await client.engine.stacks.find(heat, 'own');
  expect(own.result.StackId).toContain(seen.id);
});
