import type { Clock } from '../engine/model/clock.js';
import { UnavailableError } from '../engine/model/errors.js';
import type { Json, JsonMap } from '../engine/model/value.js';
import type { Caller } from '../engine/stacks/requests.js';
import { readClaim } from './signatures/claim.js';
import { headerValue, type SignedRequest } from './signatures/signed-request.js';
import { tokenHash } from './tokens.js';

/** How baton itself logs in at an outside Keystone, to ask it about its clients' tokens. */
export interface KeystoneAccount {
  readonly username: string;
  readonly password: string;
  readonly projectName: string;
  readonly userDomainName?: string;
  readonly projectDomainName?: string;
}

/** Which Keystone is asked, and how. */
export interface KeystoneProxyOptions {
  /** With or without `/v3` at the end. */
  readonly authUrl: string;
  readonly account: KeystoneAccount;
  readonly clock: Clock;
  readonly region: string;
  /** How long an answer may be used again; a revoked token lives on that long. 30 s if absent. */
  readonly cacheMs?: number;
  /** Keystone must answer within this time. 10 s if absent. */
  readonly timeoutMs?: number;
  /** Tests bring their own. */
  readonly fetch?: typeof fetch;
}

/** What an outside Keystone says of tokens. UnavailableError if it does not answer. */
export interface KeystoneProxy {
  /** `<authUrl>/v3`, without a slash at the end. */
  readonly v3Url: string;
  /** Undefined if Keystone does not know the token. */
  authenticate(tokenText: string): Promise<Caller | undefined>;
  /** The catalog of a token; empty if it has none. */
  catalog(tokenText: string): Promise<readonly Json[]>;
  /** Where its catalog says that a service of our region is for everybody; undefined if it does not say. */
  endpoint(serviceType: string): Promise<string | undefined>;
  /** Who signed a request; undefined if the signature or the key is not good. */
  authenticateEc2(request: SignedRequest): Promise<Caller | undefined>;
}

interface Known {
  readonly caller: Caller;
  readonly catalog: readonly Json[];
  readonly until: number;
}

const MAX_CACHED = 10_000;
/** Renewed a little before its end, so that it is good when it arrives. */
const RENEW_BEFORE_MS = 60_000;

