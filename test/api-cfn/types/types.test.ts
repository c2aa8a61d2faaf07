import { type CfnClient, cfnClient } from '../../helpers/cfn-client.js';

let client: CfnClient;
beforeAll(async () => {
  client = await cfnClient(
    {},
    { typeNames: () => ['AWS::S3::Bucket', 'AWS::SNS::Subscription', 'AWS::SNS::Topic', 'Heat::Not::Shown'] },
  );
});
afterAll(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

test('a type is described with its schema, by name and by ARN', async () => {
  const { result } = await client.call('DescribeType', { Type: 'RESOURCE', TypeName: 'AWS::S3::Bucket' });
  expect(result).toMatchObject({
    Arn: 'arn:aws:cloudformation:us-east-1::type/resource/AWS-S3-Bucket',
    Visibility: 'PUBLIC',
    ProvisioningType: 'FULLY_MUTABLE',
    DeprecatedStatus: 'LIVE',
  });
  const schema = JSON.parse(result.Schema);
  expect(schema).toMatchObject({
    typeName: 'AWS::S3::Bucket',
    primaryIdentifier: ['/properties/BucketName'],
    createOnlyProperties: expect.arrayContaining(['/properties/BucketName']),
  });
  expect(schema.properties.BucketName).toMatchObject({ type: 'string' });
  expect(schema.readOnlyProperties).toContain('/properties/Arn');
  const byArn = await client.call('DescribeType', { Arn: result.Arn });
  expect(byArn.result.TypeName).toBe('AWS::S3::Bucket');
  const versions = await client.call('ListTypeVersions', { Arn: result.Arn });
  expect(versions.result.TypeVersionSummaries).toHaveLength(1);
  const unknown = await client.call('DescribeType', { Type: 'RESOURCE', TypeName: 'AWS::No::Thing' });
  expect([unknown.status, unknown.code]).toEqual([404, 'TypeNotFoundException']);
});

test('public types are listed in pages; private ones there are none', async () => {
  const first = await client.call('ListTypes', { Visibility: 'PUBLIC', MaxResults: 2 });
  expect(first.result.TypeSummaries.map((one: any) => one.TypeName)).toEqual([
    'AWS::S3::Bucket',
    'AWS::SNS::Subscription',
  ]);
  const next = await client.call('ListTypes', {
    Visibility: 'PUBLIC',
    MaxResults: 2,
    NextToken: first.result.NextToken,
  });
  expect(next.result.TypeSummaries.map((one: any) => one.TypeName)).toEqual(['AWS::SNS::Topic']);
  const some = await client.call('ListTypes', {
    Visibility: 'PUBLIC',
    Filters: { Category: 'AWS_TYPES', TypeNamePrefix: 'AWS::SNS' },
    ProvisioningType: 'FULLY_MUTABLE',
  });
  expect(some.result.TypeSummaries).toHaveLength(2);
  expect((await client.call('ListTypes')).result.TypeSummaries).toBe('');
  expect((await client.call('ListTypeRegistrations')).status).toBe(200);
});

test('what there is not says so with its name', async () => {
  const { status, code, message } = await client.call('RegisterType', {
    TypeName: 'My::Own::Type',
    SchemaHandlerPackage: 's3://b/k',
  });
  expect([status, code, message]).toEqual([
    400,
    'ValidationError',
    'The action RegisterType is not implemented by this service.',
  ]);
});
