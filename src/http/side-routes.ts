import express, { type ErrorRequestHandler, type Express } from 'express';
import type { HttpMetrics } from './metrics.js';
import { RequestAbortedError } from './read-body.js';
import type { HttpServerOptions, Mount } from './server-options.js';

/** The paths of the small routes beside the APIs. */
const OWN_PATHS = ['/healthcheck', '/readyz', '/metrics'];

function allMounts(options: HttpServerOptions): Mount[] {
  // Mounts go first: some lie below the path of an API.
  return [
    ...(options.mounts ?? []),
    ...(options.identity ? [{ path: '/identity', handler: options.identity }] : []),
    ...(options.cfn ? [{ path: '/cfn', handler: options.cfn }] : []),
  ];
}

/** Tells whether a path belongs to the express application, and to which API; undefined means Heat's. */
export function createSideRouter(options: HttpServerOptions): (path: string) => string | undefined {
  const names = [...allMounts(options).map((mount) => mount.path), ...OWN_PATHS];
  return (path) => names.find((name) => path === name || path.startsWith(`${name}/`))?.slice(1);
}

/** Everything that is not Heat's API: health, metrics and the other APIs. */
export function createSideApplication(options: HttpServerOptions, metrics: HttpMetrics): Express {
  const application = express();
  application.disable('x-powered-by');
  application.disable('etag');
  application.get('/healthcheck', (request, response) => {
    // The health check of OpenStack's own middleware: text, unless JSON is asked for.
    if (request.accepts(['text/plain', 'application/json']) === 'application/json') {
      // Without the charset that express adds: the body is ASCII, and OpenStack's says nothing of it either.
      const body = '{"detailed": false, "reasons": []}';
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    } else response.type('text/plain').send('OK');
  });
  application.get('/readyz', (_request, response) => {
    const isReady = options.isReady();
    response.status(isReady ? 200 : 503).json({ ready: isReady });
  });
  application.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.text());
  });
  for (const { path, handler } of allMounts(options)) application.use(path, handler);
  application.use((_request, response) => {
    response
      .status(404)
      .json({ error: { code: 404, title: 'Not Found', message: 'The resource could not be found.' } });
  });
  application.use(reportError(options));
  return application;
}

/** What no API has caught; a mistake of the client (a broken escape in the path, say) is a 400. */
function reportError({ logger }: HttpServerOptions): ErrorRequestHandler {
  return (error: { status?: number; statusCode?: number }, _request, response, next) => {
    // Nobody is there any more to be answered, and nothing of ours went wrong.
    if (error instanceof RequestAbortedError) {
      response.destroy();
      return;
    }
    if (response.headersSent) {
      next(error);
      return;
    }
    const given = error.status ?? error.statusCode ?? 500;
    const status = given >= 400 && given < 500 ? given : 500;
    if (status === 500) logger.error({ err: error }, 'a request failed unexpectedly');
    const title = status === 500 ? 'Internal Server Error' : 'Bad Request';
    response.status(status).json({ error: { code: status, title, message: title } });
  };
}
