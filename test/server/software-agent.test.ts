import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseOpenrc } from '../../src/cli/transport/served-folder.js';
import { signUrl } from '../../src/identity/signatures/signature-v2.js';
import { type RunningServer, startServer } from '../../src/server.js';

type Body = any;

let dataDir: string;
let server: RunningServer;
let user: Session;

/** Who is logged in, and where. */
interface Session {
  readonly token: string;
  readonly heat: string;
  readonly messaging: string;
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'baton-agent-'));
  const logger = pino({ level: 'error' }, pino.destination(2));
  server = await startServer({ config: { port: 0, shutdown_grace_seconds: 0 }, logger, dataDir });
  const rc = parseOpenrc(readFileSync(join(dataDir, 'demo-openrc'), 'utf8'));
  const domain = { name: 'Default' };
  user = await logIn(
    rc.OS_AUTH_URL ?? '',
    { name: rc.OS_USERNAME, domain, password: rc.OS_PASSWORD },
    { name: rc.OS_PROJECT_NAME, domain },
  );
});
afterEach(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function logIn(authUrl: string, who: object, project: object): Promise<Session> {
  const response = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: { identity: { methods: ['password'], password: { user: who } }, scope: { project } },
    }),
  });
  expect(response.status).toBe(201);
  const { token } = (await response.json()) as Body;
  const endpoint = (type: string) =>
    token.catalog
      .find((service: Body) => service.type === type)
      .endpoints.find((one: Body) => one.interface === 'public').url;
  return {
    token: response.headers.get('x-subject-token') ?? '',
    heat: endpoint('orchestration'),
    messaging: endpoint('messaging'),
  };
}

async function ask(
  method: string,
  url: string,
  session?: Session,
  body?: unknown,
): Promise<{ status: number; json: Body; text: string }> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(session ? { 'x-auth-token': session.token } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined,
  };
}

