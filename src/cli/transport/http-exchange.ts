import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Json } from '../../engine/model/value.js';
import { codeOf, messageOf } from '../program/error-text.js';
import { CommandError } from '../program/exit-codes.js';
import type { OpenStream } from './transport.js';

/** How servers are trusted. */
export interface TlsTrust {
  readonly insecure?: boolean;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Json;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Json;
  /** The body as it came. */
  readonly text: string;
}

/** Sends requests on kept connections, never following redirects; `close` lets the process end. */
export interface HttpExchange {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** A stream of server-sent events; undefined if the answer is something else. */
  stream(request: HttpRequest, take: (text: string) => void): Promise<OpenStream | undefined>;
  close(): void;
}

/** An exchange over node's own client, because `fetch` cannot be told which authorities to trust. */
export function createHttpExchange(trust: TlsTrust): HttpExchange {
  const plain = new HttpAgent({ keepAlive: true });
  let secure: HttpsAgent | undefined;
  const secureAgent = (): HttpsAgent => {
    secure ??= new HttpsAgent({
      keepAlive: true,
      rejectUnauthorized: trust.insecure !== true,
      ...(trust.cacert === undefined ? {} : { ca: readPem(trust.cacert) }),
      ...(trust.cert === undefined ? {} : { cert: readPem(trust.cert) }),
      ...(trust.key === undefined ? {} : { key: readPem(trust.key) }),
    });
    return secure;
  };
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const url = new URL(request.url);
        const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
        const headers: { [name: string]: string } = {
          accept: 'application/json',
          'user-agent': 'baton',
          ...request.headers,
        };
        if (body !== undefined) {
          headers['content-type'] = 'application/json';
          headers['content-length'] = String(body.length);
        }
        const isSecure = url.protocol === 'https:';
        const outgoing = (isSecure ? httpsRequest : httpRequest)(
          url,
          { method: request.method, headers, agent: isSecure ? secureAgent() : plain },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.on('error', (cause) => reject(unreachable(url, cause)));
            incoming.on('end', () => {
              const text = Buffer.concat(chunks).toString('utf8');
              resolve({
                status: incoming.statusCode ?? 0,
                headers: flatten(incoming.headers),
                body: parseBody(text),
                text,
              });
            });
          },
        );
        outgoing.on('error', (cause) => reject(unreachable(url, cause)));
        outgoing.end(body);
      }),
    stream: (request, take) =>
      new Promise((resolve, reject) => {
        const url = new URL(request.url);
        const headers = { 'user-agent': 'baton', ...request.headers, accept: 'text/event-stream' };
        const isSecure = url.protocol === 'https:';
        const outgoing = (isSecure ? httpsRequest : httpRequest)(
          url,
          { method: request.method, headers, agent: isSecure ? secureAgent() : plain },
          (incoming) => {
            const isStream = incoming.headers['content-type']?.startsWith('text/event-stream') === true;
            if (incoming.statusCode !== 200 || !isStream) {
              incoming.resume();
              resolve(undefined);
              return;
            }
            const stream = { isOpen: true, close: () => incoming.destroy() };
            incoming.setEncoding('utf8');
            incoming.on('data', take);
            // Why it ended does not matter: whoever listens opens it again or asks.
            incoming.on('error', () => undefined);
            incoming.on('close', () => {
              stream.isOpen = false;
            });
            resolve(stream);
          },
        );
        outgoing.on('error', (cause) => reject(unreachable(url, cause)));
        outgoing.end();
      }),
    close: () => {
      plain.destroy();
      secure?.destroy();
    },
  };
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CommandError(`Cannot read ${path}: ${messageOf(cause)}`);
  }
}

function unreachable(url: URL, cause: Error): CommandError {
  // A refused connection to a name with several addresses has an empty message.
  return new CommandError(`Unable to reach ${url.origin}: ${cause.message || (codeOf(cause) ?? cause.name)}`);
}

function flatten(headers: IncomingHttpHeaders): { [name: string]: string } {
  const flat: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** The JSON of a body, or null for one that is empty or something else (the HTML of a 302, say). */
function parseBody(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
