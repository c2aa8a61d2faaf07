import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../engine/model/clock.js';
import type { Assignments } from './assignments.js';
import type { Directory } from './directory.js';
import type {
  DomainRecord,
  ProjectRecord,
  RoleRecord,
  Scope,
  TokenRecord,
  TrustRecord,
  UserRecord,
} from './records.js';

/** A token with everything that it stands for at this moment. */
export interface LiveToken {
  readonly record: TokenRecord;
  readonly user: UserRecord;
  readonly userDomain: DomainRecord;
  readonly project?: ProjectRecord;
  readonly projectDomain?: DomainRecord;
  readonly domain?: DomainRecord;
  readonly roles: readonly RoleRecord[];
  readonly applicationCredential?: { readonly id: string; readonly name: string; readonly unrestricted: boolean };
  readonly trust?: TrustRecord;
}

/** What a new token is to be good for. */
export interface TokenRequest {
  readonly userId: string;
  readonly scope: Scope;
  readonly methods: readonly string[];
  /** How long it is good for, if not as long as other tokens. */
  readonly lifetimeMs?: number;
  /** Ends no later than this. */
  readonly notAfter?: number;
  readonly parentAuditId?: string;
  readonly applicationCredentialId?: string;
  readonly trustId?: string;
}

/** Tokens: random texts of which only the hash is kept. */
export interface Tokens {
  /** Undefined if the user has no role in that scope, or one of them is disabled. */
  issue(request: TokenRequest): Promise<{ readonly text: string; readonly token: LiveToken } | undefined>;
  /** The token that would be issued, without issuing it. */
  preview(request: TokenRequest): Promise<LiveToken | undefined>;
  /** Undefined if it is unknown, expired, revoked or void. Roles are those of now, not of the time of issue. */
  validate(text: string): Promise<LiveToken | undefined>;
  revoke(text: string): Promise<void>;
  revokeAllOf(userId: string): Promise<void>;
  /** What was known of tokens may have changed. */
  forgetCached(): void;
}

/** How long tokens, and what is known of them, hold. */
export interface TokenOptions {
  readonly lifetimeMs: number;
  /** How long another engine's changes may go unseen. */
  readonly cacheMs: number;
}

const MAX_CACHED = 20_000;
const PURGE_EVERY_MS = 600_000;

/** The hash under which a token is kept. */
export function tokenHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Tokens over the directory, with a cache in memory. */
export function createTokens(
  directory: Directory,
  assignments: Assignments,
  clock: Clock,
  options: TokenOptions,
): Tokens {
  const cache = new Map<string, { token: LiveToken; until: number }>();
  let generation = 0;
  let purgedAt = 0;

  async function rolesOf(
    record: TokenRecord,
  ): Promise<Pick<LiveToken, 'roles' | 'applicationCredential' | 'trust'> | undefined> {
    const { scope, userId, trustId, applicationCredentialId } = record;
    if (scope.kind === 'unscoped') return { roles: [] };
    if (trustId !== undefined) {
      const trust = await directory.trusts.get(trustId);
      if (!trust || (trust.expiresAt !== null && trust.expiresAt <= clock.now())) return undefined;
      const trustor = await directory.users.get(trust.trustorId);
      if (!trustor?.enabled) return undefined;
      const lent = (await assignments.effectiveRoles(trust.trustorId, scope)).filter(({ id }) =>
        trust.roleIds.includes(id),
      );
      return lent.length === trust.roleIds.length ? { roles: lent, trust } : undefined;
    }
    const roles = await assignments.effectiveRoles(userId, scope);
    if (applicationCredentialId === undefined) return { roles };
    const row = await directory.applicationCredentials.get(applicationCredentialId);
    if (!row || (row.expiresAt !== null && row.expiresAt <= clock.now())) return undefined;
    const { id, name, unrestricted } = row;
    return {
      roles: roles.filter((role) => row.roleIds.includes(role.id)),
      applicationCredential: { id, name, unrestricted: unrestricted === true },
    };
  }

  async function enliven(record: TokenRecord): Promise<LiveToken | undefined> {
    if (record.expiresAt <= clock.now()) return undefined;
    const user = await directory.users.get(record.userId);
    if (!user?.enabled) return undefined;
    const userDomain = await directory.domains.get(user.domainId);
    if (!userDomain?.enabled) return undefined;
    const authority = await rolesOf(record);
    if (!authority) return undefined;
    const token: LiveToken = { record, user, userDomain, ...authority };
    if (record.scope.kind === 'unscoped') return token;
    if (token.roles.length === 0) return undefined;
    if (record.scope.kind === 'system') return token;
    if (record.scope.kind === 'domain') {
      const domain = await directory.domains.get(record.scope.id);
      return domain?.enabled ? { ...token, domain } : undefined;
    }
    const project = await directory.projects.get(record.scope.id);
    const projectDomain = project?.enabled ? await directory.domains.get(project.domainId) : undefined;
    return project && projectDomain?.enabled ? { ...token, project, projectDomain } : undefined;
  }

  function remember(token: LiveToken, readIn: number): void {
    // Something changed while we read: what we read may be old already.
    if (readIn !== generation) return;
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(token.record.id, { token, until: Math.min(token.record.expiresAt, clock.now() + options.cacheMs) });
  }

  async function purgeExpired(): Promise<void> {
    const now = clock.now();
    if (now - purgedAt < PURGE_EVERY_MS) return;
    purgedAt = now;
    const expired = (await directory.tokens.list()).filter((row) => row.expiresAt <= now);
    await directory.tokens.remove(...expired.map((row) => row.id));
  }

  function newRecord(text: string, { lifetimeMs, notAfter, parentAuditId, ...request }: TokenRequest): TokenRecord {
    // Whole seconds, as Keystone's tokens have.
    const issuedAt = Math.floor(clock.now() / 1000) * 1000;
    const auditId = randomBytes(16).toString('base64url');
    return {
      ...request,
      id: tokenHash(text),
      auditIds: parentAuditId === undefined ? [auditId] : [auditId, parentAuditId],
      issuedAt,
      expiresAt: Math.min(issuedAt + (lifetimeMs ?? options.lifetimeMs), notAfter ?? Number.POSITIVE_INFINITY),
    };
  }

  return {
    preview: (request) => enliven(newRecord('', request)),
    async issue(request) {
      await purgeExpired();
      const text = randomBytes(32).toString('base64url');
      const record = newRecord(text, request);
      const readIn = generation;
      const token = await enliven(record);
      if (!token) return undefined;
      await directory.tokens.put(record);
      remember(token, readIn);
      return { text, token };
    },
    async validate(text) {
      const id = tokenHash(text);
      const cached = cache.get(id);
      if (cached && cached.until > clock.now()) return cached.token;
      const readIn = generation;
      const record = await directory.tokens.get(id);
      const token = record && (await enliven(record));
      if (token) remember(token, readIn);
      else cache.delete(id);
      return token;
    },
    async revoke(text) {
      const id = tokenHash(text);
      await directory.tokens.remove(id);
      generation++;
      cache.delete(id);
    },
    async revokeAllOf(userId) {
      const rows = await directory.tokens.list(userId);
      await directory.tokens.remove(...rows.map((row) => row.id));
      generation++;
      for (const row of rows) cache.delete(row.id);
    },
    forgetCached() {
      generation++;
      cache.clear();
    },
  };
}
