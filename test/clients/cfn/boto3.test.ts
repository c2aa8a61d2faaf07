import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type CfnServer, cfnServer } from '../../helpers/cfn-server.js';

const run = promisify(execFile);
const isInstalled = await run('python3', ['-c', 'import boto3']).then(
  () => true,
  () => false,
);
if (!isInstalled) console.log('skipped: boto3 is not installed');
const withClient = isInstalled ? test : test.skip;

const PROGRAM = `
import boto3, json, os
client = boto3.client('cloudformation', endpoint_url=os.environ['ENDPOINT'])
template = json.dumps({'Resources': {'V': {'Type': 'AWS::EC2::Volume', 'Properties': {'Size': 1, 'AvailabilityZone': {'Fn::Select': ['0', {'Fn::GetAZs': ''}]}}}}})
told = {}
client.create_stack(StackName='b', TemplateBody=template)
quick = {'Delay': 1, 'MaxAttempts': 60}
client.get_waiter('stack_create_complete').wait(StackName='b', WaiterConfig=quick)
told['status'] = client.describe_stacks(StackName='b')['Stacks'][0]['StackStatus']
told['events'] = [len(page['StackEvents']) for page in client.get_paginator('describe_stack_events').paginate(StackName='b')]
try:
    client.update_stack(StackName='b', TemplateBody=template)
except client.exceptions.ClientError as error:
    told['nothing'] = error.response['Error']
try:
    client.describe_change_set(ChangeSetName='x', StackName='b')
except client.exceptions.ChangeSetNotFoundException as error:
    told['missing'] = error.response['Error']['Code']
stack = boto3.resource('cloudformation', endpoint_url=os.environ['ENDPOINT']).Stack('b')
told['resources'] = [summary.logical_resource_id for summary in stack.resource_summaries.all()]
client.delete_stack(StackName='b')
client.get_waiter('stack_delete_complete').wait(StackName='b', WaiterConfig=quick)
print(json.dumps(told))
`;

withClient(
  'boto3 makes, pages, waits and knows our errors by their types',
  async () => {
    const server: CfnServer = await cfnServer();
    try {
      const { stdout } = await run('python3', ['-c', PROGRAM], { env: server.env, timeout: 100_000 });
      expect(JSON.parse(stdout)).toEqual({
        status: 'CREATE_COMPLETE',
        events: [5],
        nothing: { Type: 'Sender', Code: 'ValidationError', Message: 'No updates are to be performed.' },
        missing: 'ChangeSetNotFound',
        resources: ['V'],
      });
      expect(server.bugs).toEqual([]);
    } finally {
      await server.close();
    }
  },
  120_000,
);
