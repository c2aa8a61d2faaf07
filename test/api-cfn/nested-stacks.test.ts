import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient({ surroundings: { fetchText: async (url) => client.urls.get(url) ?? '' } });
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const child = (size: number) => ({
  Parameters: { Name: { Type: 'String' } },
  Resources: { T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Name' }, DisplayName: `v${size}` } } },
  Outputs: { Topic: { Value: { Ref: 'T' } } },
});
const parent = (size: number) => {
  client.urls.set(`https://bucket/child-${size}`, JSON.stringify(child(size)));
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: {
      Child: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: `https://bucket/child-${size}`, Parameters: { Name: 'topic' } },
      },
    },
    Outputs: { Topic: { Value: { 'Fn::GetAtt': ['Child', 'Outputs.Topic'] } }, Id: { Value: { Ref: 'Child' } } },
  });
};

test('a nested stack is a stack with a parent, known by its ARN', async () => {
  await client.call('CreateStack', { StackName: 'p', TemplateBody: parent(1) });
  const stack = await client.settled('p');
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  const [resource] = (await client.call('ListStackResources', { StackName: 'p' })).result.StackResourceSummaries;
  expect(resource.PhysicalResourceId).toMatch(/^arn:aws:cloudformation:us-east-1:\d{12}:stack\/p-Child-[a-z0-9]+\//);
  expect(stack.Outputs.find((output: any) => output.OutputKey === 'Id').OutputValue).toBe(resource.PhysicalResourceId);
  const nested = (await client.call('DescribeStacks', { StackName: resource.PhysicalResourceId })).result.Stacks[0];
  expect(nested).toMatchObject({ ParentId: stack.StackId, RootId: stack.StackId, StackStatus: 'CREATE_COMPLETE' });
  const events = (await client.call('DescribeStackEvents', { StackName: 'p' })).result.StackEvents;
  expect(
    events.find((event: any) => event.ResourceStatus === 'CREATE_COMPLETE' && event.LogicalResourceId === 'Child')
      .PhysicalResourceId,
  ).toBe(resource.PhysicalResourceId);
});

test('a change set tells of the change sets of nested stacks', async () => {
  await client.call('CreateStack', { StackName: 'p', TemplateBody: parent(1) });
  await client.settled('p');
  await client.call('CreateChangeSet', {
    StackName: 'p',
    ChangeSetName: 'deep',
    IncludeNestedStacks: true,
    TemplateBody: parent(2),
  });
  const root = (await client.call('DescribeChangeSet', { StackName: 'p', ChangeSetName: 'deep' })).result;
  expect(root).toMatchObject({ Status: 'CREATE_COMPLETE', IncludeNestedStacks: 'true' });
  const { ResourceChange } = root.Changes[0];
  expect(ResourceChange).toMatchObject({ Action: 'Modify', LogicalResourceId: 'Child' });
  const below = (await client.call('DescribeChangeSet', { ChangeSetName: ResourceChange.ChangeSetId })).result;
  expect(below).toMatchObject({ ParentChangeSetId: root.ChangeSetId, RootChangeSetId: root.ChangeSetId });
  expect(below.Changes[0].ResourceChange).toMatchObject({ Action: 'Modify', LogicalResourceId: 'T' });
  expect(below.Changes[0].ResourceChange.Details.map((detail: any) => detail.Target.Name)).toEqual(['DisplayName']);
});