/** Makes a stack and gives its address as soon as the condition holds. */
async function createStack(template: object): Promise<string> {
  const made = await ask('POST', `${user.heat}/stacks`, user, { stack_name: 'soft', template });
  expect(made.text).toContain('"id"');
  return `${user.heat}/stacks/soft/${made.json.stack.id}`;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const attribute = (stack: string, resource: string, name: string) =>
  until(async () => {
    const { json } = await ask('GET', `${stack}/resources/${resource}?with_attr=${name}`, user);
    const isThere = json?.resource?.resource_status === 'CREATE_COMPLETE';
    return isThere ? json.resource.attributes[name] : undefined;
  });

const settled = (stack: string) => server.engine.stacks.settled(stack.split('/').at(-1) ?? '');

const software = (transport: string, signal: string) => ({
  heat_template_version: '2018-08-31',
  resources: {
    config: {
      type: 'OS::Heat::SoftwareConfig',
      properties: {
        group: 'script',
        inputs: [{ name: 'greeting' }],
        outputs: [{ name: 'result' }],
        config: '#!/bin/sh\necho $greeting > $heat_outputs_path.result\n',
      },
    },
    server: {
      type: 'OS::Nova::Server',
      properties: {
        flavor: 'm1.small',
        image: 'fedora',
        user_data_format: 'SOFTWARE_CONFIG',
        software_config_transport: transport,
      },
    },
    deployment: {
      type: 'OS::Heat::SoftwareDeployment',
      properties: {
        config: { get_resource: 'config' },
        server: { get_resource: 'server' },
        input_values: { greeting: 'hello' },
        signal_transport: signal,
      },
    },
  },
  outputs: {
    result: { value: { get_attr: ['deployment', 'result'] } },
    printed: { value: { get_attr: ['deployment', 'deploy_stdout'] } },
  },
});

/** Fetches the server's metadata as os-collect-config does, by what it was told at its start. */
async function collect(told: Body): Promise<Body> {
  const { heat, cfn, request, zaqar } = told;
  if (heat) {
    const session = await logIn(heat.auth_url, { id: heat.user_id, password: heat.password }, { id: heat.project_id });
    const { json } = await ask(
      'GET',
      `${session.heat}/stacks/${heat.stack_id}/resources/${heat.resource_name}/metadata`,
      session,
    );
    return json?.metadata;
  }
  if (cfn) {
    const [resource = ''] = cfn.path.split('.');
    const parameters = {
      Action: 'DescribeStackResource',
      ContentType: 'JSON',
      LogicalResourceId: resource,
      StackName: cfn.stack_name,
      Timestamp: new Date().toISOString(),
      Version: '2010-05-15',
    };
    const url = signUrl({
      method: 'GET',
      url: cfn.metadata_url,
      parameters,
      accessKey: cfn.access_key_id,
      secret: cfn.secret_access_key,
    });
    const { text, json, status } = await ask('GET', url);
    expect([status, status === 200 ? '' : text]).toEqual([200, '']);
    const metadata = json
      ? json.DescribeStackResourceResponse.DescribeStackResourceResult.StackResourceDetail.Metadata
      : unescaped(/<Metadata>([\s\S]*)<\/Metadata>/.exec(text)?.[1] ?? '{}');
    return JSON.parse(metadata);
  }
  if (request) return (await ask('GET', request.metadata_url)).json;
  const session = await logIn(
    zaqar.auth_url,
    { id: zaqar.user_id, password: zaqar.password },
    { id: zaqar.project_id },
  );
  const { json } = await ask('GET', `${session.messaging}/v2/queues/${zaqar.queue_id}/messages?limit=100`, session);
  return json?.messages.at(-1)?.body;
}

const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** Answers a deployment as heat-config-notify does. */
async function notify(deployment: Body, outputs: object): Promise<{ status: number }> {
  const input = (name: string) => deployment.inputs.find((one: Body) => one.name === name)?.value;
  if (input('deploy_signal_id')) return ask(input('deploy_signal_verb'), input('deploy_signal_id'), undefined, outputs);
  const session = await logIn(
    input('deploy_auth_url'),
    { id: input('deploy_user_id'), password: input('deploy_password') },
    { id: input('deploy_project_id') },
  );
  const queue = input('deploy_queue_id');
  if (queue) {
    return ask('POST', `${session.messaging}/v2/queues/${queue}/messages`, session, {
      messages: [{ body: outputs, ttl: 60 }],
    });
  }
  const at = `${session.heat}/stacks/${input('deploy_stack_id')}/resources/${input('deploy_resource_name')}/signal`;
  return ask('POST', at, session, outputs);
}

const OUTPUTS = { result: 'hello', deploy_stdout: 'printed', deploy_stderr: '', deploy_status_code: 0 };

test.each([
  { transport: 'POLL_SERVER_CFN', signal: 'CFN_SIGNAL' },
  { transport: 'POLL_SERVER_HEAT', signal: 'HEAT_SIGNAL' },
  { transport: 'POLL_TEMP_URL', signal: 'TEMP_URL_SIGNAL' },
  { transport: 'ZAQAR_MESSAGE', signal: 'ZAQAR_SIGNAL' },
])('an agent gets its deployment by $transport and answers by $signal', async ({ transport, signal }) => {
  const stack = await createStack(software(transport, signal));
  const told = await attribute(stack, 'server', 'os_collect_config');
  const [deployment] = await until(async () => {
    const found = (await collect(told))?.deployments;
    return found?.length > 0 ? (found as Body[]) : undefined;
  });
  expect(deployment).toMatchObject({
    group: 'script',
    inputs: expect.arrayContaining([expect.objectContaining({ name: 'greeting', value: 'hello' })]),
  });
  expect((await notify(deployment, OUTPUTS)).status).toBeLessThan(300);
  expect(await settled(stack)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
  const { json } = await ask('GET', stack, user);
  const outputs = Object.fromEntries(json.stack.outputs.map((one: Body) => [one.output_key, one.output_value]));
  expect(outputs).toEqual({ result: 'hello', printed: 'printed' });
});

test('what agents are told lies encrypted in the database', async () => {
  const stack = await createStack(software('POLL_SERVER_HEAT', 'HEAT_SIGNAL'));
  const { heat } = await attribute(stack, 'server', 'os_collect_config');
  const [deployment] = await until(async () => {
    const found = (await collect({ heat }))?.deployments;
    return found?.length > 0 ? (found as Body[]) : undefined;
  });
  const answer = deployment.inputs.find((one: Body) => one.name === 'deploy_password').value;
  const files = readdirSync(dataDir).filter((name) => name.startsWith('baton.db'));
  const stored = files.map((name) => readFileSync(join(dataDir, name), 'latin1')).join();
  expect(stored).toContain('os-collect-config'.slice(0, 2));
  for (const secret of [heat.password, answer]) expect(stored.includes(secret)).toBe(false);
});

test('a server sees nothing but itself', async () => {
  const stack = await createStack(software('POLL_SERVER_HEAT', 'NO_SIGNAL'));
  const { heat } = await attribute(stack, 'server', 'os_collect_config');
  const session = await logIn(heat.auth_url, { id: heat.user_id, password: heat.password }, { id: heat.project_id });
  const look = (resource: string) =>
    ask('GET', `${session.heat}/stacks/${heat.stack_id}/resources/${resource}/metadata`, session);
  expect((await look('server')).status).toBe(200);
  expect(await look('config')).toMatchObject({ status: 403 });
  expect((await ask('GET', `${session.heat}/stacks`, session)).status).toBe(403);
});

const waiting = (transport: string) => ({
  heat_template_version: '2018-08-31',
  resources: {
    handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: transport } },
    wait: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 600 } },
  },
  outputs: { data: { value: { get_attr: ['wait', 'data'] } } },
});

