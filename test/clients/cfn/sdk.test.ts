import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  paginateListStacks,
  UpdateStackCommand,
  ValidateTemplateCommand,
  waitUntilChangeSetCreateComplete,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { type CfnServer, cfnServer } from '../../helpers/cfn-server.js';

let server: CfnServer;
let sdk: CloudFormationClient;

beforeAll(async () => {
  server = await cfnServer();
  sdk = client(server.secret);
});
afterAll(async () => {
  sdk.destroy();
  await server.close();
  expect(server.bugs).toEqual([]);
});

function client(secret: string, options: object = {}): CloudFormationClient {
  return new CloudFormationClient({
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: server.access, secretAccessKey: secret },
    maxAttempts: 1,
    ...options,
  });
}

const template = (size: number) =>
  JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'déjà vu — <tags> & "quotes"',
    Resources: {
      V: {
        Type: 'AWS::EC2::Volume',
        Metadata: { note: 'kept' },
        Properties: { Size: size, AvailabilityZone: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] } },
      },
    },
    Outputs: { Id: { Value: { Ref: 'V' } } },
  });
const waiting = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

test('a life of a stack', async () => {
  const input = { StackName: 'life', TemplateBody: template(1), Tags: [{ Key: 'k', Value: 'v' }] };
  const { StackId } = await sdk.send(new CreateStackCommand(input));
  await waitUntilStackCreateComplete({ client: sdk, ...waiting }, { StackName: 'life' });
  const described = await sdk.send(new DescribeStacksCommand({ StackName: 'life' }));
  expect(described.Stacks?.[0]).toMatchObject({
    StackId,
    StackStatus: 'CREATE_COMPLETE',
    Description: 'déjà vu — <tags> & "quotes"',
    DisableRollback: false,
    CreationTime: expect.any(Date),
    Tags: [{ Key: 'k', Value: 'v' }],
    Outputs: [{ OutputKey: 'Id', OutputValue: expect.stringMatching(/^vol-/) }],
  });
  await sdk.send(new UpdateStackCommand({ StackName: 'life', TemplateBody: template(2) }));
  await waitUntilStackUpdateComplete({ client: sdk, ...waiting }, { StackName: 'life' });
  const nothing = sdk.send(new UpdateStackCommand({ StackName: 'life', TemplateBody: template(2) }));
  await expect(nothing).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'No updates are to be performed.',
    $fault: 'client',
  });
  const events = await sdk.send(new DescribeStackEventsCommand({ StackName: 'life' }));
  expect(events.StackEvents?.[0]).toMatchObject({
    ResourceStatus: 'UPDATE_COMPLETE',
    LogicalResourceId: 'life',
    Timestamp: expect.any(Date),
  });
  const resource = await sdk.send(new DescribeStackResourceCommand({ StackName: 'life', LogicalResourceId: 'V' }));
  expect(resource.StackResourceDetail).toMatchObject({
    ResourceStatus: 'UPDATE_COMPLETE',
    Metadata: '{"note":"kept"}',
  });
  const byPhysicalId = { PhysicalResourceId: resource.StackResourceDetail?.PhysicalResourceId };
  expect((await sdk.send(new DescribeStackResourcesCommand(byPhysicalId))).StackResources).toHaveLength(1);
  expect((await sdk.send(new ListStackResourcesCommand({ StackName: 'life' }))).StackResourceSummaries).toHaveLength(1);
  expect((await sdk.send(new GetTemplateCommand({ StackName: 'life' }))).TemplateBody).toBe(template(2));
  await sdk.send(new DeleteStackCommand({ StackName: 'life' }));
  await waitUntilStackDeleteComplete({ client: sdk, ...waiting }, { StackName: StackId });
  await sdk.send(new DeleteStackCommand({ StackName: 'life' }));
  const gone = sdk.send(new DescribeStacksCommand({ StackName: 'life' }));
  await expect(gone).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id life does not exist' });
}, 60_000);

