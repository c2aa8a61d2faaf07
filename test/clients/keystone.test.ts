import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/engine/model/clock.js';
import type { Json, JsonMap } from '../../src/engine/model/value.js';
import { createKeystoneProxy } from '../../src/identity/keystone-proxy.js';
import { type ApiFixture, openApi } from '../api-identity/api-fixture.js';
import { signedRequest } from '../identity/signed-request.js';

/** A real Keystone: `KEYSTONE_URL=http://127.0.0.1:15000 KEYSTONE_PASSWORD=… npx jest …`. */
const { KEYSTONE_URL, KEYSTONE_PASSWORD = '' } = process.env;
if (KEYSTONE_URL === undefined) console.log('skipped: KEYSTONE_URL names no real Keystone');
const withKeystone = KEYSTONE_URL === undefined ? describe.skip : describe;

type Send = (
  method: string,
  path: string,
  body?: Json,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: Json; headers: Record<string, string> }>;

/** One question to both; `<x>` in path and body stands for an id that an earlier answer was kept under. */
interface Step {
  readonly send: string;
  readonly body?: Json;
  /** Keeps the id of the answer's entity under this name. */
  readonly keep?: string;
  readonly as?: 'nobody' | 'member';
  /** Why the answers differ in all but their status. */
  readonly differs?: string;
}

const tail = randomUUID().slice(0, 8);

