import { fakeStack, MEMBER } from '../helpers/fake-stacks.js';
import { fakeApi } from '../helpers/native-client.js';

const ID = '11111111-1111-4111-8111-111111111111';
const S = `/stacks/web/${ID}`;

test.each([
  { path: '//', status: 300 },
  { path: '//versions', status: 300 },
  { path: '//v9/', status: 300 },
  { path: '//v1.1/p1/stacks', status: 300 },
  { path: '//nothing', status: 404 },
])('$path is answered by the version filter with $status, without a token', async ({ path, status }) => {
  const { send } = fakeApi();
  const answer = await send('GET', path, { caller: null });
  expect(answer.status).toBe(status);
  expect(answer.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/);
});

test('the version document links to the address that the client used', async () => {
  const { send } = fakeApi();
  expect((await send('GET', '//', { caller: null })).json).toEqual({
    versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: 'http://heat:8004/v1/' }] }],
  });
});

test('without a caller the API answers the 401 of keystonemiddleware', async () => {
  const { send } = fakeApi();
  const answer = await send('GET', '/stacks', { caller: null });
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Keystone uri="http://heat:8004/identity"');
  expect(answer.json).toEqual({
    error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
  });
});

test('a media type with a version stands in for the version in the path', async () => {
  const { send } = fakeApi();
  const headers = { accept: 'application/vnd.openstack.orchestration-v1' };
  expect((await send('GET', '//p1/build_info', { headers })).status).toBe(200);
});

test('an unknown URL is a small 404 page', async () => {
  const { send } = fakeApi();
  const answer = await send('GET', '/nothing');
  expect(answer.status).toBe(404);
  expect(answer.json).toEqual({
    message: 'The resource could not be found.<br /><br />\n\n\n',
    code: '404 Not Found',
    title: 'Not Found',
  });
});

test('another method on a known URL is a 405, and OPTIONS lists the methods', async () => {
  const { send } = fakeApi();
  const refused = await send('PUT', '/stacks', { body: {} });
  expect(refused.status).toBe(405);
  expect(refused.json.error.type).toBe('HTTPMethodNotAllowed');
  const options = await send('OPTIONS', '/stacks');
  expect([options.status, options.headers.allow, options.body]).toEqual([204, 'GET,POST', undefined]);
});

test("the project in the URL must be the token's, but for administrators", async () => {
  const { send } = fakeApi();
  const refused = await send('GET', '//v1/p2/stacks');
  expect(refused.status).toBe(403);
  expect(refused.json.error).toEqual({
    type: 'HTTPForbidden',
    traceback: null,
    message: 'Access was denied to this resource.',
  });
  expect((await send('GET', '//v1/p2/stacks', { caller: { ...MEMBER, isAdmin: true } })).status).toBe(200);
});

test.each([
  { target: 'web', reason: 'a name' },
  { target: ID, reason: 'an id' },
  { target: `arn:openstack:heat::p1:stacks/web/${ID}`, reason: 'an ARN' },
])("$reason is redirected to the stack's own URL with the query", async ({ target }) => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await send(method, `/stacks/${target}?a=1&a=b%20c`);
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe(`http://heat:8004/v1/p1${S}?a=1&a=b+c`);
  }
});

test('what is below a stack is redirected too', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  expect((await send('GET', '/stacks/web/resources')).headers.location).toBe(`http://heat:8004/v1/p1${S}/resources`);
  expect((await send('DELETE', '/stacks/web/resources')).status).toBe(404);
});

test('a name that nobody has is told as it was asked for', async () => {
  const { send } = fakeApi();
  const answer = await send('GET', '/stacks/missing');
  expect(answer.status).toBe(404);
  expect(answer.json.error).toMatchObject({
    type: 'EntityNotFound',
    message: 'The Stack (missing) could not be found.',
  });
});

test.each([
  { path: `/stacks/other/${ID}`, reason: 'the name is not that of the id' },
  { path: '/stacks/web/web', reason: 'the id is a name' },
  { path: `/stacks/web/${ID.replace('1', '2')}/resources`, reason: "the id is nobody's" },
])('a stack is not found when $reason', async ({ path }) => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  const answer = await send('GET', path);
  expect([answer.status, answer.json.error.type]).toEqual([404, 'EntityNotFound']);
});

test('a slash at the end leads nowhere', async () => {
  const { send } = fakeApi();
  expect((await send('GET', '/stacks/')).status).toBe(404);
  expect((await send('GET', '/stacks')).status).toBe(200);
});

test('POST /stacks/preview and GET /stacks/detail are no names of stacks', async () => {
  const { send } = fakeApi();
  expect((await send('GET', '/stacks/detail')).json).toEqual({ stacks: [] });
  expect((await send('GET', '/stacks/preview')).status).toBe(404);
});

describe('policies', () => {
  const stackUser = { ...MEMBER, roles: ['heat_stack_user'], stackId: ID };
  const reader = { ...MEMBER, roles: ['reader'] };

  test.each([
    ['GET', '/stacks', 'stacks:index'],
    ['DELETE', S, 'stacks:delete'],
    ['GET', `${S}/resources`, 'resource:index'],
    ['GET', `${S}/events`, 'events:index'],
    ['POST', `${S}/actions`, 'actions:action'],
  ])('a stack user may not call %s %s', async (method, path, action) => {
    const { send, stacks } = fakeApi();
    stacks.stacks.push(fakeStack());
    const answer = await send(method, path, { caller: stackUser });
    expect(answer.status).toBe(403);
    expect(answer.json.error).toMatchObject({
      type: 'Forbidden',
      message: `You are not authorized to use ${action}.`,
    });
  });

  test('a stack user may signal resources of its stack, even under the project of its own', async () => {
    const { send, stacks } = fakeApi();
    stacks.stacks.push(fakeStack(), fakeStack({ id: ID.replaceAll('1', '2'), name: 'foreign' }));
    const path = `//v1/users-of-web${S}/resources/server/signal`;
    expect((await send('POST', path, { caller: stackUser, body: { a: 1 } })).status).toBe(200);
    expect(stacks.last('signal')).toEqual([ID, 'server', { a: 1 }]);
    const foreign = `/stacks/foreign/${ID.replaceAll('1', '2')}/resources/server/signal`;
    expect((await send('POST', foreign, { caller: stackUser })).status).toBe(404);
  });

  test('a reader may look and preview but not change', async () => {
    const { send, stacks } = fakeApi();
    stacks.stacks.push(fakeStack());
    expect((await send('GET', '/stacks', { caller: reader })).status).toBe(200);
    const body = { template: { heat_template_version: '2018-08-31' } };
    expect((await send('POST', '/validate', { caller: reader, body })).status).toBe(200);
    expect((await send('DELETE', S, { caller: reader })).status).toBe(403);
  });

  test('the list of services is for administrators, and that of all projects for nobody', async () => {
    const { send } = fakeApi();
    expect((await send('GET', '/services')).json.error.message).toBe('You are not authorized to use service:index.');
    const admin = { ...MEMBER, isAdmin: true, roles: ['admin'] };
    expect((await send('GET', '/services', { caller: admin })).json).toEqual({ services: [] });
    const global = await send('GET', '/stacks?global_tenant=true', { caller: admin });
    expect(global.json.error.message).toBe('You are not authorized to use stacks:global_index.');
  });
});
