import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { CommandError, UsageError } from '../program/exit-codes.js';
import type { AuthOptions } from './auth-options.js';
import type { HttpExchange } from './http-exchange.js';

/** What a login gives: the token and where the orchestration service is. */
export interface Session {
  readonly token: string;
  /** The endpoint with its project, without a slash at its end. */
  readonly endpoint: string;
}

/** A token, what it says, and where it came from. */
export interface IssuedToken {
  readonly token: string;
  /** The token's body. */
  readonly body: Json;
  /** Keystone's v3 root, without a slash at its end. */
  readonly v3Url: string;
}

/** Logs in at Keystone v3 by password, token or application credential. */
export async function requestToken(options: AuthOptions, exchange: HttpExchange): Promise<IssuedToken> {
  if (options.authUrl === undefined) throw new UsageError('Missing value auth-url required for auth plugin password');
  const v3Url = await discover(options.authUrl, exchange);
  const url = `${v3Url}/auth/tokens`;
  const response = await exchange.send({ method: 'POST', url, body: tokenRequest(options) });
  const token = response.headers['x-subject-token'];
  if (response.status !== 201 || token === undefined) {
    throw new CommandError(
      `${keystoneMessage(response.body) ?? `Keystone answered ${response.status}`} (HTTP ${response.status})`,
    );
  }
  const body = isMap(response.body) ? response.body.token : undefined;
  return { token, body: body as Json, v3Url };
}

/** Logs in, and finds the orchestration endpoint. */
export async function logIn(options: AuthOptions, exchange: HttpExchange): Promise<Session> {
  if (options.authUrl === undefined && options.token !== undefined && options.endpoint !== undefined) {
    return { token: options.token, endpoint: trimSlash(options.endpoint) };
  }
  const { token, body } = await requestToken(options, exchange);
  const endpoint = options.endpoint ?? orchestrationEndpoint(body, options);
  return { token, endpoint: trimSlash(endpoint) };
}

/** The v3 root: the address itself, or the one that the version document names. */
async function discover(authUrl: string, exchange: HttpExchange): Promise<string> {
  const base = trimSlash(authUrl);
  if (/\/v3$/.test(base)) return base;
  const response = await exchange.send({ method: 'GET', url: `${base}/` });
  const versions = isMap(response.body) ? (response.body as JsonMap).versions : undefined;
  const values = isMap(versions) ? versions.values : undefined;
  for (const version of Array.isArray(values) ? values : []) {
    if (!isMap(version) || !String(version.id).startsWith('v3')) continue;
    const links = Array.isArray(version.links) ? version.links : [];
    const self = links.find((link) => isMap(link) && link.rel === 'self');
    if (isMap(self) && typeof self.href === 'string') return trimSlash(self.href);
  }
  return `${base}/v3`;
}

/** The body of `POST /v3/auth/tokens` for the given options. */
export function tokenRequest(options: AuthOptions): JsonMap {
  const identity = identityOf(options);
  const scope = options.applicationCredentialSecret === undefined ? scopeOf(options) : undefined;
  return { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
}

function identityOf(options: AuthOptions): JsonMap {
  const kind = options.authType?.replace(/^v3/, '');
  if (kind === 'applicationcredential' || options.applicationCredentialSecret !== undefined) {
    const secret = options.applicationCredentialSecret;
    if (secret === undefined) throw new UsageError('An application credential needs its secret.');
    const named = options.applicationCredentialId === undefined;
    return {
      methods: ['application_credential'],
      application_credential: named
        ? { name: options.applicationCredentialName ?? '', secret, user: userOf(options) }
        : { id: options.applicationCredentialId ?? '', secret },
    };
  }
  if (kind === 'token' || (options.password === undefined && options.token !== undefined)) {
    if (options.token === undefined) throw new UsageError('Authentication by token needs OS_TOKEN or --os-token.');
    return { methods: ['token'], token: { id: options.token } };
  }
  if (options.password === undefined) throw new UsageError('Set a password with --os-password or OS_PASSWORD.');
  return { methods: ['password'], password: { user: { ...userOf(options), password: options.password } } };
}

function userOf(options: AuthOptions): JsonMap {
  if (options.userId !== undefined) return { id: options.userId };
  if (options.username === undefined) throw new UsageError('Set a user name with --os-username or OS_USERNAME.');
  return { name: options.username, domain: domainOf(options.userDomainId, options.userDomainName, options) };
}

function scopeOf(options: AuthOptions): Json | undefined {
  if (options.systemScope !== undefined) return { system: { all: true } };
  if (options.projectId !== undefined) return { project: { id: options.projectId } };
  if (options.projectName !== undefined) {
    const domain = domainOf(options.projectDomainId, options.projectDomainName, options);
    return { project: { name: options.projectName, domain } };
  }
  if (options.domainId !== undefined) return { domain: { id: options.domainId } };
  return options.domainName === undefined ? undefined : { domain: { name: options.domainName } };
}

function domainOf(id: string | undefined, name: string | undefined, options: AuthOptions): JsonMap {
  if (id !== undefined) return { id };
  if (name !== undefined) return { name };
  return { id: options.defaultDomain ?? 'default' };
}

function orchestrationEndpoint(token: Json, options: AuthOptions): string {
  const wanted = (options.interface ?? 'public').replace(/URL$/, '');
  const catalog = isMap(token) && Array.isArray(token.catalog) ? token.catalog : [];
  for (const service of catalog) {
    if (!isMap(service) || service.type !== 'orchestration' || !Array.isArray(service.endpoints)) continue;
    for (const endpoint of service.endpoints) {
      if (!isMap(endpoint) || endpoint.interface !== wanted || typeof endpoint.url !== 'string') continue;
      const region = endpoint.region_id ?? endpoint.region;
      if (options.regionName === undefined || region === options.regionName) return endpoint.url;
    }
  }
  const where = options.regionName === undefined ? '' : ` in region ${options.regionName}`;
  throw new CommandError(`${wanted} endpoint for orchestration service${where} not found`);
}

function keystoneMessage(body: Json): string | undefined {
  const error = isMap(body) ? body.error : undefined;
  return isMap(error) && typeof error.message === 'string' ? error.message : undefined;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
