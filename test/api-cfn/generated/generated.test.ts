import { findCloudResources } from '../../../src/outside/cloud-resources.js';
import { type CfnClient, cfnClient } from '../../helpers/cfn-client.js';

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient({}, { cloudResources: (caller) => findCloudResources(client.engine.store, caller) });
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const template = JSON.stringify({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'my-topic', Tags: [{ Key: 'team', Value: 'a' }] } },
    Sub: {
      Type: 'AWS::SNS::Subscription',
      Properties: { Protocol: 'sqs', TopicArn: { Ref: 'Topic' }, Endpoint: 'arn:aws:sqs:us-east-1:123456789012:q' },
    },
    Kept: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Retain',
      Properties: { LogGroupName: 'kept-logs', RetentionInDays: 7 },
    },
    Db: {
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: 'Delete',
      Properties: {
        DBInstanceIdentifier: 'db',
        Engine: 'mysql',
        DBInstanceClass: 'db.t3.micro',
        AllocatedStorage: '5',
        MasterUsername: 'root',
        MasterUserPassword: 'very-secret-word',
      },
    },
  },
});

async function scan(): Promise<{ id: string; resources: any[] }> {
  const { result, message } = await client.call('StartResourceScan');
  expect(message).toBeUndefined();
  const described = (await client.call('DescribeResourceScan', { ResourceScanId: result.ResourceScanId })).result;
  expect(described).toMatchObject({ Status: 'COMPLETE', PercentageCompleted: '100' });
  const listed = (await client.call('ListResourceScanResources', { ResourceScanId: result.ResourceScanId })).result;
  return { id: result.ResourceScanId, resources: listed.Resources };
}

const identifierOf = (one: any) => {
  const entries = [one.ResourceIdentifier.entry].flat();
  return Object.fromEntries(entries.map(({ key, value }: any) => [key, value]));
};

test('a scan finds what stacks have and what they left, and a template of it makes the same again', async () => {
  await client.call('CreateStack', { StackName: 'app', TemplateBody: template });
  expect((await client.settled('app')).StackStatus).toBe('CREATE_COMPLETE');
  const first = await scan();
  expect(first.id).toMatch(/^arn:aws:cloudformation:us-east-1:\d{12}:resourceScan\/[0-9a-f-]{36}$/);
  expect(first.resources.map((one) => [one.ResourceType, one.ManagedByStack])).toEqual([
    ['AWS::Logs::LogGroup', 'true'],
    ['AWS::RDS::DBInstance', 'true'],
    ['AWS::SNS::Subscription', 'true'],
    ['AWS::SNS::Topic', 'true'],
  ]);
  const topic = first.resources[3];
  const related = await client.call('ListResourceScanRelatedResources', {
    ResourceScanId: first.id,
    Resources: [{ ResourceType: topic.ResourceType, ResourceIdentifier: { $map: identifierOf(topic) } }],
  });
  expect(related.result.RelatedResources.map((one: any) => one.ResourceType)).toEqual(['AWS::SNS::Subscription']);
  const tagged = await client.call('ListResourceScanResources', {
    ResourceScanId: first.id,
    TagKey: 'team',
    TagValue: 'a',
  });
  expect(tagged.result.Resources).toHaveLength(1);

  const definitions = first.resources.map((one) => ({
    ResourceType: one.ResourceType,
    ResourceIdentifier: { $map: identifierOf(one) },
  }));
  const made = await client.call('CreateGeneratedTemplate', { GeneratedTemplateName: 'mine', Resources: definitions });
  expect(made.message).toBeUndefined();
  const described = (await client.call('DescribeGeneratedTemplate', { GeneratedTemplateName: 'mine' })).result;
  expect(described).toMatchObject({
    Status: 'COMPLETE',
    Progress: { ResourcesSucceeded: '4' },
    TemplateConfiguration: { DeletionPolicy: 'RETAIN' },
  });
  const got = (await client.call('GetGeneratedTemplate', { GeneratedTemplateName: made.result.GeneratedTemplateId }))
    .result;
  expect(got.TemplateBody).not.toContain('very-secret-word');
  const written = JSON.parse(got.TemplateBody);
  const byType = Object.fromEntries(
    Object.entries(written.Resources).map(([name, one]: any) => [one.Type, { name, ...one }]),
  );
  expect(byType['AWS::SNS::Subscription'].Properties.TopicArn).toEqual({ Ref: byType['AWS::SNS::Topic'].name });
  expect(byType['AWS::RDS::DBInstance'].Properties.MasterUserPassword).toEqual({ Ref: expect.any(String) });
  const valid = await client.call('ValidateTemplate', { TemplateBody: got.TemplateBody });
  expect(valid.message).toBeUndefined();
  const yaml = (await client.call('GetGeneratedTemplate', { GeneratedTemplateName: 'mine', Format: 'YAML' })).result
    .TemplateBody;
  expect(yaml).toContain('AWS::SNS::Topic');

  await client.call('DeleteStack', { StackName: 'app' });
  await client.engine.stacks.settled(
    (await client.engine.store.lists.stacks({ deleted: true }, { sort: [] }))[0]?.id ?? '',
  );
  const second = await scan();
  expect(second.resources.map((one) => [one.ResourceType, one.ManagedByStack])).toEqual([
    ['AWS::Logs::LogGroup', 'false'],
  ]);
});

test('generated templates are changed, listed and deleted', async () => {
  await client.call('CreateStack', { StackName: 'app', TemplateBody: template });
  await client.settled('app');
  const made = await client.call('CreateGeneratedTemplate', {
    GeneratedTemplateName: 'mine',
    StackName: 'app',
    TemplateConfiguration: { DeletionPolicy: 'DELETE' },
  });
  expect(made.message).toBeUndefined();
  expect((await client.call('CreateGeneratedTemplate', { GeneratedTemplateName: 'mine' })).code).toBe(
    'AlreadyExistsException',
  );
  const changed = await client.call('UpdateGeneratedTemplate', {
    GeneratedTemplateName: 'mine',
    NewGeneratedTemplateName: 'yours',
    RemoveResources: ['Db', 'Sub', 'Kept'],
    AddResources: [
      {
        ResourceType: 'AWS::SQS::Queue',
        ResourceIdentifier: { $map: { QueueUrl: 'nowhere' } },
        LogicalResourceId: 'Nothing',
      },
    ],
  });
  expect(changed.message).toBeUndefined();
  const described = (await client.call('DescribeGeneratedTemplate', { GeneratedTemplateName: 'yours' })).result;
  expect(described.Status).toBe('FAILED');
  expect(described.Resources.map((one: any) => [one.LogicalResourceId, one.ResourceStatus])).toEqual([
    ['Topic', 'COMPLETE'],
    ['Nothing', 'FAILED'],
  ]);
  const listed = (await client.call('ListGeneratedTemplates')).result.Summaries;
  expect(listed.map((one: any) => [one.GeneratedTemplateName, one.NumberOfResources])).toEqual([['yours', '2']]);
  await client.call('DeleteGeneratedTemplate', { GeneratedTemplateName: 'yours' });
  const gone = await client.call('DescribeGeneratedTemplate', { GeneratedTemplateName: 'yours' });
  expect([gone.status, gone.code]).toEqual([404, 'GeneratedTemplateNotFound']);
});
