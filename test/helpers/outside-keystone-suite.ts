import { createServer } from 'node:net';
import type { ServerConfig } from '../../src/server.js';
import { type KeystoneAddress, KeystoneAdmin, logIn } from './keystone-admin.js';
import { type AccessKey, Served, type Session } from './served.js';

/** A running Keystone for the suite; `end` stops what was started for it. */
export interface KeystoneForTest extends KeystoneAddress {
  end(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const VALUE = {
  heat_template_version: '2018-08-31',
  resources: { v: { type: 'OS::Heat::Value', properties: { value: 'mine' } } },
};
const WAITING = {
  heat_template_version: '2018-08-31',
  resources: {
    byToken: { type: 'OS::Heat::WaitConditionHandle' },
    bySignature: { type: 'AWS::CloudFormation::WaitConditionHandle' },
  },
  outputs: {
    token: { value: { get_attr: ['byToken', 'token'] } },
    endpoint: { value: { get_attr: ['byToken', 'endpoint'] } },
    url: { value: { get_resource: 'bySignature' } },
  },
};

/** What must hold with any Keystone elsewhere; everything made there is taken away again. */
export function outsideKeystoneSuite(open: () => Promise<KeystoneForTest>): void {
  let keystone: KeystoneForTest;
  let admin: KeystoneAdmin;
  let served: Served;
  let port: number;
  let region: string;
  let owner: Session & AccessKey & { readonly name: string };
  let reader: Session & AccessKey;
  let stranger: Session & AccessKey;

  beforeAll(async () => {
    keystone = await open();
    admin = await KeystoneAdmin.open(keystone);
    port = await freePort();
    region = `baton-${admin.tail}`;
    await admin.make('region', { id: region });
    for (const type of ['orchestration', 'cloudformation']) {
      const service_id = await admin.idOf('services', `type=${type}`);
      // The address as it is seen from elsewhere: another name of this machine.
      const url = `http://localhost:${port}/${type === 'orchestration' ? 'v1/%(project_id)s' : 'cfn'}`;
      await admin.make('endpoint', { service_id, interface: 'public', region_id: region, url });
    }
    const [ours, theirs] = [`baton-ours-${admin.tail}`, `baton-theirs-${admin.tail}`];
    const projectId = await admin.make('project', { name: ours, domain_id: 'default' });
    owner = await admin.person(projectId, 'member');
    reader = await admin.person(projectId, 'reader');
    stranger = await admin.person(await admin.make('project', { name: theirs, domain_id: 'default' }), 'member');
    served = await Served.start(config(), 'error');
  });
  afterAll(async () => {
    await served?.end();
    await admin?.close();
    await keystone?.end();
  });

  function config(authUrl = keystone.v3Url): ServerConfig {
    return {
      port,
      region: { openstack: region },
      identity: {
        keystone: {
          auth_url: authUrl,
          username: 'admin',
          password: keystone.password,
          project_name: 'admin',
          cache_seconds: 1,
        },
      },
    };
  }

  const json = async (session: Session, path: string) => JSON.parse((await served.heat(session, 'GET', path)).text);

  test('its tokens are good, and its names stand in stacks', async () => {
    await served.createStack(owner, 'web', { template: VALUE });
    const { stack } = await json(
      owner,
      (await served.heat(owner, 'GET', '/stacks/web')).headers.location?.split(owner.projectId)[1] ?? '',
    );
    expect(stack).toMatchObject({ stack_status: 'CREATE_COMPLETE', stack_owner: owner.name });
    expect(stack.parameters['OS::project_id']).toBe(owner.projectId);
    expect((await json(reader, '/stacks?name=web')).stacks).toMatchObject([{ id: stack.id }]);
    const refused = await served.heat(reader, 'POST', '/stacks', { stack_name: 'no', template: VALUE });
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('not authorized to use stacks:create'),
    ]);
  });

