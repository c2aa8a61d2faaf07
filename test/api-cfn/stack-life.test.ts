import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient();
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const template = (size: string, extra: object = {}) =>
  JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'a volume and its size',
    Parameters: { Secret: { Type: 'String', NoEcho: true, Default: 'hush' }, Plain: { Type: 'String', Default: 'p' } },
    Resources: {
      Vol: {
        Type: 'AWS::EC2::Volume',
        Properties: { Size: size, AvailabilityZone: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] } },
      },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { Ref: 'Secret' } } },
      ...extra,
    },
    Outputs: {
      Id: { Value: { Ref: 'Vol' }, Description: 'its id', Export: { Name: 'vol-id' } },
      Arn: { Value: { Ref: 'AWS::StackId' } },
    },
  });

test('a stack is created, described, updated and deleted', async () => {
  const made = await client.call('CreateStack', {
    StackName: 'web',
    TemplateBody: template('1'),
    Tags: [{ Key: 'a', Value: '<b>&' }],
  });
  expect(made.text).toContain('xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"');
  expect(made.result.StackId).toMatch(/^arn:aws:cloudformation:us-east-1:\d{12}:stack\/web\/[0-9a-f-]{36}$/);
  const stack = await client.settled('web');
  expect(stack).toMatchObject({
    StackName: 'web',
    StackStatus: 'CREATE_COMPLETE',
    Description: 'a volume and its size',
    Tags: [{ Key: 'a', Value: '<b>&' }],
    DisableRollback: 'false',
    EnableTerminationProtection: 'false',
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  });
  expect(stack.Parameters).toEqual([
    { ParameterKey: 'Secret', ParameterValue: '****' },
    { ParameterKey: 'Plain', ParameterValue: 'p' },
  ]);
  expect(stack.Outputs[0]).toMatchObject({ OutputKey: 'Id', Description: 'its id', ExportName: 'vol-id' });
  expect(stack.Outputs[1].OutputValue).toBe(made.result.StackId);
  expect(stack.StackStatusReason).toBeUndefined();

  const again = await client.call('UpdateStack', { StackName: 'web', TemplateBody: template('1') });
  expect([again.status, again.code, again.message]).toEqual([
    400,
    'ValidationError',
    'No updates are to be performed.',
  ]);
  const changed = await client.call('UpdateStack', { StackName: 'web', TemplateBody: template('2') });
  expect(changed.status).toBe(200);
  expect((await client.settled('web')).StackStatus).toBe('UPDATE_COMPLETE');

  const events = (await client.call('DescribeStackEvents', { StackName: 'web' })).result.StackEvents;
  const told = events
    .map((e: any) => [e.LogicalResourceId, e.ResourceStatus, e.ResourceStatusReason].filter(Boolean).join(' '))
    .reverse();
  expect(told[0]).toBe('web CREATE_IN_PROGRESS User Initiated');
  expect(told.filter((line: string) => line.startsWith('Vol'))).toEqual([
    'Vol CREATE_IN_PROGRESS',
    'Vol CREATE_IN_PROGRESS Resource creation Initiated',
    'Vol CREATE_COMPLETE',
    'Vol UPDATE_IN_PROGRESS',
    'Vol UPDATE_COMPLETE',
  ]);
  expect(told.filter((line: string) => line.startsWith('web'))).toEqual([
    'web CREATE_IN_PROGRESS User Initiated',
    'web CREATE_COMPLETE',
    'web UPDATE_IN_PROGRESS User Initiated',
    'web UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'web UPDATE_COMPLETE',
  ]);
  expect(JSON.stringify(events)).not.toContain('hush');
  expect(new Set(events.map((e: any) => e.EventId)).size).toBe(events.length);

  await client.call('DeleteStack', { StackName: 'web' });
  const gone = await client.engine.stacks.settled(made.result.StackId.split('/').at(-1));
  expect(gone.deletedAt).toBeDefined();
  const missing = await client.call('DescribeStacks', { StackName: 'web' });
  expect(missing.message).toBe('Stack with id web does not exist');
  const byId = await client.call('DescribeStacks', { StackName: made.result.StackId });
  expect(byId.result.Stacks[0].StackStatus).toBe('DELETE_COMPLETE');
  const left = await client.call('ListStackResources', { StackName: made.result.StackId });
  expect(left.result.StackResourceSummaries.map((one: any) => one.ResourceStatus)).toEqual([
    'DELETE_COMPLETE',
    'DELETE_COMPLETE',
  ]);
});
