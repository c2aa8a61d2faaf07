import { UnavailableError } from '../../src/engine/model/errors.js';
import { createKeystoneProxy } from '../../src/identity/keystone-proxy.js';
import { type ApiFixture, BASE, openApi } from '../api-identity/api-fixture.js';
import { signedRequest } from './signed-request.js';

let outside: ApiFixture;
let requests: string[];
let isDown: boolean;
beforeEach(async () => {
  outside = await openApi();
  requests = [];
  isDown = false;
});
afterEach(() => outside.store.close());

/** Our own identity API stands in for the outside Keystone: it speaks the same protocol. */
const askOutside: typeof fetch = async (input, init = {}) => {
  if (isDown) throw new TypeError('fetch failed');
  const url = new URL(String(input));
  requests.push(`${init.method ?? 'GET'} ${url.pathname.replace('/identity', '')}`);
  const response = await outside.api.handle({
    method: init.method ?? 'GET',
    path: url.pathname,
    query: [...url.searchParams],
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(typeof init.body === 'string' && { body: init.body }),
    baseUrl: BASE,
  });
  return new Response(response.body ?? null, { status: response.status, headers: response.headers });
};

function proxy(password = outside.secrets.admin.password) {
  return createKeystoneProxy({
    authUrl: `${BASE}/identity/`,
    account: { username: 'admin', password, projectName: 'admin' },
    clock: outside.clock,
    region: 'Here',
    fetch: askOutside,
  });
}

test('tells who a token speaks for, and its catalog', async () => {
  const keystone = proxy();
  expect(keystone.v3Url).toBe(`${BASE}/identity/v3`);
  expect(await keystone.authenticate(outside.demoToken)).toEqual({
    projectId: outside.secrets.demo.projectId,
    projectName: 'demo',
    userId: outside.secrets.demo.userId,
    userName: 'demo',
    roles: ['member', 'reader', 'heat_stack_owner'],
    isAdmin: false,
    region: 'Here',
    origin: 'heat',
  });
  expect(await keystone.catalog(outside.demoToken)).toHaveLength(4);
});

test('asks once for many requests with one token, and again after a short time', async () => {
  const keystone = proxy();
  await Promise.all(Array.from({ length: 20 }, () => keystone.authenticate(outside.demoToken)));
  await keystone.authenticate(outside.demoToken);
  expect(requests).toEqual(['POST /v3/auth/tokens', 'GET /v3/auth/tokens']);
  await outside.identity.tokens.revoke(outside.demoToken);
  expect(await keystone.authenticate(outside.demoToken)).toBeDefined();
  outside.clock.advance(30_000);
  expect(await keystone.authenticate(outside.demoToken)).toBeUndefined();
});

test('logs in again when its own token has ended', async () => {
  const keystone = proxy();
  await keystone.authenticate(outside.demoToken);
  await outside.identity.tokens.revokeAllOf(outside.secrets.admin.userId);
  outside.clock.advance(30_000);
  expect(await keystone.authenticate(outside.demoToken)).toBeDefined();
});

test.each(['', 'unknown', 'two words', 'line\nbreak'])('the text %j is nobody’s', async (text) => {
  expect(await proxy().authenticate(text)).toBeUndefined();
});

test('says that Keystone cannot be reached or refuses us, without the password', async () => {
  const refused = await proxy('wrong-password')
    .authenticate(outside.demoToken)
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UnavailableError);
  expect(String(refused)).not.toContain('wrong-password');
  isDown = true;
  await expect(proxy().authenticate(outside.demoToken)).rejects.toThrow('does not answer');
});

test('lets it check signatures', async () => {
  const { accessKey, secretKey } = outside.secrets.demo;
  const request = signedRequest(accessKey, secretKey, outside.clock.now());
  expect(await proxy().authenticateEc2(request)).toMatchObject({
    userName: 'demo',
    projectName: 'demo',
    origin: 'cfn',
  });
  expect(await proxy().authenticateEc2({ ...request, path: '/other' })).toBeUndefined();
  expect(await proxy().authenticateEc2({ ...request, headers: {} })).toBeUndefined();
});
