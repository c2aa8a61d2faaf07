import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { percentDecode } from '../api-native/percent-encoding.js';
import { DriverError } from '../engine/model/errors.js';
import { isMap, type Json, type JsonMap } from '../engine/model/value.js';
import type { Caller } from '../engine/stacks/requests.js';
import { splitTarget } from '../http/native-listener.js';
import { readBody } from '../http/read-body.js';
import type { AuthenticationRequest, Mount } from '../http/server-options.js';
import type { Cloud, CloudCall, Collection } from '../resources/clouds/cloud.js';

export interface MessageEndpointParts {
  readonly cloud: Cloud;
  readonly authenticate: (request: AuthenticationRequest) => Promise<Caller | undefined>;
}

const MAX_BODY_BYTES = 256 * 1024;
/** Zaqar's default for a request without a limit. */
const DEFAULT_LIMIT = 10;
const ROUTE = /^\/v2\/queues(?:\/([^/]+)(?:\/(messages|claims)(?:\/([^/]+))?)?)?\/?$/;

interface MessageRequest {
  readonly method: string;
  readonly call: CloudCall;
  readonly queue: string;
  readonly part: string | undefined;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
  readonly body: Json;
}

interface MessageReply {
  readonly status: number;
  readonly body?: Json;
}

/**
 * The part of Zaqar's API v2 that agents on servers need: queues, and messages that are posted, read and taken. What is
 * claimed is taken: nobody gets it a second time.
 */
export function messageMount({ cloud, authenticate }: MessageEndpointParts): Mount {
  const queues = cloud.collection('queues');
  const handler: RequestHandler = async (request, response) => {
    const { path, query } = splitTarget(request.originalUrl);
    const reply = ({ status, body }: MessageReply) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    const refused = (status: number, title: string, description: string) =>
      reply({ status, body: { title, description } });
    const { body, oversized } = await readBody(request, MAX_BODY_BYTES);
    const { method, headers, socket } = request;
    const caller = await authenticate({ method, path, headers, remoteAddress: socket.remoteAddress });
    if (!caller) return refused(401, 'Unauthorized', 'The request you have made requires authentication.');
    if (oversized !== undefined) return refused(400, 'Invalid API request', 'Message collection size is too large.');
    const match = ROUTE.exec(path.slice('/messaging'.length));
    if (!match) return refused(404, 'Not Found', 'There is nothing here.');
    const [, queue = '', part, id] = match.map((text) => text && percentDecode(text));
    const call = { projectId: caller.projectId, region: caller.region, token: randomUUID() };
    try {
      reply(
        await answer(queues, { method, call, queue, part, id, query: new URLSearchParams(query), body: parse(body) }),
      );
    } catch (error) {
      if (error instanceof SyntaxError) return refused(400, 'Invalid API request', 'Request body could not be parsed.');
      if (error instanceof DriverError) return refused(400, 'Invalid API request', error.message);
      throw error;
    }
  };
  return { path: '/messaging', handler };
}

function parse(body: Buffer | undefined): Json {
  return body === undefined ? null : (JSON.parse(body.toString()) as Json);
}

function answer(queues: Collection, request: MessageRequest): Promise<MessageReply> {
  if (request.queue === '') return listQueues(queues, request);
  if (request.part === undefined) return onQueue(queues, request);
  return request.part === 'claims' ? claim(queues, request) : onMessages(queues, request);
}

async function listQueues(queues: Collection, { call }: MessageRequest): Promise<MessageReply> {
  const found = await queues.list(call);
  return { status: 200, body: { queues: found.map(({ id }) => ({ name: id, href: `/v2/queues/${id}` })), links: [] } };
}

async function onQueue(queues: Collection, { method, call, queue, body }: MessageRequest): Promise<MessageReply> {
  const found = await queues.get(call, queue);
  switch (method) {
    case 'PUT':
      if (!found) await queues.create(call, { name: queue, metadata: isMap(body) ? (body as JsonMap) : {} });
      return { status: found ? 204 : 201 };
    case 'GET':
      return found ? { status: 200, body: found.body.metadata ?? {} } : notFound(queue);
    case 'DELETE':
      await queues.delete(call, queue);
      return { status: 204 };
    default:
      return notAllowed();
  }
}

async function onMessages(queues: Collection, request: MessageRequest): Promise<MessageReply> {
  const { method, call, queue, id, query, body } = request;
  if (method === 'POST' && id === undefined) return post(queues, call, queue, body);
  const all = await messagesOf(queues, request);
  if (method === 'GET') {
    if (id === undefined) return { status: 200, body: { messages: all.slice(0, limitOf(query)), links: [] } };
    const found = all.find((message) => message.id === id);
    return found ? { status: 200, body: found } : notFound(id);
  }
  if (method !== 'DELETE') return notAllowed();
  const pop = Number(query.get('pop') ?? 0);
  const taken = pop > 0 ? all.slice(0, pop) : all.filter((message) => id === undefined || message.id === id);
  await take(queues, call, queue, taken);
  return pop > 0 ? { status: 200, body: { messages: taken } } : { status: 204 };
}

/** As Zaqar does it, a queue comes into being with its first message. */
async function post(queues: Collection, call: CloudCall, queue: string, body: Json): Promise<MessageReply> {
  const messages = isMap(body) ? (body as JsonMap).messages : body;
  if (!Array.isArray(messages)) throw new SyntaxError('no messages');
  const { id } = (await queues.get(call, queue)) ?? (await queues.create(call, { name: queue }));
  for (const message of messages) {
    const content = isMap(message) ? ((message as JsonMap).body ?? null) : null;
    await queues.act({ ...call, token: randomUUID() }, id, 'post', { body: content });
  }
  const after = (await queues.get(call, queue))?.body.messages;
  const ids = Array.isArray(after) ? after.slice(-messages.length).map((one) => (one as JsonMap).id ?? '') : [];
  return { status: 201, body: { resources: ids.map((one) => `/v2/queues/${queue}/messages/${String(one)}`) } };
}

async function claim(queues: Collection, request: MessageRequest): Promise<MessageReply> {
  if (request.method !== 'POST') return notAllowed();
  const messages = (await messagesOf(queues, request)).slice(0, limitOf(request.query));
  if (messages.length === 0) return { status: 204 };
  await take(queues, request.call, request.queue, messages);
  return { status: 201, body: { messages } };
}

async function messagesOf(queues: Collection, { call, queue }: MessageRequest): Promise<JsonMap[]> {
  const messages = (await queues.get(call, queue))?.body.messages;
  if (!Array.isArray(messages)) return [];
  return messages.map((one) => {
    const { id = '', body = null, at } = one as JsonMap;
    const age = Math.max(0, Math.round((Date.now() - Number(at ?? 0)) / 1000));
    return { id, body, age, ttl: 3600, href: `/v2/queues/${queue}/messages/${String(id)}` };
  });
}

async function take(queues: Collection, call: CloudCall, queue: string, messages: readonly JsonMap[]): Promise<void> {
  if (messages.length === 0) return;
  await queues.act({ ...call, token: randomUUID() }, queue, 'purge', { ids: messages.map(({ id }) => id ?? '') });
}

function limitOf(query: URLSearchParams): number {
  return Math.max(1, Number(query.get('limit') ?? DEFAULT_LIMIT) || DEFAULT_LIMIT);
}

function notFound(what: string): MessageReply {
  return { status: 404, body: { title: 'Not Found', description: `${what} does not exist` } };
}

function notAllowed(): MessageReply {
  return { status: 405, body: { title: 'Method Not Allowed', description: 'Not here.' } };
}