const STEPS: readonly Step[] = [
  { send: 'GET ' },
  { send: 'GET /v3' },
  { send: 'GET /v3/projects', as: 'nobody' },
  { send: 'POST /v3/auth/tokens', body: {} },
  { send: 'POST /v3/auth/tokens', body: { auth: {} } },
  { send: 'POST /v3/auth/tokens', body: { auth: { identity: { methods: ['password'] } } } },
  {
    send: 'POST /v3/auth/tokens',
    body: { auth: { identity: { methods: ['totp'], totp: {} } } },
    differs: 'we have fewer methods',
  },
  {
    send: 'POST /v3/auth/tokens',
    body: { auth: { identity: { methods: ['password'], password: { user: { name: 'admin', password: 'x' } } } } },
  },
  {
    send: 'POST /v3/auth/tokens',
    body: { auth: { identity: { methods: ['password'], password: { user: { password: 'x' } } } } },
  },
  {
    send: 'POST /v3/auth/tokens',
    body: {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'no', domain: { id: 'default' }, password: 'x' } },
        },
      },
    },
  },
  {
    send: 'POST /v3/auth/tokens',
    body: { auth: { identity: { methods: ['token'], token: { id: 'x' } } } },
    differs: 'our tokens are not of Fernet’s kind',
  },
  { send: 'GET /v3/auth/tokens' },
  { send: 'GET /v3/auth/system' },
  { send: 'GET /v3/nothing', differs: 'a page of HTML there' },
  { send: 'PUT /v3/users' },
  { send: 'POST /v3/projects', body: { project: {} } },
  { send: 'POST /v3/projects', body: { project: { name: '' } } },
  { send: 'POST /v3/projects', body: { project: { name: 1 } } },
  { send: 'POST /v3/projects', body: { project: { name: 'x', domain_id: 'nothing' } } },
  { send: 'POST /v3/projects', body: { project: { name: 'x', parent_id: 'nothing' } } },
  {
    send: 'POST /v3/projects',
    body: { project: { name: `p-${tail}`, description: 'd', color: 'blue' } },
    keep: 'project',
  },
  { send: 'POST /v3/projects', body: { project: { name: `p-${tail}` } } },
  { send: 'GET /v3/projects/<project>' },
  { send: 'GET /v3/projects/<project>?parents_as_ids' },
  { send: 'GET /v3/projects/<project>?subtree_as_ids' },
  { send: 'PATCH /v3/projects/<project>', body: { project: { tags: ['a', 'b'] } } },
  { send: 'PATCH /v3/projects/<project>', body: { project: { parent_id: 'x' } } },
  { send: 'PATCH /v3/projects/<project>', body: { project: {} } },
  { send: `GET /v3/projects?name=p-${tail}` },
  { send: 'GET /v3/projects/<project>/tags' },
  { send: 'PUT /v3/projects/<project>/tags/c' },
  { send: 'GET /v3/projects/<project>/tags/zzz' },
  { send: 'GET /v3/projects/nothing' },
  { send: 'DELETE /v3/projects/nothing' },
  { send: 'POST /v3/users', body: { user: { name: `u-${tail}`, password: 'pw', email: 'e' } }, keep: 'user' },
  { send: 'POST /v3/users', body: { user: { name: `u-${tail}` } } },
  { send: 'POST /v3/users', body: { user: { name: `v-${tail}`, domain_id: 'nothing' } } },
  {
    send: 'POST /v3/users',
    body: { user: { name: `w-${tail}`, description: 'd', default_project_id: '<project>' } },
    keep: 'second',
  },
  { send: 'GET /v3/users/<user>' },
  { send: 'GET /v3/users/<second>' },
  { send: 'PATCH /v3/users/<user>', body: { user: { enabled: 'x' } } },
  { send: 'PATCH /v3/users/<user>', body: { user: { description: 'new' } } },
  { send: 'PATCH /v3/users/<user>', body: { user: { id: 'other' } } },
  { send: 'POST /v3/users/<user>/password', body: { user: { original_password: 'no', password: 'x' } } },
  { send: 'POST /v3/users/<user>/password', body: { user: {} } },
  { send: 'GET /v3/users/nothing' },
  { send: 'GET /v3/users/<user>/projects' },
  { send: 'POST /v3/roles', body: { role: { name: `r-${tail}` } }, keep: 'role' },
  { send: 'POST /v3/roles', body: { role: { name: `r-${tail}` } } },
  { send: 'GET /v3/roles/<role>' },
  { send: 'HEAD /v3/projects/<project>/users/<user>/roles/<role>' },
  { send: 'GET /v3/projects/<project>/users/<user>/roles/<role>' },
  { send: 'PUT /v3/projects/<project>/users/<user>/roles/<role>' },
  { send: 'PUT /v3/projects/<project>/users/<user>/roles/nothing' },
  { send: 'GET /v3/projects/<project>/users/<user>/roles' },
  { send: 'GET /v3/role_assignments?user.id=<user>&include_names' },
  { send: 'GET /v3/role_assignments?user.id=<user>&effective' },
  { send: 'GET /v3/role_assignments?user.id=a&group.id=b' },
  { send: 'GET /v3/users/<user>/projects' },
  { send: 'POST /v3/groups', body: { group: { name: `g-${tail}` } }, keep: 'group' },
  { send: 'GET /v3/groups/<group>/users/<user>' },
  { send: 'PUT /v3/groups/<group>/users/<user>' },
  { send: 'GET /v3/groups/<group>/users' },
  { send: 'GET /v3/users/<user>/groups' },
  { send: 'PUT /v3/domains/default/groups/<group>/roles/<role>' },
  { send: 'PUT /v3/OS-INHERIT/domains/default/groups/<group>/roles/<role>/inherited_to_projects' },
  { send: 'GET /v3/role_assignments?group.id=<group>' },
  { send: 'GET /v3/role_assignments?user.id=<user>&effective&scope.project.id=<project>' },
  { send: 'PUT /v3/system/users/<user>/roles/<role>' },
  { send: 'GET /v3/system/users/<user>/roles' },
  { send: 'DELETE /v3/system/users/<user>/roles/<role>' },
  { send: 'DELETE /v3/system/users/<user>/roles/<role>' },
  { send: 'POST /v3/users/<user>/credentials/OS-EC2', body: { tenant_id: '<project>' } },
  { send: 'POST /v3/users/<user>/credentials/OS-EC2', body: { tenant_id: 'nothing' } },
  { send: 'POST /v3/users/<user>/credentials/OS-EC2', body: {} },
  { send: 'GET /v3/users/<user>/credentials/OS-EC2' },
  { send: 'GET /v3/users/<user>/credentials/OS-EC2/nothing' },
  {
    send: 'POST /v3/credentials',
    body: { credential: { type: 'cert', blob: 'b', user_id: '<user>' } },
    keep: 'credential',
  },
  { send: 'GET /v3/credentials/<credential>' },
  { send: 'PATCH /v3/credentials/<credential>', body: { credential: { blob: 'c' } } },
  { send: 'GET /v3/credentials/nothing' },
  { send: 'DELETE /v3/credentials/<credential>' },
  { send: 'POST /v3/regions', body: { region: { id: `re-${tail}` } } },
  { send: `PUT /v3/regions/re-${tail}`, body: { region: {} } },
  { send: `GET /v3/regions/re-${tail}` },
  { send: 'POST /v3/services', body: { service: { type: `t-${tail}`, name: 's' } }, keep: 'service' },
  { send: 'POST /v3/services', body: { service: { name: 's' } } },
  { send: 'GET /v3/services/<service>' },
  {
    send: 'POST /v3/endpoints',
    body: {
      endpoint: { service_id: '<service>', interface: 'public', url: 'http://a/%(tenant_id)s', region: `re-${tail}` },
    },
    keep: 'endpoint',
  },
  { send: 'POST /v3/endpoints', body: { endpoint: { service_id: 'nothing', interface: 'public', url: 'http://a' } } },
  { send: 'POST /v3/endpoints', body: { endpoint: { service_id: '<service>', interface: 'x', url: 'http://a' } } },
  {
    send: 'POST /v3/endpoints',
    body: { endpoint: { service_id: '<service>', interface: 'public', url: 'http://%(x)s' } },
  },
  { send: 'GET /v3/endpoints/<endpoint>' },
  { send: 'GET /v3/endpoints?service_id=<service>' },
  { send: `DELETE /v3/regions/re-${tail}` },
  { send: 'DELETE /v3/services/<service>' },
  { send: `DELETE /v3/regions/re-${tail}` },
  { send: 'POST /v3/domains', body: { domain: { name: `d-${tail}` } }, keep: 'domain' },
  { send: 'POST /v3/domains', body: { domain: { name: `d-${tail}` } } },
  { send: 'GET /v3/domains/<domain>' },
  { send: 'GET /v3/projects/<domain>' },
  { send: 'DELETE /v3/domains/<domain>' },
  { send: 'PATCH /v3/domains/<domain>', body: { domain: { enabled: false } } },
  { send: 'DELETE /v3/domains/<domain>' },
  { send: 'GET /v3/domains/<domain>' },
  { send: 'GET /v3/users', as: 'member' },
  { send: 'GET /v3/domains', as: 'member' },
  { send: 'GET /v3/roles', as: 'member' },
  { send: 'GET /v3/regions', as: 'member' },
  { send: 'GET /v3/services', as: 'member' },
  { send: 'GET /v3/users/nothing', as: 'member' },
  { send: 'GET /v3/projects/nothing', as: 'member' },
  { send: 'GET /v3/users/<user>', as: 'member' },
  { send: 'GET /v3/auth/projects', as: 'member', differs: 'a role on the domain reaches its other projects too' },
  { send: 'GET /v3/users/<user>/application_credentials', as: 'member' },
  {
    send: 'POST /v3/users/<user>/application_credentials',
    as: 'member',
    body: { application_credential: { name: 'a' } },
    keep: 'program',
  },
  {
    send: 'POST /v3/users/<user>/application_credentials',
    as: 'member',
    body: { application_credential: { name: 'a' } },
  },
  {
    send: 'POST /v3/users/<user>/application_credentials',
    as: 'member',
    body: { application_credential: { name: 'b', roles: [{ name: 'admin' }] } },
  },
  {
    send: 'POST /v3/users/<user>/application_credentials',
    as: 'member',
    body: { application_credential: { name: 'b', expires_at: 'x' } },
  },
  { send: 'GET /v3/users/<user>/application_credentials/<program>', as: 'member' },
  { send: 'GET /v3/users/<user>/application_credentials/nothing', as: 'member' },
  { send: 'POST /v3/ec2tokens', as: 'nobody', body: { credentials: {} } },
  { send: 'POST /v3/ec2tokens', as: 'member', body: { credentials: {} } },
  { send: 'POST /v3/ec2tokens', body: { credentials: {} } },
  { send: 'POST /v3/ec2tokens', body: { credentials: { access: 'x' } } },
  { send: 'DELETE /v3/users/<second>' },
  { send: 'DELETE /v3/users/<user>' },
  { send: 'DELETE /v3/groups/<group>' },
  { send: 'DELETE /v3/roles/<role>' },
  { send: 'DELETE /v3/projects/<project>' },
];

