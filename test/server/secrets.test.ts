import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type AccessKey, Served, type Session } from '../helpers/served.js';

const SECRETS = {
  hidden: 'hush-hidden-parameter',
  inner: 'hush-parameter-of-the-nested',
  noEcho: 'hush-noecho-parameter',
  adminPass: 'hush-admin-pass-literal',
  database: 'hushMasterUserPassword',
  changed: 'hush-changed-parameter',
  fromEnvironment: 'hush-of-the-environment',
};
const NESTED = JSON.stringify({
  heat_template_version: '2018-08-31',
  parameters: { inner: { type: 'string', hidden: true } },
  resources: { v: { type: 'OS::Heat::Value', properties: { value: { get_param: 'inner' } } } },
  outputs: { passed: { value: { get_param: 'inner' } } },
});
const TEMPLATE = {
  heat_template_version: '2018-08-31',
  parameters: {
    secret: { type: 'string', hidden: true },
    another: { type: 'string', hidden: true },
    inner: { type: 'string', hidden: true },
  },
  resources: {
    value: { type: 'OS::Heat::Value', properties: { value: { get_param: 'secret' } } },
    joined: {
      type: 'OS::Heat::TestResource',
      properties: { value: { list_join: ['-', ['a', { get_param: 'secret' }]] } },
    },
    other: { type: 'OS::Heat::Value', properties: { value: { get_param: 'another' } } },
    server: {
      type: 'OS::Nova::Server',
      properties: {
        flavor: 'm1.small',
        image: 'cirros',
        networks: [{ network: 'private' }],
        admin_pass: { get_param: 'secret' },
        metadata: { key: { get_param: 'secret' } },
        user_data: { str_replace: { template: 'echo X', params: { X: { get_param: 'secret' } } } },
      },
    },
    nested: { type: 'nested.yaml', properties: { inner: { get_param: 'inner' } } },
    group: {
      type: 'OS::Heat::ResourceGroup',
      properties: { count: 1, resource_def: { type: 'nested.yaml', properties: { inner: { get_param: 'inner' } } } },
    },
  },
  outputs: { o: { value: { get_param: 'secret' } }, n: { value: { get_attr: ['nested', 'passed'] } } },
};
const BODY = {
  template: TEMPLATE,
  files: { 'nested.yaml': NESTED },
  parameters: { secret: SECRETS.hidden, inner: SECRETS.inner },
  environment: { parameters: { another: SECRETS.fromEnvironment } },
};
const CFN_TEMPLATE = JSON.stringify({
  AWSTemplateFormatVersion: '2010-09-09',
  Parameters: { Secret: { Type: 'String', NoEcho: true }, Master: { Type: 'String', NoEcho: true } },
  Resources: {
    P: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { 'Fn::Sub': 'x${Secret}' } } },
    D: {
      Type: 'AWS::RDS::DBInstance',
      Properties: {
        DBInstanceClass: 'db.t3.micro',
        Engine: 'mysql',
        AllocatedStorage: '20',
        MasterUsername: 'root',
        MasterUserPassword: { Ref: 'Master' },
      },
    },
  },
});

let served: Served;
let member: Session & AccessKey;
const answers: { what: string; text: string }[] = [];

beforeAll(async () => {
  served = await Served.start({}, 'debug');
  member = await served.project('owner');
});
afterAll(() => served.end());

async function ask(method: string, path: string, body?: object) {
  const { status, text } = await served.heat(member, method, path, body);
  answers.push({ what: `${method} ${path} ${status}`, text });
  expect({ path, status, text: status < 400 ? '' : text }).toEqual({ path, status: expect.any(Number), text: '' });
  return text === '' || !text.startsWith('{') ? {} : JSON.parse(text);
}

async function askCfn(action: string, fields: { [name: string]: string }) {
  const { status, text } = await served.cfn(member, action, fields);
  answers.push({ what: `${action} ${status}`, text });
  expect({ action, status, text: status < 400 ? '' : text }).toEqual({ action, status: 200, text: '' });
  return text;
}

async function lookAround(at: string, depth = 0): Promise<void> {
  for (const path of [
    '',
    '?resolve_outputs=false',
    '/environment',
    '/template',
    '/files',
    '/events',
    '/graph',
    '/export',
    '/snapshots',
  ])
    await ask('GET', `${at}${path}`);
  await ask('GET', `${at}/events?nested_depth=5`);
  const { resources } = await ask('GET', `${at}/resources?with_detail=true`);
  for (const resource of resources as { resource_name: string; links: { rel: string; href: string }[] }[]) {
    await ask('GET', `${at}/resources/${resource.resource_name}`);
    await ask('GET', `${at}/resources/${resource.resource_name}/metadata`);
    const { events } = await ask('GET', `${at}/resources/${resource.resource_name}/events`);
    for (const event of events as { id: string }[])
      await ask('GET', `${at}/resources/${resource.resource_name}/events/${event.id}`);
    const nested = resource.links.find(({ rel }) => rel === 'nested')?.href;
    if (nested && depth < 3)
      await lookAround(new URL(nested).pathname.replace(`/v1/${member.projectId}`, ''), depth + 1);
  }
}

