import { timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { percentDecode } from '../api-native/percent-encoding.js';
import { parseQuery } from '../api-native/query.js';
import { EngineError, NotFoundError, UserError } from '../engine/model/errors.js';
import type { Json } from '../engine/model/value.js';
import { deliverSignal } from '../engine/operations/deliver-signal.js';
import type { Operations } from '../engine/operations/operations.js';
import type { Stacks } from '../engine/stacks/stacks.js';
import { splitTarget } from '../http/native-listener.js';
import { readBody } from '../http/read-body.js';
import type { Mount } from '../http/server-options.js';
import type { InstallationKey } from './installation-key.js';
import { ownerOf } from './outside.js';
import { answerText, temporaryText } from './signal-urls.js';

export interface SignalEndpointParts {
  readonly stacks: Stacks;
  readonly operations: Operations;
  readonly key: InstallationKey;
  readonly now: () => number;
}

const MAX_SIGNAL_BYTES = 1024 * 1024;

interface SignalRequest {
  readonly method: string;
  /** Without the query, still encoded. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: string;
}

/** A request that is refused: status and sentence. */
class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The paths on which URLs that we signed ourselves are answered; no token is needed, the signature is all. Those signed
 * with a stack user's key pair are CloudFormation's API's.
 */
export function signalMounts(parts: SignalEndpointParts): Mount[] {
  return [
    { path: '/swift', handler: handle((request) => temporary(parts, request)) },
    { path: '/answers', handler: handle((request) => answer(parts, request)) },
  ];
}

function handle(work: (request: SignalRequest) => Promise<Json>): RequestHandler {
  return async (request, response) => {
    const { path, query } = splitTarget(request.originalUrl);
    const { body, oversized } = await readBody(request, MAX_SIGNAL_BYTES);
    const reply = (status: number, value: Json) => {
      const text = JSON.stringify(value);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    if (oversized !== undefined) return reply(413, { error: 'the signal is too large' });
    try {
      const headers = request.headers as SignalRequest['headers'];
      const text = body === undefined ? '' : body.toString();
      reply(200, await work({ method: request.method, path, query: parseQuery(query), headers, body: text }));
    } catch (error) {
      if (error instanceof Refused) return reply(error.status, { error: error.message });
      if (error instanceof UserError)
        return reply(error instanceof NotFoundError ? 404 : 400, { error: error.message });
      // A signal that its resource cannot use is the sender's mistake; anything else is ours and goes on.
      if (error instanceof EngineError || (error instanceof Error && error.name === 'ValueError')) {
        return reply(400, { error: error.message });
      }
      throw error;
    }
  };
}

/** A temporary URL of Swift's form: a PUT signals, a GET gives the resource's metadata. */
async function temporary(parts: SignalEndpointParts, request: SignalRequest): Promise<Json> {
  const value = (name: string) => request.query.find(([key]) => key === name)?.[1] ?? '';
  const path = request.path.slice('/swift'.length);
  const expires = Number(value('temp_url_expires'));
  checkSignature(parts, value('temp_url_sig'), temporaryText(path, value('resource'), expires), expires);
  const { stack, name } = await locate(parts, value('resource'));
  if (request.method === 'GET' || request.method === 'HEAD')
    return parts.stacks.metadata(ownerOf(stack), stack.id, name);
  await parts.stacks.signal(ownerOf(stack), stack.id, name, parseSignal(request.body));
  return null;
}

/** The answer to a request that a custom resource has sent out. */
async function answer(parts: SignalEndpointParts, request: SignalRequest): Promise<Json> {
  const value = (name: string) => request.query.find(([key]) => key === name)?.[1] ?? '';
  const [resourceId = '', requestId = ''] = request.path.slice('/answers/'.length).split('/').map(percentDecode);
  const expires = Number(value('expires'));
  checkSignature(parts, value('signature'), answerText(resourceId, requestId, expires), expires);
  const { stack, record } = await locate(parts, resourceId);
  // The name may stand for another record by now: the answer is for the one that asked.
  await deliverSignal(parts.operations, stack, record, parseSignal(request.body));
  return null;
}

function checkSignature({ key, now }: SignalEndpointParts, given: string, text: string, expires: number): void {
  const wanted = Buffer.from(key.sign(text));
  const sent = Buffer.from(given);
  if (sent.length !== wanted.length || !timingSafeEqual(sent, wanted))
    throw new Refused(401, 'the signature is not good');
  if (!(expires * 1000 > now())) throw new Refused(401, 'the URL is not good any more');
}

async function locate({ operations }: SignalEndpointParts, resourceId: string) {
  const record = await operations.parts.store.reads.resource(resourceId);
  const stack = record && (await operations.stack(record.stackId));
  if (!record || !stack) throw new Refused(404, 'the resource is gone');
  return { stack, record, name: record.name };
}

/** A signal's body: JSON, whatever its content type says; anything else is handed on as text. */
function parseSignal(body: string): Json {
  if (body.trim() === '') return null;
  try {
    return JSON.parse(body) as Json;
  } catch {
    // Agents send plain text too; the type decides whether it can use that.
    return body;
  }
}
