import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { parseOpenrc, servedFolder } from '../../src/cli/transport/served-folder.js';
import { type RunningServer, type ServerConfig, startServer } from '../../src/server.js';

let dataDir: string;
let running: RunningServer[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'baton-server-'));
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(config: ServerConfig = {}, folder: string | null = dataDir): Promise<RunningServer> {
  const logger = pino({ level: 'error' }, pino.destination(2));
  const server = await startServer({
    config: { port: 0, ...config },
    logger,
    ...(folder === null ? {} : { dataDir: folder }),
  });
  running.push(server);
  return server;
}

async function stop(server: RunningServer): Promise<void> {
  running.splice(running.indexOf(server), 1);
  await server.close();
}

async function logIn(url: string): Promise<{ token: string; api: string }> {
  const rc = parseOpenrc(readFileSync(join(dataDir, 'demo-openrc'), 'utf8'));
  const domain = { name: 'Default' };
  const response = await fetch(`${rc.OS_AUTH_URL}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: rc.OS_USERNAME, domain, password: rc.OS_PASSWORD } },
        },
        scope: { project: { name: rc.OS_PROJECT_NAME, domain } },
      },
    }),
  });
  expect(response.status).toBe(201);
  const { token } = (await response.json()) as { token: { project: { id: string } } };
  return { token: response.headers.get('x-subject-token') ?? '', api: `${url}/v1/${token.project.id}` };
}

const TEMPLATE = {
  heat_template_version: '2018-08-31',
  resources: { a: { type: 'OS::Heat::Value', properties: { value: 'one' } } },
  outputs: { o: { value: { get_attr: ['a', 'value'] } } },
};

async function createStack({ token, api }: { token: string; api: string }): Promise<string> {
  const response = await fetch(`${api}/stacks`, {
    method: 'POST',
    headers: { 'x-auth-token': token, 'content-type': 'application/json' },
    body: JSON.stringify({ stack_name: 'web', template: TEMPLATE }),
  });
  expect(response.status).toBe(201);
  const { stack } = (await response.json()) as { stack: { id: string } };
  return stack.id;
}

test('a first start makes accounts that can be used, in files that only their owner can read', async () => {
  const server = await start();
  for (const name of ['openrc', 'demo-openrc', 'awsrc', 'server.json']) {
    expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  }
  const aws = parseOpenrc(readFileSync(join(dataDir, 'awsrc'), 'utf8'));
  expect(aws).toMatchObject({ AWS_DEFAULT_REGION: 'us-east-1', ENDPOINT_URL: `${server.url}/cfn` });
  const session = await logIn(server.url);
  const id = await createStack(session);
  expect(await server.engine.stacks.settled(id)).toMatchObject({
    action: 'CREATE',
    status: 'COMPLETE',
    region: 'us-east-1',
  });
  const shown = await fetch(`${session.api}/stacks/web/${id}`, { headers: { 'x-auth-token': session.token } });
  expect(await shown.json()).toMatchObject({
    stack: { stack_status: 'CREATE_COMPLETE', outputs: [{ output_value: 'one' }] },
  });
});

test('the command line finds the server by its note, which goes when the server ends', async () => {
  const server = await start();
  expect(JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8'))).toMatchObject({
    url: server.url,
    pid: process.pid,
  });
  expect(servedFolder(dataDir)?.authUrl).toBe(`${server.url}/identity/v3`);
  await stop(server);
  expect(existsSync(join(dataDir, 'server.json'))).toBe(false);
});

test('a later start keeps accounts and stacks, and brings the address up to date', async () => {
  const first = await start();
  const id = await createStack(await logIn(first.url));
  await first.engine.stacks.settled(id);
  const before = parseOpenrc(readFileSync(join(dataDir, 'demo-openrc'), 'utf8'));
  await stop(first);
  const second = await start();
  const after = parseOpenrc(readFileSync(join(dataDir, 'demo-openrc'), 'utf8'));
  expect(after).toMatchObject({ OS_PASSWORD: before.OS_PASSWORD, OS_AUTH_URL: `${second.url}/identity/v3` });
  const session = await logIn(second.url);
  const shown = await fetch(`${session.api}/stacks/web/${id}`, { headers: { 'x-auth-token': session.token } });
  expect(shown.status).toBe(200);
});

test('health, readiness and counters need no token; the API does', async () => {
  const { url } = await start();
  expect(await (await fetch(`${url}/healthcheck`)).text()).toBe('OK');
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ready: true });
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('baton_http_requests_total');
  const refused = await fetch(`${url}/v1/p/stacks`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe(`Keystone uri="${url}/identity"`);
  const cfn = await fetch(`${url}/cfn/?Action=ListStacks`);
  expect([cfn.status, await cfn.text()]).toEqual([403, expect.stringContaining('MissingAuthenticationToken')]);
});

test('limits of the configuration hold', async () => {
  const server = await start({ limits: { body_bytes: 2048, stacks_per_project: 1 } });
  const session = await logIn(server.url);
  const headers = { 'x-auth-token': session.token, 'content-type': 'application/json' };
  const send = (body: object) =>
    fetch(`${session.api}/stacks`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(await (await send({ stack_name: 'x', template: TEMPLATE, pad: ' '.repeat(3000) })).json()).toMatchObject({
    error: {
      type: 'RequestLimitExceeded',
      message: expect.stringMatching(/exceeds maximum allowed size \(2048 bytes\)/),
    },
  });
  await createStack(session);
  expect(await (await send({ stack_name: 'y', template: TEMPLATE })).json()).toMatchObject({
    error: {
      message: 'Request limit exceeded: You have reached the maximum stacks per tenant, 1. Please delete some stacks.',
    },
  });
});

test('a rehearsed fault of the configuration makes a stack fail', async () => {
  const rules = [{ type: 'servers', verb: 'create' as const, fault: 'quota' as const, message: 'no room' }];
  const server = await start({ cloud: { faults: { rules } }, engine: { retry_limit: 0 } });
  const caller = { ...(await server.identity.tokens.authenticate((await logIn(server.url)).token)) };
  const resources = {
    s: {
      type: 'OS::Nova::Server',
      properties: { flavor: 'm1.small', image: 'cirros', networks: [{ network: 'private' }] },
    },
  };
  const { id } = await server.engine.stacks.create(caller as never, {
    name: 'f',
    template: { ...TEMPLATE, resources, outputs: {} },
  });
  expect((await server.engine.stacks.settled(id)).statusReason).toContain('no room');
});

test('the address in front of a proxy is what clients are told', async () => {
  await start({ public_url: 'https://cloud.example/heat/' });
  const rc = parseOpenrc(readFileSync(join(dataDir, 'openrc'), 'utf8'));
  expect(rc.OS_AUTH_URL).toBe('https://cloud.example/heat/identity/v3');
});

test('a taken port and a served folder are refused with what to do', async () => {
  const { port } = await start();
  await expect(start({ port }, null)).rejects.toThrow(/another process listens there: choose another --port/);
  await expect(start()).rejects.toThrow(/another baton engine is running on this data folder/);
});

test('TLS is served with the given certificate, and clients are told to trust it', async () => {
  const cert = fileURLToPath(new URL('./localhost-cert.pem', import.meta.url));
  const key = fileURLToPath(new URL('./localhost-key.pem', import.meta.url));
  const { url } = await start({ tls: { cert, key } });
  const status = await new Promise((resolve, reject) => {
    httpsGet(`${url}/healthcheck`, { ca: readFileSync(cert) }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
  expect([status, url.startsWith('https://')]).toEqual([200, true]);
  expect(parseOpenrc(readFileSync(join(dataDir, 'openrc'), 'utf8')).OS_CACERT).toBe(cert);
  await expect(start({ tls: { cert: 'nowhere.pem', key } }, null)).rejects.toThrow(
    /tls\.cert: nowhere\.pem cannot be read/,
  );
});
