import { randomUUID } from 'node:crypto';
import { routes as actionRoutes } from './actions.js';
import { ApiError, MALFORMED } from './api-error.js';
import type { ApiRequest, ApiResponse, NativeApi, NativeApiDeps } from './api-types.js';
import { routes as eventRoutes } from './events.js';
import { type Fault, faultBody, faultOf } from './fault.js';
import { ACCEPTED_PAGE, foundPage, NOT_FOUND_PAGE, type Page, renderPage } from './page.js';
import { enforcePolicy, enforceProject } from './policy.js';
import { routes as repairRoutes } from './repairs.js';
import type { Reply } from './reply.js';
import { readJsonBody } from './request-body.js';
import { RequestContext } from './request-context.js';
import { routes as typeRoutes } from './resource-types.js';
import { routes as resourceRoutes } from './resources.js';
import { type Route, RouteTable } from './route-table.js';
import { routes as serviceRoutes } from './services.js';
import { routes as snapshotRoutes } from './snapshots.js';
import { routes as softwareRoutes } from './software.js';
import { routes as stackDataRoutes } from './stack-data.js';
import { routes as stackRoutes } from './stacks.js';
import { routes as templateRoutes } from './templates.js';
import { isJsonMap } from './values.js';
import { negotiateVersion, versionDocument } from './version-negotiation.js';

/** Every route below `/v1/{project}`, in the order in which they are tried. */
export const NATIVE_ROUTES: readonly Route[] = [
  ...eventRoutes,
  ...stackRoutes,
  ...stackDataRoutes,
  ...actionRoutes,
  ...repairRoutes,
  ...resourceRoutes,
  ...snapshotRoutes,
  ...templateRoutes,
  ...typeRoutes,
  ...softwareRoutes,
  ...serviceRoutes,
];

const TABLE = new RouteTable(NATIVE_ROUTES);

const JSON_TYPE = { 'content-type': 'application/json' };

/** Heat's orchestration API v1 over the given engine. Its `handle` never rejects. */
export function createNativeApi(deps: NativeApiDeps): NativeApi {
  return {
    async handle(request) {
      const requestId = request.requestId ?? `req-${randomUUID()}`;
      const response = await answer(deps, request, requestId);
      return { ...response, headers: { ...response.headers, 'x-openstack-request-id': requestId } };
    },
  };
}

/** True if a request for the path must have a caller. */
export function needsCaller(path: string, accept: string | undefined): boolean {
  return negotiateVersion(path, accept).kind === 'api';
}

async function answer(deps: NativeApiDeps, request: ApiRequest, requestId: string): Promise<ApiResponse> {
  const negotiation = negotiateVersion(request.path, request.headers.accept);
  if (negotiation.kind === 'not-found') return pageResponse(request, NOT_FOUND_PAGE);
  if (negotiation.kind === 'versions') {
    return {
      status: 300,
      headers: JSON_TYPE,
      body: JSON.stringify(versionDocument(request.baseUrl)),
      route: 'versions',
    };
  }
  const { caller } = request;
  if (caller === undefined) return unauthorized(deps, request.baseUrl);
  const [projectId = '', ...segments] = negotiation.segments;
  const match = TABLE.match(request.method, segments);
  if (match.kind === 'none') return pageResponse(request, NOT_FOUND_PAGE);
  if (match.kind === 'other-method') return otherMethod(request.method, match.allowed.join(','));
  const { route, params } = match;
  let context: RequestContext | undefined;
  try {
    const body = request.method === 'GET' ? undefined : readJsonBody(request, deps.limits.maxJsonBodyBytes);
    enforceProject(caller, projectId);
    enforcePolicy(caller, route, request.method);
    context = new RequestContext(deps, { ...request, requestId }, { ...caller, requestId }, params, body);
    return { ...render(request, await route.handle(context)), route: route.policy };
  } catch (error) {
    const fault = faultOf(error, params.stack_name, templateText(context));
    if (fault.bug) deps.reportBug(error, requestId);
    return { ...faultResponse(fault, request.headers['x-baton-diagnostics'] === 'all'), route: route.policy };
  }
}

/** The template that a request brought as text. */
function templateText(context: RequestContext | undefined): string | undefined {
  const body = context?.body;
  const template = isJsonMap(body) ? body.template : undefined;
  return typeof template === 'string' ? template : undefined;
}

function render(request: ApiRequest, reply: Reply): ApiResponse {
  switch (reply.kind) {
    case 'json':
      return { status: reply.status, headers: { ...JSON_TYPE, ...reply.headers }, body: JSON.stringify(reply.body) };
    case 'empty':
      return { status: reply.status, headers: reply.headers ?? {}, body: undefined };
    case 'page':
      return pageResponse(request, reply.location === undefined ? ACCEPTED_PAGE : foundPage(reply.location));
    case 'stream':
      return {
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
        body: undefined,
        stream: reply.stream,
      };
  }
}

function pageResponse(request: ApiRequest, page: Page): ApiResponse {
  const { contentType, body } = renderPage(page, request.headers.accept);
  return {
    status: page.status,
    headers: { 'content-type': contentType, ...(page.location === undefined ? {} : { location: page.location }) },
    body,
  };
}

function faultResponse(fault: Fault, allDiagnostics = false): ApiResponse {
  return {
    status: fault.status,
    headers: { ...JSON_TYPE, ...fault.headers },
    body: JSON.stringify(faultBody(fault, allDiagnostics)),
  };
}

function otherMethod(method: string, allow: string): ApiResponse {
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: undefined };
  return faultResponse(faultOf(new ApiError(405, 'HTTPMethodNotAllowed', MALFORMED, { allow }), undefined));
}

/** The 401 of keystonemiddleware. */
function unauthorized(deps: NativeApiDeps, baseUrl: string): ApiResponse {
  return {
    status: 401,
    headers: { ...JSON_TYPE, 'www-authenticate': `Keystone uri="${deps.authUrl(baseUrl)}"` },
    body: JSON.stringify({
      error: {
        code: 401,
        title: 'Unauthorized',
        message: 'The request you have made requires authentication.',
      },
    }),
  };
}