/** Outputs give what the template's author asks for, and so does a nested stack's to its parent. */
const isOutput = (secret: string, text: string): boolean => {
  const without = text.replace(/"outputs":\s*\[[\s\S]*?\](?=[,}])/g, '').replace(/"output_value":\s*"[^"]*"/g, '');
  return text.includes(secret) && !without.includes(secret);
};

function findings(): string[] {
  return answers.flatMap(({ what, text }) =>
    Object.entries(SECRETS)
      .filter(([, secret]) => text.includes(secret) && !isOutput(secret, text))
      .map(
        ([name, secret]) =>
          `${name} in ${what}: ${text.slice(Math.max(0, text.indexOf(secret) - 160), text.indexOf(secret) + 60)}`,
      ),
  );
}

test('no answer of either API, no log line and no file holds a secret', async () => {
  await ask('POST', '/stacks/preview', { stack_name: 'p', ...BODY });
  const id = await served.createStack(member, 'web', BODY);
  const at = `/stacks/web/${id}`;
  expect((await ask('GET', at)).stack.stack_status).toBe('CREATE_COMPLETE');
  await lookAround(at);
  const change = { ...BODY, parameters: { ...BODY.parameters, secret: SECRETS.changed } };
  await ask('PUT', `${at}/preview?show_nested=true`, change);
  await ask('PUT', at, change);
  await served.engine.stacks.settled(id);
  await ask('POST', `${at}/actions`, { check: null });
  await served.engine.stacks.settled(id);
  const snapshot = await ask('POST', `${at}/snapshots`, { name: 's' });
  await served.engine.stacks.settled(id);
  await ask('GET', `${at}/snapshots/${snapshot.id}`);
  await lookAround(at);
  await ask('POST', `${at}/snapshots/${snapshot.id}/restore`);
  await served.engine.stacks.settled(id);
  await lookAround(at);

  const parameters = {
    'Parameters.member.1.ParameterKey': 'Secret',
    'Parameters.member.1.ParameterValue': SECRETS.noEcho,
    'Parameters.member.2.ParameterKey': 'Master',
    'Parameters.member.2.ParameterValue': SECRETS.database,
  };
  const created = await askCfn('CreateStack', { StackName: 'cfn', TemplateBody: CFN_TEMPLATE, ...parameters });
  const cfnId = /<StackId>[^<]*\/([^<]+)</.exec(created)?.[1] ?? '';
  expect((await served.engine.stacks.settled(cfnId)).status).toBe('COMPLETE');
  await askCfn('CreateChangeSet', {
    StackName: 'cfn',
    ChangeSetName: 'c',
    TemplateBody: CFN_TEMPLATE.replace('x$', 'y$'),
    ...parameters,
    'Parameters.member.1.ParameterValue': SECRETS.changed,
  });
  await askCfn('DescribeChangeSet', { StackName: 'cfn', ChangeSetName: 'c', IncludePropertyValues: 'true' });
  for (const action of [
    'DescribeStacks',
    'DescribeStackEvents',
    'DescribeStackResources',
    'ListStackResources',
    'GetTemplate',
    'GetTemplateSummary',
  ])
    await askCfn(action, { StackName: 'cfn' });
  for (const name of ['P', 'D']) await askCfn('DescribeStackResource', { StackName: 'cfn', LogicalResourceId: name });
  await askCfn('DetectStackDrift', { StackName: 'cfn' });
  await askCfn('DescribeStackResourceDrifts', { StackName: 'cfn' });
  const cfnAt = `/stacks/cfn/${cfnId}`;
  await lookAround(cfnAt);

  expect(findings()).toEqual([]);
  await ask('DELETE', `${at}/abandon`);
  expect(findings()).toEqual([]);

  const log = served.logged.join('');
  const credentials = [member.token, member.secret, 'password of owner', served.account('openrc').OS_PASSWORD ?? ''];
  const everything = [...Object.values(SECRETS), ...credentials];
  expect(everything.filter((secret) => log.includes(secret))).toEqual([]);
  const holders: string[] = [];
  for (const file of readdirSync(served.dataDir, { recursive: true, encoding: 'utf8' })) {
    const path = join(served.dataDir, file);
    if (!statSync(path).isFile() || /(openrc|awsrc)$/.test(file)) continue;
    const bytes = readFileSync(path);
    for (const secret of everything)
      if (bytes.includes(secret))
        holders.push(
          `${secret} in ${file}: ${bytes
            .subarray(bytes.indexOf(secret) - 200, bytes.indexOf(secret) + 60)
            .toString('latin1')
            .replace(/[^ -~]/g, '.')}`,
        );
  }
  expect(holders).toEqual([]);
}, 60_000);