/** Validates tokens at an outside Keystone, and remembers the answers for a short time. */
export function createKeystoneProxy(options: KeystoneProxyOptions): KeystoneProxy {
  const { account, clock, region, cacheMs = 30_000, timeoutMs = 10_000 } = options;
  const request = options.fetch ?? fetch;
  const v3Url = `${options.authUrl.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3`;
  const cache = new Map<string, Known>();
  /** Questions under way: a burst with one new token asks Keystone once. */
  const pending = new Map<string, Promise<Known | undefined>>();
  let own: Promise<{ text: string; until: number }> | undefined;

  async function send(path: string, init: RequestInit): Promise<Response> {
    try {
      return await request(`${v3Url}${path}`, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    } catch (cause) {
      throw new UnavailableError(`Keystone at ${v3Url} does not answer`, { cause });
    }
  }

  async function logIn(): Promise<{ text: string; until: number }> {
    const { username, password, projectName, userDomainName = 'Default', projectDomainName = 'Default' } = account;
    const response = await send('/auth/tokens?nocatalog', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: username, domain: { name: userDomainName }, password } },
          },
          scope: { project: { name: projectName, domain: { name: projectDomainName } } },
        },
      }),
    });
    const text = response.headers.get('x-subject-token');
    if (response.status !== 201 || text === null) {
      throw new UnavailableError(
        `Keystone at ${v3Url} refuses the account ${username} (status ${response.status}): correct identity.keystone in the configuration`,
      );
    }
    const token = tokenOf(await response.json());
    return { text, until: Date.parse(String(token?.expires_at)) - RENEW_BEFORE_MS };
  }

  async function ownToken(): Promise<string> {
    const current = await own?.catch(() => undefined);
    if (current && current.until > clock.now()) return current.text;
    own = logIn();
    return (await own).text;
  }

  /** Asks with our own token, and once more with a new one if that was not good any more. */
  async function ask(path: string, init: RequestInit): Promise<Response> {
    const attempt = async () => send(path, { ...init, headers: { ...init.headers, 'x-auth-token': await ownToken() } });
    const response = await attempt();
    if (response.status !== 401) return response;
    own = undefined;
    return attempt();
  }

  async function lookUp(tokenText: string): Promise<Known | undefined> {
    const response = await ask('/auth/tokens', { headers: { 'x-subject-token': tokenText } });
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new UnavailableError(`Keystone at ${v3Url} answers ${response.status}`);
    const token = tokenOf(await response.json());
    if (!token) return undefined;
    const until = Math.min(clock.now() + cacheMs, Date.parse(String(token.expires_at)));
    return { caller: callerOf(token, region), catalog: Array.isArray(token.catalog) ? token.catalog : [], until };
  }

  async function known(tokenText: string): Promise<Known | undefined> {
    // A text that no token can have is not worth a question, nor fit for a header.
    if (!/^[\x21-\x7e]{1,8192}$/.test(tokenText)) return undefined;
    const key = tokenHash(tokenText);
    const cached = cache.get(key);
    if (cached && cached.until > clock.now()) return cached;
    cache.delete(key);
    const running = pending.get(key) ?? lookUp(tokenText).finally(() => pending.delete(key));
    pending.set(key, running);
    const answer = await running;
    if (answer) {
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(key, answer);
    }
    return answer;
  }

  return {
    v3Url,
    authenticate: async (tokenText) => (await known(tokenText))?.caller,
    catalog: async (tokenText) => (await known(tokenText))?.catalog ?? [],
    async endpoint(serviceType) {
      const services = ((await known(await ownToken()))?.catalog ?? []).map((service) => mapOf(service));
      const endpoints = services.find(({ type }) => type === serviceType)?.endpoints;
      const found = (Array.isArray(endpoints) ? endpoints : [])
        .map((endpoint) => mapOf(endpoint))
        .find((endpoint) => endpoint.interface === 'public' && endpoint.region_id === region);
      return found && String(found.url);
    },
    async authenticateEc2(request) {
      const question = ec2Question(request);
      if (!question) return undefined;
      const response = await ask('/ec2tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ec2Credentials: question }),
      });
      if ([400, 401, 403, 404].includes(response.status)) return undefined;
      if (response.status !== 200) throw new UnavailableError(`Keystone at ${v3Url} answers ${response.status}`);
      const token = tokenOf(await response.json());
      return token && { ...callerOf(token, region), origin: 'cfn' };
    },
  };
}

/** A signed request as `POST /v3/ec2tokens` takes it; undefined if it is not signed. */
function ec2Question(request: SignedRequest): JsonMap | undefined {
  const read = readClaim(request);
  if (read.version !== 4 && read.version !== 2) return undefined;
  const pairs = [...request.query, ...(request.form ?? [])];
  // Keystone looks for these two in just this case; the others it lowers itself.
  const names: Record<string, string> = { authorization: 'Authorization', 'x-amz-date': 'X-Amz-Date' };
  const headers = Object.keys(request.headers).map((name) => [names[name] ?? name, headerValue(request, name) ?? '']);
  return {
    access: read.claim.accessKey,
    signature: read.claim.signature,
    host: headerValue(request, 'host') ?? '',
    verb: request.method,
    path: request.path === '' ? '/' : request.path,
    params: Object.fromEntries(pairs.filter(([name]) => name !== 'Signature' && name !== 'X-Amz-Signature')),
    headers: Object.fromEntries(headers),
    body_hash: request.bodyHash,
  };
}

function mapOf(value: Json | undefined): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function tokenOf(body: unknown): JsonMap | undefined {
  const token = mapOf(body as Json).token;
  return token === undefined ? undefined : mapOf(token);
}

function callerOf(token: JsonMap, region: string): Caller {
  const project = mapOf(token.project);
  const user = mapOf(token.user);
  const roles = Array.isArray(token.roles) ? token.roles.map((role) => String(mapOf(role).name)) : [];
  return {
    projectId: String(project.id ?? ''),
    projectName: String(project.name ?? ''),
    userId: String(user.id ?? ''),
    userName: String(user.name ?? ''),
    roles,
    // Keystone says so only where it was told which project is the administrators'.
    isAdmin: roles.includes('admin') && token.is_admin_project !== false,
    region,
    origin: 'heat',
  };
}
