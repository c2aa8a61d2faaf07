import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient();
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { ZipFile: 'exports.handler = async () => {}' },
    Handler: 'index.handler',
    Role: 'arn:aws:iam::123456789012:role/r',
    Runtime: 'nodejs20.x',
  },
};
const thing = (ServiceToken: unknown, more: object = {}) => ({
  Type: 'Custom::Thing',
  Properties: { ServiceToken, ...more },
});
const template = (Resources: object, Outputs: object = {}) => JSON.stringify({ Resources, Outputs });

/** Makes a stack with a custom resource of this token and gives why it failed. */
async function whyNot(token: string): Promise<string> {
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ T: thing(token) }) });
  const { StackStatus } = await client.settled('s');
  const { result } = await client.call('DescribeStackEvents', { StackName: 's' });
  const failed = result.StackEvents.find((event: any) => event.ResourceStatus === 'CREATE_FAILED');
  return `${StackStatus}: ${failed.ResourceStatusReason}`;
}

test('a function of the simulated cloud counts as having done what it was asked, in every turn', async () => {
  const outputs = {
    Url: { Value: { 'Fn::GetAtt': ['T', 'Url'] } },
    Twice: { Value: { 'Fn::GetAtt': ['T', 'Url'] } },
    Id: { Value: { Ref: 'T' } },
  };
  const body = (Size: number) => template({ F: FUNCTION, T: thing({ 'Fn::GetAtt': ['F', 'Arn'] }, { Size }) }, outputs);
  await client.call('CreateStack', { StackName: 's', TemplateBody: body(1), Capabilities: ['CAPABILITY_IAM'] });
  const made = await client.settled('s');
  expect(made.StackStatus).toBe('CREATE_COMPLETE');
  const values = Object.fromEntries(made.Outputs.map((one: any) => [one.OutputKey, one.OutputValue]));
  expect(values.Url).not.toBe('');
  expect(values.Twice).toBe(values.Url);
  await client.call('UpdateStack', { StackName: 's', TemplateBody: body(2), Capabilities: ['CAPABILITY_IAM'] });
  const updated = await client.settled('s');
  expect(updated.StackStatus).toBe('UPDATE_COMPLETE');
  expect(updated.Outputs.find((one: any) => one.OutputKey === 'Id').OutputValue).toBe(values.Id);
  const calls = (await client.engine.store.world.ledger()).filter(({ verb }) => verb === 'invoke');
  await client.call('DeleteStack', { StackName: 's' });
  expect((await client.settled(made.StackId)).StackStatus).toBe('DELETE_COMPLETE');
  expect(calls).toHaveLength(2);
});

test.each([
  ['arn:aws:lambda:us-east-1:ACCOUNT:function:nobody', 'Function not found: arn:aws:lambda:us-east-1:'],
  [
    'arn:aws:lambda:us-east-1:000000000000:function:nobody',
    'Function not found: arn:aws:lambda:us-east-1:000000000000',
  ],
  ['arn:aws:sns:us-east-1:ACCOUNT:nothing', 'Topic does not exist: arn:aws:sns:us-east-1:'],
  [
    'arn:aws:lambda:eu-west-1:ACCOUNT:function:f',
    "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
  ],
])('%s: %s', async (token, reason) => {
  const account = client.engine.cloud.accountId('p1');
  expect(await whyNot(token.replace('ACCOUNT', account))).toContain(`ROLLBACK_COMPLETE: ${reason}`);
});
