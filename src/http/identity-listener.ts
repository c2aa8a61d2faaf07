import type { IncomingMessage, ServerResponse } from 'node:http';
import { type IdentityApi, MAX_IDENTITY_BODY_BYTES } from '../api-identity/identity-api.js';
import { baseUrlOf } from './base-url.js';
import { RequestAbortedError, readBody } from './read-body.js';

/** Serves the identity API: as a handler of express, or by itself as a listener. */
export function createIdentityListener(api: IdentityApi) {
  return (request: IncomingMessage, response: ServerResponse, next?: (error: unknown) => void): void => {
    answer(api, request, response).catch((error: unknown) => {
      if (error instanceof RequestAbortedError || response.headersSent || next === undefined) response.destroy();
      else next(error);
    });
  };
}

async function answer(api: IdentityApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Express cuts the mount off the URL and keeps the whole one here.
  const target = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/';
  const { pathname, searchParams } = new URL(target.startsWith('/') ? `http://localhost${target}` : target);
  const { body, oversized } = await readBody(request, MAX_IDENTITY_BODY_BYTES);
  const requestId = response.getHeader('x-openstack-request-id');
  const {
    status,
    headers,
    body: text,
  } = await api.handle({
    method: request.method ?? 'GET',
    path: pathname,
    query: [...searchParams],
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    ...(body !== undefined && { body }),
    ...(oversized !== undefined && { oversizedBody: oversized }),
    baseUrl: baseUrlOf(request),
    ...(request.socket.remoteAddress !== undefined && { remoteAddress: request.socket.remoteAddress }),
    ...(typeof requestId === 'string' && { requestId }),
  });
  // Clients keep the connection: even an answer without a body has to say how long it is.
  response.writeHead(status, { ...headers, 'content-length': text === undefined ? 0 : Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}
