import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { HttpMetrics } from './metrics.js';
import { createNativeListener, type Outcome, splitTarget } from './native-listener.js';
import { RequestAbortedError } from './read-body.js';
import { DEFAULT_MAX_BODY_BYTES, DEFAULT_TIMEOUTS, type HttpServerOptions } from './server-options.js';
import { createSideApplication, createSideRouter } from './side-routes.js';

/** The HTTP server of all APIs. */
export interface HttpServer {
  readonly metrics: HttpMetrics;
  /** Resolves with the address that clients use; port 0 takes a free one. */
  listen(address: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no more requests, lets running ones end within the given time, then cuts the rest. */
  close(graceMs: number): Promise<void>;
}

/** One port for Heat's API at the root and the other APIs under their paths. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const metrics = new HttpMetrics();
  const answerNative = createNativeListener(options, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
  const sideApplication = createSideApplication(options, metrics);
  const sideOf = createSideRouter(options);

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const startedAt = performance.now();
    const requestId = `req-${randomUUID()}`;
    const { path } = splitTarget(request.url ?? '/');
    const side = sideOf(path);
    let outcome: Outcome = { route: side ?? 'none' };
    metrics.started();
    response.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      const facts = { method: request.method ?? '', status: response.statusCode, route: outcome.route };
      metrics.finished({ ...facts, api: side ?? 'heat', seconds });
      options.logger.info({ requestId, ...facts, ...outcome, path, ms: Math.round(seconds * 1000) }, 'request');
    });
    if (side !== undefined) {
      response.setHeader('x-openstack-request-id', requestId);
      sideApplication(request, response);
      return;
    }
    answerNative(request, response, requestId).then(
      (result) => {
        outcome = result;
      },
      (error: unknown) => fail(options, response, requestId, error),
    );
  };

  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  server.headersTimeout = timeouts.headersMs;
  server.requestTimeout = timeouts.requestMs;
  server.keepAliveTimeout = timeouts.keepAliveMs;
  server.on('clientError', refuseNonsense);

  return {
    metrics,
    listen: (address) => listen(server, address, options.tls !== undefined),
    close: (graceMs) => close(server, graceMs),
  };
}

/** Only what stands around the API can fail here: the identity service, or the connection. */
function fail({ logger }: HttpServerOptions, response: ServerResponse, requestId: string, error: unknown): void {
  if (error instanceof RequestAbortedError || response.destroyed) {
    response.destroy();
    return;
  }
  logger.error({ requestId, err: error }, 'a request could not be answered');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({
    error: { code: 503, title: 'Service Unavailable', message: 'The identity service is temporarily unavailable.' },
  });
  response.writeHead(503, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-openstack-request-id': requestId,
  });
  response.end(body);
}

/** Answers what is not HTTP, or came too slowly. */
function refuseNonsense(error: NodeJS.ErrnoException, socket: Pick<Socket, 'writable' | 'end' | 'destroy'>): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const statuses: { readonly [code: string]: string } = {
    ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
    HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  };
  const status = statuses[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  isTls: boolean,
): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: taken } = server.address() as AddressInfo;
      const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
      resolve({ url: `${isTls ? 'https' : 'http'}://${name}:${taken}`, port: taken });
    });
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close((error) => {
      clearTimeout(cut);
      if (error) reject(error);
      else resolve();
    });
    server.closeIdleConnections();
  });
}
