import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';
import type { ServerConfig } from '../../src/server/config.js';
import { type RunningServer, startServer } from '../../src/server.js';

const caller = localCaller({ origin: 'cfn' });
let server: RunningServer;
let provider: Server;
let token: string;
/** What came to the provider, and what it answers to each. */
let requests: JsonMap[];
let answerTo: (request: JsonMap) => JsonMap;

beforeEach(async () => {
  requests = [];
  answerTo = () => ({ Status: 'SUCCESS', PhysicalResourceId: 'thing-1', Data: { Url: 'http://made' } });
  provider = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as JsonMap;
      requests.push(body);
      response.end();
      const { RequestId, StackId, LogicalResourceId } = body;
      const answer = { RequestId, StackId, LogicalResourceId, ...answerTo(body) };
      void fetch(String(body.ResponseURL), { method: 'PUT', body: JSON.stringify(answer) });
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  token = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`;
  await start({ hosts: ['127.0.0.1'], private_networks: ['127.0.0.0/8'] });
});
afterEach(async () => {
  await server.close();
  await new Promise((resolve) => provider.close(resolve));
});

async function start(outbound: NonNullable<ServerConfig['outbound']>) {
  const logger = pino({ level: 'error' }, pino.destination(2));
  server = await startServer({ config: { port: 0, shutdown_grace_seconds: 0, outbound }, logger });
}

const template = (size: number): JsonMap => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: { Thing: { Type: 'Custom::Thing', Properties: { ServiceToken: token, Size: size } } },
  Outputs: { Url: { Value: { 'Fn::GetAtt': ['Thing', 'Url'] } } },
});

async function create() {
  const { stacks } = server.engine;
  const made = await stacks.create(caller, { name: 'custom', template: template(1) });
  return stacks.settled(made.id);
}

const kinds = () => requests.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId]);

test('its provider makes, changes and deletes it by signed answers', async () => {
  const { stacks } = server.engine;
  const { id, status } = await create();
  expect([status, (await stacks.outputs(caller, id))[0]?.value]).toEqual(['COMPLETE', 'http://made']);
  await stacks.update(caller, id, { template: template(2) });
  expect(await stacks.settled(id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
  await stacks.delete(caller, id);
  expect(await stacks.settled(id)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
  expect(kinds()).toEqual([
    ['Create', undefined],
    ['Update', 'thing-1'],
    ['Delete', 'thing-1'],
  ]);
});

test('an update that comes to another thing deletes the old one in the clean-up', async () => {
  const { stacks } = server.engine;
  const { id } = await create();
  answerTo = ({ RequestType, PhysicalResourceId }) => ({
    Status: 'SUCCESS',
    PhysicalResourceId: RequestType === 'Update' ? 'thing-2' : (PhysicalResourceId ?? 'thing-1'),
  });
  await stacks.update(caller, id, { template: template(2) });
  expect(await stacks.settled(id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
  expect(kinds().slice(1)).toEqual([
    ['Update', 'thing-1'],
    ['Delete', 'thing-1'],
  ]);
  expect(requests.at(-1)?.ResourceProperties).toMatchObject({ Size: '1' });
  expect((await stacks.resource(caller, id, 'Thing')).record.physicalId).toBe('thing-2');
  await stacks.delete(caller, id);
  await stacks.settled(id);
  expect(kinds().slice(3)).toEqual([['Delete', 'thing-2']]);
});

test('a failure of its provider fails the stack with its reason', async () => {
  answerTo = ({ RequestType }) =>
    RequestType === 'Create'
      ? { Status: 'FAILED', Reason: 'no luck', PhysicalResourceId: 'x' }
      : { Status: 'SUCCESS', PhysicalResourceId: 'x' };
  const { id } = await create();
  const events = await server.engine.stacks.events(caller, id, {});
  expect(events.map(({ event }) => event.reason).join()).toContain('Message returned: no luck');
});

test('what it tells with NoEcho is a secret', async () => {
  answerTo = () => ({ Status: 'SUCCESS', PhysicalResourceId: 'x', NoEcho: true, Data: { Url: 'hidden-value' } });
  const { id } = await create();
  expect(JSON.stringify(await server.engine.stacks.outputs(caller, id))).not.toContain('hidden-value');
});

test.each([
  ['without a word in the configuration', {}, 'the host 127.0.0.1:\\d+ is not allowed: see outbound.hosts'],
  [
    'in a private network that is not named',
    { hosts: ['*'] },
    '127.0.0.1 is in a private network: see outbound.private',
  ],
])('a provider %s is not called', async (_where, outbound, reason) => {
  await server.close();
  await start(outbound);
  const { id, status } = await create();
  const events = await server.engine.stacks.events(caller, id, {});
  expect(status).toBe('COMPLETE');
  expect(events.map(({ event }) => event.reason).join()).toMatch(new RegExp(`may not be called: ${reason}`));
  expect(requests).toEqual([]);
});

test('a provider that sends elsewhere is not followed', async () => {
  const elsewhere = createServer((request, response) => {
    requests.push({ RequestType: `followed to ${String(request.url)}` });
    response.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/inside`;
  provider.removeAllListeners('request');
  provider.on('request', (_request, response) => response.writeHead(307, { location }).end());
  const { id } = await create();
  const events = await server.engine.stacks.events(caller, id, {});
  expect(events.map(({ event }) => event.reason).join()).toContain(`${token} answered 307.`);
  expect(requests).toEqual([]);
  await new Promise((resolve) => elsewhere.close(resolve));
});
