import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiRequest, ApiResponse, EndlessText } from '../api-native/api-types.js';
import { needsCaller } from '../api-native/native-api.js';
import { parseQuery } from '../api-native/query.js';
import { baseUrlOf } from './base-url.js';
import { readBody } from './read-body.js';
import type { HttpServerOptions } from './server-options.js';

/** What the log and the counters want to know of an answered request. */
export interface Outcome {
  readonly route: string;
  readonly projectId?: string;
  readonly userId?: string;
}

/** Splits a request target into path and raw query; a target in absolute form loses its origin. */
export function splitTarget(target: string): { path: string; query: string } {
  const relative = target.startsWith('/') ? target : target.replace(/^[a-zA-Z]+:\/\/[^/?#]*/, '') || '/';
  const mark = relative.indexOf('?');
  return mark < 0 ? { path: relative, query: '' } : { path: relative.slice(0, mark), query: relative.slice(mark + 1) };
}

/** Answers requests of Heat's API. It stands before express: what express does per request would halve its speed. */
export function createNativeListener(options: HttpServerOptions, maxBodyBytes: number) {
  const { native, authenticate } = options;

  return async (request: IncomingMessage, response: ServerResponse, requestId: string): Promise<Outcome> => {
    const { path, query } = splitTarget(request.url ?? '/');
    const method = request.method ?? 'GET';
    const headers = request.headers as ApiRequest['headers'];
    const isApi = needsCaller(path, headers.accept);
    const caller = isApi
      ? await authenticate({ method, path, headers: request.headers, remoteAddress: request.socket.remoteAddress })
      : undefined;
    // Bodies of strangers are not kept.
    const { body, oversized } = await readBody(request, isApi && caller === undefined ? 0 : maxBodyBytes);
    const answer = await native.handle({
      method,
      path,
      query: parseQuery(query),
      headers,
      baseUrl: baseUrlOf(request),
      requestId,
      ...(body === undefined ? {} : { body }),
      ...(oversized === undefined ? {} : { oversizedBody: oversized }),
      ...(caller === undefined ? {} : { caller }),
    });
    await send(response, answer);
    return {
      route: answer.route ?? 'none',
      ...(caller === undefined ? {} : { projectId: caller.projectId, userId: caller.userId }),
    };
  };
}

async function send(response: ServerResponse, { status, headers, body, stream }: ApiResponse): Promise<void> {
  if (stream !== undefined) {
    response.writeHead(status, headers);
    await pour(stream, response);
    return;
  }
  // Clients keep the connection: even an answer without a body has to say how long it is.
  response.writeHead(status, { ...headers, 'content-length': body === undefined ? 0 : Buffer.byteLength(body) });
  response.end(body);
}

/** Sends an endless stream until it ends or the client goes away. */
async function pour(stream: EndlessText, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
    stream.cancel();
  });
  for await (const piece of stream.pieces) {
    if (gone.signal.aborted) break;
    if (!response.write(piece)) {
      await once(response, 'drain', { signal: gone.signal }).catch((error: unknown) => {
        if (!gone.signal.aborted) throw error;
      });
    }
  }
  response.end();
}