const SIGNAL = { status: 'SUCCESS', data: 'all well', id: 'one', reason: 'done' };

/** What a handle tells somebody who is to signal it. */
async function addressOf(
  stack: string,
  transport: string,
): Promise<{ method: string; url: string; session?: Session; body?: unknown }> {
  if (transport === 'TOKEN_SIGNAL') {
    const token = await attribute(stack, 'handle', 'token');
    const url = await attribute(stack, 'handle', 'endpoint');
    return { method: 'POST', url, session: { token, heat: '', messaging: '' } };
  }
  const told = JSON.parse(await attribute(stack, 'handle', 'signal'));
  if (transport === 'CFN_SIGNAL') return { method: 'PUT', url: told.alarm_url };
  if (transport === 'TEMP_URL_SIGNAL') return { method: 'PUT', url: told.alarm_url };
  const session = await logIn(told.auth_url, { id: told.user_id, password: told.password }, { id: told.project_id });
  if (transport === 'HEAT_SIGNAL') return { method: 'POST', url: told.alarm_url, session };
  const url = `${session.messaging}/v2/queues/${told.queue_id}/messages`;
  return { method: 'POST', url, session, body: { messages: [{ body: SIGNAL, ttl: 60 }] } };
}

test.each(['TOKEN_SIGNAL', 'CFN_SIGNAL', 'TEMP_URL_SIGNAL', 'HEAT_SIGNAL', 'ZAQAR_SIGNAL'])(
  'a wait condition is signalled by %s',
  async (transport) => {
    const stack = await createStack(waiting(transport));
    const { method, url, session, body = SIGNAL } = await addressOf(stack, transport);
    expect((await ask(method, url, session, body)).status).toBeLessThan(300);
    expect(await settled(stack)).toMatchObject({ status: 'COMPLETE' });
    const { json } = await ask('GET', stack, user);
    expect(json.stack.outputs[0].output_value).toBe('{"one": "all well"}');
  },
);

describe('addresses that are signed', () => {
  test.each(['CFN_SIGNAL', 'TEMP_URL_SIGNAL'])(
    'by %s are refused without or with a changed signature',
    async (transport) => {
      const stack = await createStack(waiting(transport));
      const { method, url } = await addressOf(stack, transport);
      const [bare = ''] = url.split('?');
      const other = url.replace('handle', 'wait');
      const broken = url.replace(/(Signature|temp_url_sig)=(..)/, '$1=zz');
      const later = url.replace(/temp_url_expires=\d+/, 'temp_url_expires=4102444801');
      for (const bad of new Set([bare, other, broken, later])) {
        if (bad === url) continue;
        const { status, text } = await ask(method, bad, undefined, SIGNAL);
        expect([status >= 400 && status < 500, bad, text]).toEqual([true, bad, text]);
      }
      const { json } = await ask('GET', `${stack}/resources/handle/metadata`, user);
      expect(json.metadata).toEqual({});
      await ask('DELETE', stack, user);
      await settled(stack);
      expect((await ask(method, url, undefined, SIGNAL)).status).toBeGreaterThanOrEqual(400);
    },
  );

  test('with an end are refused after it', async () => {
    const stack = await createStack(waiting('TEMP_URL_SIGNAL'));
    await attribute(stack, 'handle', 'signal');
    const { record } = await server.engine.stacks.resource(
      { ...(await callerOf(stack)) },
      stack.split('/').at(-1) ?? '',
      'handle',
    );
    const expires = Math.floor(Date.now() / 1000) - 1;
    const signature = server.engine.urlKey.sign(`answer\n${record.id}\nrequest\n${expires}`);
    const url = `${server.url}/answers/${record.id}/request?expires=${expires}&signature=${signature}`;
    expect(await ask('PUT', url, undefined, SIGNAL)).toMatchObject({
      status: 401,
      json: { error: 'the URL is not good any more' },
    });
  });
});

async function callerOf(stack: string) {
  const record = await server.engine.operations.stack(stack.split('/').at(-1) ?? '');
  if (!record) throw new Error('no stack');
  const { projectId, projectName, userId, userName, region, origin } = record;
  return { projectId, projectName, userId, userName, region, origin, roles: ['member'], isAdmin: false };
}
