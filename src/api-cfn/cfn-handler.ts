import type { RequestHandler } from 'express';
import { readBody } from '../http/read-body.js';
import type { CfnApi } from './api-types.js';

/** Told of each answered request, for logs and metrics. */
export type CfnObserver = (facts: {
  readonly action: string;
  readonly status: number;
  readonly requestId: string;
  readonly projectId?: string;
}) => void;

/** Templates may have a megabyte, and forms make three bytes of many a character. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The API as an express handler, to be mounted under a path of its own (`/cfn`). */
export function createCfnHandler(api: CfnApi, observe?: CfnObserver): RequestHandler {
  return (request, response, next) => {
    const answer = async () => {
      const { body, oversized } = await readBody(request, MAX_BODY_BYTES);
      const [path = '/', query = ''] = split(request.originalUrl);
      const [route = '/'] = split(request.url);
      const {
        status,
        headers,
        body: text,
        action = 'none',
        caller,
      } = await api.handle({
        method: request.method,
        path,
        route,
        query,
        headers: request.headers,
        ...(body === undefined ? {} : { body }),
        ...(oversized === undefined ? {} : { oversizedBody: oversized }),
      });
      observe?.({
        action,
        status,
        requestId: headers['x-amzn-requestid'] ?? '',
        ...(caller ? { projectId: caller.projectId } : {}),
      });
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    answer().catch(next);
  };
}

function split(target: string): [string, string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}
