import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createHttpServer, type HttpServer } from '../../src/http/http-server.js';
import type { HttpServerOptions } from '../../src/http/server-options.js';
import { fakeEvent, fakeStack, MEMBER } from '../helpers/fake-stacks.js';
import { fakeApi } from '../helpers/native-client.js';

const S = '/v1/p1/stacks/web/11111111-1111-4111-8111-111111111111';
let server: HttpServer | undefined;

afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

async function started(over: Partial<HttpServerOptions> = {}) {
  const fake = fakeApi();
  const logged: object[] = [];
  server = createHttpServer({
    native: fake.api,
    authenticate: async ({ headers }) => (headers['x-auth-token'] === 'good' ? MEMBER : undefined),
    isReady: () => true,
    logger: { info: (facts) => logged.push(facts), warn: () => {}, error: (facts) => logged.push(facts) },
    ...over,
  });
  const { url, port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { ...fake, url, port, logged };
}

interface Raw {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A request without the help of fetch, which follows redirects and refuses odd paths. */
function send(port: number, method: string, path: string, headers: object = {}, body?: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, method, path, headers: { ...headers }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const TOKEN = { 'x-auth-token': 'good', accept: 'application/json' };

test('every answer says how long it is and has an id', async () => {
  const { port, stacks } = await started();
  stacks.stacks.push(fakeStack());
  for (const [method, path, status] of [
    ['GET', '/', 300],
    ['GET', S, 200],
    ['DELETE', S, 204],
    ['GET', '/v1/p1/stacks/web', 302],
    ['PUT', '/v1/p1/stacks', 405],
    ['GET', '/nothing', 404],
    ['GET', '/healthcheck', 200],
  ] as const) {
    const answer = await send(port, method, path, TOKEN);
    expect([path, answer.status]).toEqual([path, status]);
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text));
    expect(answer.headers['x-openstack-request-id']).toMatch(/^req-/);
  }
});

test('without a good token the answer tells where to get one', async () => {
  const { port } = await started();
  const answer = await send(port, 'POST', '/v1/p1/stacks', { 'x-auth-token': 'bad' }, '{"stack_name": "a"}');
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toBe(`Keystone uri="http://localhost:${port}/identity"`);
});

test('links follow the proxy in front, but not nonsense', async () => {
  const { port } = await started();
  const href = async (headers: object) =>
    JSON.parse((await send(port, 'GET', '/', { ...TOKEN, ...headers })).text).versions[0].links[0].href;
  expect(
    await href({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'heat.example', 'x-forwarded-prefix': '/o' }),
  ).toBe('https://heat.example/o/v1/');
  expect(await href({ host: '"><script>' })).toBe(`http://127.0.0.1:${port}/v1/`);
});

test('a body that is too long is read to its end and refused', async () => {
  const { port } = await started({ maxBodyBytes: 100 });
  const answer = await send(port, 'POST', '/v1/p1/validate', TOKEN, `{"a":"${'x'.repeat(300_000)}"}`);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text).error.type).toBe('RequestLimitExceeded');
});

test.each(['/v1/p1/stacks/%zz', '/v1/p1/stacks/%ff%fe', '/v1/%00/stacks', '/v1/p1/stacks?limit=%', '/healthcheck/%'])(
  'the odd path %s is no 500',
  async (path) => {
    const { port } = await started();
    expect((await send(port, 'GET', path, TOKEN)).status).toBeLessThan(500);
  },
);

test('what is not HTTP is answered with a 400 and the connection closed', async () => {
  const { port } = await started();
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
    let got = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      got += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(got));
  });
  expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/);
});

test('an identity service that is down is a 503', async () => {
  const { port } = await started({
    authenticate: async () => {
      throw new Error('no route');
    },
  });
  expect((await send(port, 'GET', '/v1/p1/stacks', TOKEN)).status).toBe(503);
});

test("health as OpenStack's middleware tells it, readiness and metrics", async () => {
  let ready = false;
  const { port, url } = await started({ isReady: () => ready });
  expect((await send(port, 'GET', '/healthcheck', { accept: '*/*' })).text).toBe('OK');
  expect((await send(port, 'GET', '/healthcheck', TOKEN)).text).toBe('{"detailed": false, "reasons": []}');
  expect((await send(port, 'GET', '/readyz')).status).toBe(503);
  ready = true;
  expect((await send(port, 'GET', '/readyz')).status).toBe(200);
  await send(port, 'GET', '/v1/p1/stacks', TOKEN);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('baton_http_requests_total{api="heat",route="stacks:index",method="GET",status="200"} 1');
});

test('other APIs have their own paths and errors in them stay theirs', async () => {
  const { port } = await started({
    identity: (request, response) => {
      response.json({ path: request.url });
    },
    cfn: () => {
      throw new Error('bug');
    },
  });
  expect((await send(port, 'GET', '/identity/v3?nocatalog')).text).toBe('{"path":"/v3?nocatalog"}');
  expect((await send(port, 'POST', '/cfn/')).status).toBe(500);
  expect((await send(port, 'GET', '/identity-not')).status).toBe(404);
});

test('each request is logged without its query and headers', async () => {
  const { port, logged } = await started();
  await send(port, 'GET', '/v1/p1/stacks?name=secret', TOKEN);
  await server?.close(1000);
  server = undefined;
  expect(logged).toEqual([
    expect.objectContaining({
      method: 'GET',
      path: '/v1/p1/stacks',
      status: 200,
      route: 'stacks:index',
      projectId: 'p1',
    }),
  ]);
  expect(JSON.stringify(logged)).not.toMatch(/secret|good/);
});

test('events stream: what was missed first, then what happens, of the asked stack in the own project only', async () => {
  const { url, stacks, feed } = await started();
  const stack = fakeStack();
  stacks.stacks.push(stack);
  stacks.eventViews.push({ event: fakeEvent({ seq: 1 }), stack }, { event: fakeEvent({ seq: 2, id: 'e2' }), stack });
  const gone = new AbortController();
  const response = await fetch(`${url}/v1/p1/events/stream?stack=web`, {
    headers: { ...TOKEN, 'last-event-id': '1' },
    signal: gone.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const readUntil = async (part: string) => {
    while (!text.includes(part)) text += (await reader.read()).value ?? '';
  };
  await readUntil('id: 2\n');
  expect(text).not.toContain('id: 1\n');
  feed.push(
    { event: fakeEvent({ seq: 3 }), stack: fakeStack({ projectId: 'p2' }) },
    { event: fakeEvent({ seq: 4 }), stack: fakeStack({ rootId: 'another' }) },
    { event: fakeEvent({ seq: 5, id: 'e5' }), stack },
  );
  await readUntil('id: 5\n');
  expect(text).not.toMatch(/id: [34]\n/);
  expect(text).toContain('event: stack-event\ndata: {"id":"e5"');
  expect(feed.listeners).toBe(1);
  gone.abort();
  await server?.close(5000);
  server = undefined;
  // The server learns of it, and the generator ends, some turns of the event loop later.
  for (let turn = 0; feed.listeners > 0 && turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(feed.listeners).toBe(0);
});