/** One side of the comparison. */
class Side {
  readonly ids = new Map<string, string>();
  member = '';

  constructor(
    readonly base: string,
    readonly token: string,
    readonly send: Send,
  ) {}

  fill(text: string): string {
    return text.replaceAll(/<(\w+)>/g, (_, name: string) => this.ids.get(name) ?? name);
  }

  async run({ send, body, as, keep }: Step) {
    const [method = '', path = ''] = send.split(' ');
    if (as === 'member' && this.member === '') this.member = await this.logInAsMember();
    const token = as === 'nobody' ? undefined : as === 'member' ? this.member : this.token;
    const filled = body === undefined ? undefined : (JSON.parse(this.fill(JSON.stringify(body))) as Json);
    const answer = await this.send(
      method,
      this.fill(path),
      filled,
      token === undefined ? {} : { 'x-auth-token': token },
    );
    if (keep !== undefined) {
      const [entity] = Object.values((answer.body ?? {}) as JsonMap);
      this.ids.set(keep, String((entity as JsonMap | undefined)?.id));
    }
    return { status: answer.status, body: this.mask(answer.body) };
  }

  async logInAsMember(): Promise<string> {
    const user = { id: this.ids.get('user') ?? '', password: 'pw' };
    const auth = {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { id: this.ids.get('project') ?? '' } },
    };
    return (await this.send('POST', '/v3/auth/tokens', { auth })).headers['x-subject-token'] ?? '';
  }

  /** What cannot be the same on two machines: addresses, ids, times, secrets. */
  mask(body: Json): Json {
    let text = JSON.stringify(body ?? null).replaceAll(this.base, 'BASE');
    for (const [name, id] of this.ids) text = text.replaceAll(id, `<${name}>`);
    text = text
      .replaceAll(/\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b/g, '<id>')
      .replaceAll(/"secret":"[^"]*"/g, '"secret":"*"');
    // Keystone appends the whole schema to what jsonschema says.
    text = text.replaceAll(/\\n\\nFailed validating.*?(?=","title)/g, '');
    return JSON.parse(text) as Json;
  }
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}

