import { type ApiFixture, BASE, openApi } from './api-fixture.js';

let it: ApiFixture;
beforeEach(async () => {
  it = await openApi();
});
afterEach(async () => {
  expect(it.bugs).toEqual([]);
  await it.store.close();
});

const V3 = `${BASE}/identity/v3`;

function passwordAuth(password: string, scope?: unknown) {
  const user = { name: 'demo', domain: { name: 'Default' }, password };
  return { auth: { identity: { methods: ['password'], password: { user } }, ...(scope !== undefined && { scope }) } };
}

const UNAUTHORIZED = {
  error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
};

test('discovery tells the way to version 3 under the address that was asked', async () => {
  const version = {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${V3}/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
  expect(await it.send('GET', '')).toMatchObject({ status: 300, body: { versions: { values: [version] } } });
  expect(await it.send('GET', '/')).toMatchObject({ status: 300, headers: { Location: `${V3}/` } });
  for (const path of ['/v3', '/v3/'])
    expect(await it.send('GET', path)).toMatchObject({ status: 200, body: { version } });
});

test('a password gives a token with roles and a catalog', async () => {
  const scope = { project: { name: 'demo', domain: { id: 'default' } } };
  const answer = await it.send('POST', '/v3/auth/tokens', { body: passwordAuth(it.secrets.demo.password, scope) });
  expect(answer.status).toBe(201);
  expect(answer.headers.Vary).toBe('X-Auth-Token');
  expect(await it.identity.authenticate(answer.headers['X-Subject-Token'] ?? '')).toMatchObject({ userName: 'demo' });
  const { token } = answer.body;
  expect(token).toMatchObject({
    methods: ['password'],
    expires_at: '2026-01-01T01:00:00.000000Z',
    issued_at: '2026-01-01T00:00:00.000000Z',
    user: {
      id: it.secrets.demo.userId,
      name: 'demo',
      domain: { id: 'default', name: 'Default' },
      password_expires_at: null,
    },
    project: { id: it.secrets.demo.projectId, name: 'demo', domain: { id: 'default', name: 'Default' } },
    is_domain: false,
    audit_ids: [expect.stringMatching(/^[\w-]{22}$/)],
  });
  expect(token.roles).toContainEqual({ id: expect.any(String), name: 'member' });
  const urls = token.catalog.map(
    (service: { type: string; name: string; endpoints: { interface: string; url: string }[] }) => [
      service.type,
      service.name,
      service.endpoints.find((endpoint) => endpoint.interface === 'public')?.url,
    ],
  );
  expect(urls).toEqual([
    ['identity', 'keystone', V3],
    ['orchestration', 'heat', `${BASE}/v1/${it.secrets.demo.projectId}`],
    ['cloudformation', 'heat-cfn', `${BASE}/cfn`],
    ['messaging', 'zaqar', `${BASE}/messaging`],
  ]);
  expect(Object.keys(token.catalog[0].endpoints[0]).sort()).toEqual(['id', 'interface', 'region', 'region_id', 'url']);
});

test.each([
  {
    reason: 'nocatalog leaves the catalog out',
    query: '?nocatalog',
    scope: undefined,
    keys: { catalog: false, project: true },
  },
  {
    reason: 'an unscoped token has no roles',
    query: '',
    scope: 'unscoped',
    keys: { catalog: false, roles: false, project: false },
  },
  {
    reason: 'old clients say unscoped in a map',
    query: '',
    scope: { unscoped: {} },
    keys: { roles: false, project: false },
  },
])('$reason', async ({ query, scope, keys }) => {
  const { status, body } = await it.send('POST', `/v3/auth/tokens${query}`, {
    body: passwordAuth(it.secrets.demo.password, scope),
  });
  expect(status).toBe(201);
  for (const [key, isThere] of Object.entries(keys)) expect([key, key in body.token]).toEqual([key, isThere]);
});

test('a domain and the system are scopes too', async () => {
  const admin = { user: { id: it.secrets.admin.userId, password: it.secrets.admin.password } };
  const identity = { methods: ['password'], password: admin };
  const domain = await it.send('POST', '/v3/auth/tokens', {
    body: { auth: { identity, scope: { domain: { id: 'default' } } } },
  });
  expect(domain.body.token.domain).toEqual({ id: 'default', name: 'Default' });
  // An endpoint that needs a project is not in the catalog of a token without one.
  const heat = domain.body.token.catalog.find((service: { type: string }) => service.type === 'orchestration');
  expect(heat.endpoints).toEqual([]);
  const system = await it.send('POST', '/v3/auth/tokens', {
    body: { auth: { identity, scope: { system: { all: true } } } },
  });
  expect(system.body.token.system).toEqual({ all: true });
});

test.each([
  { reason: 'no auth', body: {}, message: /^Expecting to find auth in request body\./ },
  { reason: 'auth that is no map', body: { auth: 'x' }, message: "'x' is not of type 'object'" },
  { reason: 'no identity', body: { auth: {} }, message: "'identity' is a required property" },
  { reason: 'no methods', body: { auth: { identity: {} } }, message: /'methods' is a required property$/ },
  {
    reason: 'a method without its part',
    body: { auth: { identity: { methods: ['password'] } } },
    message: /^Expecting to find password in identity\./,
  },
  {
    reason: 'a user without a name',
    body: { auth: { identity: { methods: ['password'], password: { user: { password: 'x' } } } } },
    message: 'Invalid input for field identity/password/user: id or name must be present.',
  },
  {
    reason: 'a name without a domain',
    body: { auth: { identity: { methods: ['password'], password: { user: { name: 'demo', password: 'x' } } } } },
    message: /^Expecting to find domain in user\./,
  },
  {
    reason: 'two scopes',
    body: { ...passwordAuth('x', { project: { id: 'a' }, domain: { id: 'b' } }) },
    message: /^Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope\./,
  },
])('$reason is a bad request', async ({ body, message }) => {
  const answer = await it.send('POST', '/v3/auth/tokens', { body });
  expect(answer.body.error).toEqual({ code: 400, title: 'Bad Request', message: expect.stringMatching(message) });
});

test.each([
  { reason: 'broken JSON', body: '{"auth":', headers: {}, message: 'Expecting to find valid JSON in request body.' },
  { reason: 'a list', body: '[]', headers: {}, message: 'Expecting to find valid JSON in request body.' },
  {
    reason: 'a form',
    body: 'a=b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    message: 'Expecting to find application/json in Content-Type header.',
  },
])('$reason as a body is a bad request', async ({ body, headers, message }) => {
  const answer = await it.send('POST', '/v3/auth/tokens', { body, headers });
  expect(answer.status).toBe(400);
  expect(answer.body.error.message.startsWith(message)).toBe(true);
});

test('a wrong password says nothing but no, and never repeats it', async () => {
  const answer = await it.send('POST', '/v3/auth/tokens', { body: passwordAuth('my-wrong-password') });
  expect(answer).toMatchObject({ status: 401, body: UNAUTHORIZED });
  expect(answer.headers['WWW-Authenticate']).toBe(`Keystone uri="${BASE}/identity"`);
  const odd = await it.send('POST', '/v3/auth/tokens', {
    body: passwordAuth({ secret: 'hunter2' } as unknown as string),
  });
  expect(odd.status).toBe(400);
  expect(odd.text).not.toContain('hunter2');
});

test('an unknown method is not supported', async () => {
  const body = { auth: { identity: { methods: ['totp'], totp: {} } } };
  const answer = await it.send('POST', '/v3/auth/tokens', { body });
  expect(answer.body.error).toEqual({
    code: 401,
    title: 'Unauthorized',
    message: 'Attempted to authenticate with an unsupported method.',
    identity: { methods: ['password', 'token', 'application_credential'] },
  });
  const token = { auth: { identity: { methods: ['token'], token: { id: 'x' } } } };
  expect((await it.send('POST', '/v3/auth/tokens', { body: token })).status).toBe(404);
});

describe('a token can be looked at and revoked', () => {
  test('by its user', async () => {
    const headers = { 'x-subject-token': it.demoToken };
    const shown = await it.send('GET', '/v3/auth/tokens', { token: it.demoToken, headers });
    expect(shown).toMatchObject({ status: 200, headers: { 'X-Subject-Token': it.demoToken } });
    expect(shown.body.token.user.name).toBe('demo');
    expect((await it.send('HEAD', '/v3/auth/tokens', { token: it.demoToken, headers })).status).toBe(200);
    const gone = await it.send('DELETE', '/v3/auth/tokens', { token: it.demoToken, headers });
    expect(gone).toMatchObject({ status: 204, text: undefined });
    expect((await it.send('GET', '/v3/auth/projects', { token: it.demoToken })).status).toBe(401);
  });

  test('by an administrator, not by another user', async () => {
    const demo = { 'x-subject-token': it.demoToken };
    expect((await it.send('GET', '/v3/auth/tokens', { token: it.adminToken, headers: demo })).status).toBe(200);
    const admin = { 'x-subject-token': it.adminToken };
    const refused = await it.send('GET', '/v3/auth/tokens', { token: it.demoToken, headers: admin });
    expect(refused.body.error).toEqual({
      code: 403,
      title: 'Forbidden',
      message: 'You are not authorized to perform the requested action: identity:validate_token.',
    });
  });

  test.each([
    { reason: 'not without a token of one’s own', token: undefined, subject: 'x', status: 401 },
    { reason: 'not if it is unknown', token: 'admin', subject: 'x', status: 404 },
    { reason: 'not if none is named', token: 'admin', subject: undefined, status: 404 },
  ])('$reason', async ({ token, subject, status }) => {
    const answer = await it.send('GET', '/v3/auth/tokens', {
      ...(token !== undefined && { token: it.adminToken }),
      ...(subject !== undefined && { headers: { 'x-subject-token': subject } }),
    });
    expect(answer.status).toBe(status);
  });
});

test('where one may go: projects, domains, the system, the catalog', async () => {
  const projects = await it.asDemo('GET', '/v3/auth/projects');
  expect(projects.body.projects.map((project: { name: string }) => project.name)).toEqual(['demo']);
  expect(projects.body.links).toEqual({ next: null, self: `${V3}/auth/projects`, previous: null });
  expect((await it.asAdmin('GET', '/v3/auth/domains')).body.domains[0].id).toBe('default');
  expect((await it.asAdmin('GET', '/v3/auth/system')).body.system).toEqual([{ all: true }]);
  expect((await it.asDemo('GET', '/v3/auth/system')).body.system).toEqual([]);
  expect((await it.asDemo('GET', '/v3/auth/catalog')).body.catalog).toHaveLength(4);
});

test('every route but discovery, login and password change wants a token', async () => {
  const { status, body } = await it.send('GET', '/v3/users');
  expect({ status, body }).toEqual({ status: 401, body: UNAUTHORIZED });
});

test('unknown paths and methods are told apart', async () => {
  expect((await it.asAdmin('GET', '/v3/nothing')).status).toBe(404);
  expect((await it.asAdmin('GET', '/v3/%ff')).status).toBe(404);
  expect(await it.asAdmin('PUT', '/v3/users')).toMatchObject({ status: 405, headers: { Allow: 'HEAD, GET, POST' } });
});
