import { randomUUID } from 'node:crypto';
import type { JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import { forbidden, invalid, missing, unauthorized } from '../identity/identity-error.js';
import type { LiveToken } from '../identity/tokens.js';
import type { Call, IdentityRequest, IdentityResponse, Reply, Routes } from './api-types.js';
import { applicationCredentialRoutes } from './application-credentials.js';
import { authScopeRoutes } from './auth-scopes.js';
import { catalogRoutes } from './catalog.js';
import { credentialRoutes } from './credentials.js';
import { discoveryRoutes } from './discovery.js';
import { domainRoutes } from './domains.js';
import { ec2Routes } from './ec2.js';
import { endpointRoutes } from './endpoints.js';
import { identityErrorReply, internalErrorReply, unknownPathReply, wrongMethodReply } from './error-reply.js';
import { grantRoutes } from './grants.js';
import { groupRoutes } from './groups.js';
import { impliedRoleRoutes } from './implied-roles.js';
import { isAllowed } from './policy.js';
import { projectTagRoutes } from './project-tags.js';
import { projectRoutes } from './projects.js';
import { Query } from './query.js';
import { roleAssignmentRoutes } from './role-assignments.js';
import { roleRoutes } from './roles.js';
import { Router } from './router.js';
import { signatureTokenRoutes } from './signature-tokens.js';
import { tokenRoutes } from './tokens.js';
import { trustRoutes } from './trusts.js';
import { userRoutes } from './users.js';

/** Where the API is mounted. */
export const IDENTITY_MOUNT = '/identity';

/** Larger bodies are not kept: oslo.middleware's limit, under which Keystone runs. */
export const MAX_IDENTITY_BODY_BYTES = 114_688;

/** What the API is made of. */
export interface IdentityApiDeps {
  readonly identity: Identity;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of errors that are our own fault. */
  readonly reportBug: (error: unknown, requestId: string) => void;
}

/** The part of Keystone v3 that clients use, as one function. */
export interface IdentityApi {
  handle(request: IdentityRequest): Promise<IdentityResponse>;
}

/** Every route below the mount, by group. */
export function identityRoutes(identity: Identity, now: () => number): readonly Routes[] {
  return [
    discoveryRoutes(),
    tokenRoutes(identity),
    authScopeRoutes(identity),
    projectRoutes(identity),
    projectTagRoutes(identity),
    domainRoutes(identity),
    userRoutes(identity),
    groupRoutes(identity),
    roleRoutes(identity),
    impliedRoleRoutes(identity),
    grantRoutes(identity),
    roleAssignmentRoutes(identity),
    catalogRoutes(identity),
    endpointRoutes(identity),
    credentialRoutes(identity),
    ec2Routes(identity),
    signatureTokenRoutes(identity, now),
    applicationCredentialRoutes(identity, now),
    trustRoutes(identity),
  ];
}

/** The identity API over an identity service. */
export function createIdentityApi({ identity, now, reportBug }: IdentityApiDeps): IdentityApi {
  const router = new Router(...identityRoutes(identity, now));

  async function answer(request: IdentityRequest, requestId: string): Promise<Reply & { readonly route?: string }> {
    const identityUrl = `${request.baseUrl}${IDENTITY_MOUNT}`;
    try {
      const match = router.match(request.method.toUpperCase(), withoutMount(request.path));
      if (match.kind === 'unknown') return unknownPathReply();
      if (match.kind === 'wrong method') return wrongMethodReply(match.allowed);
      const call = new RoutedCall(identity, request, match.params);
      return { ...(await match.handler(call)), route: match.route };
    } catch (error) {
      const reply = identityErrorReply(error, identityUrl);
      if (reply) return reply;
      reportBug(error, requestId);
      return internalErrorReply();
    }
  }

  return {
    async handle(request) {
      const requestId = request.requestId ?? `req-${randomUUID()}`;
      const { status, body, headers = {}, route } = await answer(request, requestId);
      const text = body === undefined ? undefined : JSON.stringify(body);
      return {
        status,
        headers: {
          ...(text !== undefined && { 'Content-Type': 'application/json' }),
          Vary: 'X-Auth-Token',
          'x-openstack-request-id': requestId,
          ...headers,
        },
        body: text,
        ...(route !== undefined && { route }),
      };
    },
  };
}

function withoutMount(path: string): string {
  return path.startsWith(IDENTITY_MOUNT) ? path.slice(IDENTITY_MOUNT.length) : path;
}

class RoutedCall implements Call {
  readonly method: string;
  readonly query: Query;
  readonly body: JsonMap;
  readonly baseUrl: string;
  readonly v3Url: string;
  readonly selfUrl: string;
  readonly remoteAddress: string;
  readonly #identity: Identity;
  readonly #request: IdentityRequest;
  readonly #params: ReadonlyMap<string, string>;

  constructor(identity: Identity, request: IdentityRequest, params: ReadonlyMap<string, string>) {
    this.#identity = identity;
    this.#request = request;
    this.#params = params;
    this.method = request.method.toUpperCase();
    this.query = new Query(request.query);
    this.body = parseBody(request);
    this.baseUrl = request.baseUrl;
    this.v3Url = `${request.baseUrl}${IDENTITY_MOUNT}/v3`;
    this.selfUrl = `${request.baseUrl}${IDENTITY_MOUNT}${withoutMount(request.path)}${queryText(request.query)}`;
    this.remoteAddress = request.remoteAddress ?? '';
  }

  header(name: string): string | undefined {
    return this.#request.headers[name];
  }

  param(name: string): string {
    return this.#params.get(name) ?? '';
  }

  async token(): Promise<LiveToken> {
    const text = this.header('x-auth-token');
    const token = text === undefined ? undefined : await this.#identity.tokens.validate(text);
    if (!token) throw unauthorized();
    return token;
  }

  async enforce(...[action, target]: Parameters<Call['enforce']>): Promise<LiveToken> {
    const token = await this.token();
    if (!isAllowed(action, token, target)) throw forbidden(`identity:${action}`);
    return token;
  }
}

function queryText(pairs: IdentityRequest['query']): string {
  if (pairs.length === 0) return '';
  const text = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
  // Flags come without an equals sign.
  return `?${text.replaceAll(/=(?=&|$)/g, '')}`;
}

/** Keystone reads a body whatever its type says, as long as that is JSON's or none. */
function parseBody({ body, oversizedBody, headers }: IdentityRequest): JsonMap {
  if (oversizedBody !== undefined || (body?.length ?? 0) > MAX_IDENTITY_BODY_BYTES)
    throw invalid('Request is too large.');
  const text = body === undefined ? '' : body.toString();
  if (text.trim() === '') return {};
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== '' && !/^application\/(.*\+)?json$/.test(type)) {
    throw missing('application/json', 'Content-Type header');
  }
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw missing('valid JSON', 'request body');
  return value as JsonMap;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw missing('valid JSON', 'request body');
  }
}