withKeystone('a real Keystone', () => {
  const url = (KEYSTONE_URL ?? '').replace(/\/+(v3\/*)?$/, '');
  let it: ApiFixture;
  beforeAll(async () => {
    it = await openApi();
  });
  afterAll(() => it.store.close());

  const askReal: Send = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      body: isJson && text ? JSON.parse(text) : null,
      headers: Object.fromEntries(response.headers),
    };
  };

  async function realToken(): Promise<string> {
    const user = { name: 'admin', domain: { id: 'default' }, password: KEYSTONE_PASSWORD };
    const scope = { project: { name: 'admin', domain: { id: 'default' } } };
    const answer = await askReal('POST', '/v3/auth/tokens', {
      auth: { identity: { methods: ['password'], password: { user } }, scope },
    });
    expect(answer.status).toBe(201);
    return answer.headers['x-subject-token'] ?? '';
  }

  test('answers as we do', async () => {
    const real = new Side(url, await realToken(), askReal);
    const askOwn: Send = async (method, path, body, headers = {}) => {
      const answer = await it.send(method, path, { headers, ...(body !== undefined && { body }) });
      const lower = Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      return { status: answer.status, body: method === 'HEAD' ? null : (answer.body ?? null), headers: lower };
    };
    const own = new Side('http://cloud.example:8004/identity', it.adminToken, askOwn);
    const different: string[] = [];
    for (const step of STEPS) {
      const [theirs, ours] = [await real.run(step), await own.run(step)];
      const [left, right] = [theirs, ours].map((answer) => JSON.stringify(sorted(answer as unknown as Json)));
      const isSame = step.differs === undefined ? left === right : theirs.status === ours.status;
      if (!isSame)
        different.push(`${step.send} ${JSON.stringify(step.body ?? '')}\n  theirs ${left}\n  ours   ${right}`);
    }
    console.log(`${STEPS.length - different.length} of ${STEPS.length} answers are the same`);
    expect(different.join('\n')).toBe('');
  }, 120_000);

  test('validates tokens and signatures for us', async () => {
    const token = await realToken();
    const proxy = createKeystoneProxy({
      authUrl: url,
      account: { username: 'admin', password: KEYSTONE_PASSWORD, projectName: 'admin' },
      clock: systemClock,
      region: 'RegionOne',
    });
    expect(await proxy.authenticate(token)).toMatchObject({ userName: 'admin', projectName: 'admin', isAdmin: true });
    expect((await proxy.catalog(token)).length).toBeGreaterThan(0);
    expect(await proxy.authenticate('nothing')).toBeUndefined();

    const own = (
      (await askReal('GET', '/v3/auth/tokens', undefined, { 'x-auth-token': token, 'x-subject-token': token }))
        .body as JsonMap
    ).token as {
      user: { id: string };
      project: { id: string };
    };
    const path = `/v3/users/${own.user.id}/credentials/OS-EC2`;
    const made = await askReal('POST', path, { tenant_id: own.project.id }, { 'x-auth-token': token });
    const { access, secret } = (made.body as JsonMap).credential as { access: string; secret: string };
    expect(await proxy.authenticateEc2(signedRequest(access, secret, Date.now()))).toMatchObject({
      userName: 'admin',
      origin: 'cfn',
    });
    expect(await proxy.authenticateEc2(signedRequest(access, 'wrong', Date.now()))).toBeUndefined();
    await askReal('DELETE', `${path}/${access}`, undefined, { 'x-auth-token': token });
    expect(it.bugs).toEqual([]);
  });
});