test('templates are checked and summed up', async () => {
  const good = await sdk.send(new ValidateTemplateCommand({ TemplateBody: template(1) }));
  expect(good.Capabilities).toEqual([]);
  const summary = await sdk.send(new GetTemplateSummaryCommand({ TemplateBody: template(1) }));
  expect(summary).toMatchObject({
    ResourceTypes: ['AWS::EC2::Volume'],
    Version: '2010-09-09',
    ResourceIdentifierSummaries: [
      { ResourceType: 'AWS::EC2::Volume', LogicalResourceIds: ['V'], ResourceIdentifiers: ['VolumeId'] },
    ],
  });
  const bad = sdk.send(
    new ValidateTemplateCommand({ TemplateBody: '{"Resources": {"A": {"Type": "AWS::Nothing::Here"}}}' }),
  );
  await expect(bad).rejects.toMatchObject({
    message: 'Template format error: Unrecognized resource types: [AWS::Nothing::Here]',
  });
});

test('a change set is made, waited for and carried out', async () => {
  const input = {
    StackName: 'changed',
    ChangeSetName: 'one',
    ChangeSetType: 'CREATE' as const,
    TemplateBody: template(1),
  };
  const { Id } = await sdk.send(new CreateChangeSetCommand(input));
  await waitUntilChangeSetCreateComplete({ client: sdk, ...waiting }, { ChangeSetName: Id });
  const described = await sdk.send(new DescribeChangeSetCommand({ ChangeSetName: Id, IncludePropertyValues: true }));
  expect(described.Changes?.[0]?.ResourceChange).toMatchObject({ Action: 'Add', Scope: [], Details: [] });
  await sdk.send(new ExecuteChangeSetCommand({ ChangeSetName: Id }));
  await waitUntilStackCreateComplete({ client: sdk, ...waiting }, { StackName: 'changed' });
  await expect(
    sdk.send(new DescribeChangeSetCommand({ ChangeSetName: 'none', StackName: 'changed' })),
  ).rejects.toMatchObject({
    name: 'ChangeSetNotFoundException',
  });
}, 60_000);

test('lists are paged by opaque tokens', async () => {
  const small = JSON.stringify({ Resources: { A: { Type: 'OS::Heat::None' } } });
  const names = Array.from({ length: 105 }, (_, index) => `page-${index}`);
  for (const StackName of names) await sdk.send(new CreateStackCommand({ StackName, TemplateBody: small }));
  const first = await sdk.send(new ListStacksCommand({}));
  expect(first.StackSummaries).toHaveLength(100);
  const seen = new Set<string | undefined>();
  for await (const page of paginateListStacks({ client: sdk }, {})) {
    for (const summary of page.StackSummaries ?? []) seen.add(summary.StackName);
  }
  expect(names.filter((name) => !seen.has(name))).toEqual([]);
  await expect(sdk.send(new ListStacksCommand({ NextToken: 'nonsense' }))).rejects.toMatchObject({
    name: 'ValidationError',
  });
}, 60_000);

test('wrong keys, wrong signatures and wrong clocks are refused', async () => {
  const wrong = client('not the secret');
  await expect(wrong.send(new ListStacksCommand({}))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
    $metadata: { httpStatusCode: 403 },
  });
  const late = client(server.secret, { systemClockOffset: -360_000 });
  await expect(late.send(new ListStacksCommand({}))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
    message: expect.stringMatching(/^Signature expired: /),
  });
  const unsigned = await fetch(`${server.endpoint}?Action=ListStacks&Version=2010-05-15`);
  expect([unsigned.status, /<Code>(\w+)</.exec(await unsigned.text())?.[1]]).toEqual([
    403,
    'MissingAuthenticationToken',
  ]);
  for (const one of [wrong, late]) one.destroy();
});

test('regions are separate worlds', async () => {
  await sdk.send(new CreateStackCommand({ StackName: 'here', TemplateBody: template(1) }));
  const elsewhere = client(server.secret, { region: 'eu-west-1' });
  await expect(elsewhere.send(new DescribeStacksCommand({ StackName: 'here' }))).rejects.toMatchObject({
    message: 'Stack with id here does not exist',
  });
  const { StackId } = await elsewhere.send(new CreateStackCommand({ StackName: 'here', TemplateBody: template(1) }));
  expect(StackId).toMatch(/^arn:aws:cloudformation:eu-west-1:/);
  elsewhere.destroy();
});