  test('another project finds nothing', async () => {
    const id = await served.createStack(owner, 'secret', { template: VALUE });
    expect((await json(stranger, '/stacks')).stacks).toEqual([]);
    expect((await served.heat(stranger, 'GET', `/stacks/secret/${id}`)).status).toBe(404);
    expect((await served.heat(stranger, 'DELETE', '/stacks/secret')).status).toBe(404);
    const there = await served.heat({ ...stranger, projectId: owner.projectId }, 'GET', `/stacks/secret/${id}`);
    expect(there.status).toBe(403);
  });

  test('wrong, revoked and unscoped tokens are refused, and clients are sent to Keystone', async () => {
    const wrong = await served.heat({ ...owner, token: 'gAAAAABnothing' }, 'GET', '/stacks');
    expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([401, `Keystone uri="${keystone.v3Url}"`]);
    const { token } = await logIn(keystone, { name: owner.name, password: 'pw-of-test', projectId: owner.projectId });
    expect((await served.heat({ ...owner, token }, 'GET', '/stacks')).status).toBe(200);
    await admin.revoke(token);
    // An answer is used again for a second.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await served.heat({ ...owner, token }, 'GET', '/stacks')).status).toBe(401);
    const unscoped = await logIn(keystone, { name: owner.name, password: 'pw-of-test' });
    expect([401, 403]).toContain((await served.heat({ ...owner, token: unscoped.token }, 'GET', '/stacks')).status);
  });

  test('signatures by its keys are good for CloudFormation', async () => {
    const listed = await served.cfn(owner, 'ListStacks');
    expect([listed.status, listed.text]).toEqual([200, expect.stringContaining('<ListStacksResult')]);
    expect((await served.cfn({ access: owner.access, secret: 'wrong' }, 'ListStacks')).status).toBe(403);
    expect((await served.cfn({ access: 'nobody', secret: 'wrong' }, 'ListStacks')).status).toBe(403);
  });

  test('users of stacks stay here, and what is handed out names the address in the catalog', async () => {
    const id = await served.createStack(owner, 'waiting', { template: WAITING });
    const { stack } = await json(owner, `/stacks/waiting/${id}`);
    const outputs = Object.fromEntries(
      (stack.outputs as { output_key: string; output_value: string }[]).map((one) => [
        one.output_key,
        one.output_value,
      ]),
    );
    expect(stack.stack_status).toBe('CREATE_COMPLETE');
    expect(outputs.endpoint).toContain(`http://localhost:${port}/v1/`);
    expect(outputs.url).toContain(`http://localhost:${port}/cfn/`);
    const signal = async (url: string, method: string, body: object, headers: { [name: string]: string } = {}) =>
      (
        await fetch(url, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        })
      ).status;
    const success = { status: 'SUCCESS', id: 'a', data: 'd', reason: 'r' };
    const signed = { Status: 'SUCCESS', UniqueId: 'a', Data: 'd', Reason: 'r' };
    const user = { 'x-auth-token': outputs.token ?? '' };
    expect(await signal(outputs.endpoint ?? '', 'POST', success, user)).toBe(200);
    expect(await signal(outputs.url ?? '', 'PUT', signed)).toBe(200);
    const others = await fetch(`http://127.0.0.1:${port}/v1/${owner.projectId}/stacks`, { headers: user });
    expect(others.status).toBe(403);
    await served.heat(owner, 'DELETE', `/stacks/waiting/${id}`);
    await served.engine.stacks.settled(id);
    expect(await signal(outputs.endpoint ?? '', 'POST', success, user)).toBe(401);
  });

  test('a Keystone that does not answer is told as such, and the server starts without it', async () => {
    const dead = await freePort();
    const other = await Served.start({ ...config(`http://127.0.0.1:${dead}/v3`), port: 0 }, 'warn');
    const answer = await other.heat(owner, 'GET', '/stacks');
    expect(answer.status).toBe(503);
    expect(other.logged.join('')).toContain('the catalog of Keystone cannot be read');
    await other.end();
  });
}

/** Another baton's identity service in Keystone's place: it speaks the same protocol. */
export async function ownKeystone(): Promise<KeystoneForTest> {
  const password = 'password of the administrator';
  const served = await Served.start({ identity: { admin_password: password } }, 'error');
  return { v3Url: `${served.server.url}/identity/v3`, password, end: () => served.end() };
}
