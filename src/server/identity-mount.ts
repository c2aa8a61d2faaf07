import type { RequestHandler } from 'express';
import { type IdentityApi, MAX_IDENTITY_BODY_BYTES } from '../api-identity/identity-api.js';
import { parseQuery } from '../api-native/query.js';
import { baseUrlOf } from '../http/base-url.js';
import { splitTarget } from '../http/native-listener.js';
import { readBody } from '../http/read-body.js';

/** Keystone's API as a handler of the HTTP server. */
export function identityHandler(api: IdentityApi): RequestHandler {
  return async (request, response) => {
    const { path, query } = splitTarget(request.originalUrl);
    // One byte more than is allowed: the API itself refuses what is too long.
    const { body, oversized } = await readBody(request, MAX_IDENTITY_BODY_BYTES + 1);
    const requestId = response.getHeader('x-openstack-request-id');
    const answer = await api.handle({
      method: request.method,
      path,
      query: parseQuery(query),
      headers: request.headers as { readonly [name: string]: string | undefined },
      baseUrl: baseUrlOf(request),
      remoteAddress: request.socket.remoteAddress ?? '',
      ...(typeof requestId === 'string' ? { requestId } : {}),
      ...(body === undefined ? {} : { body }),
      ...(oversized === undefined ? {} : { body: ' '.repeat(MAX_IDENTITY_BODY_BYTES + 1).concat('x') }),
    });
    const isSent = request.method !== 'HEAD' && answer.body !== undefined;
    response.writeHead(answer.status, {
      ...answer.headers,
      'content-length': answer.body === undefined ? 0 : Buffer.byteLength(answer.body),
    });
    response.end(isSent ? answer.body : undefined);
  };
}
