import type { Assignments } from './assignments.js';
import { type Directory, nameKey } from './directory.js';
import { forbidden, IdentityError, missing, unauthorized } from './identity-error.js';
import type { LoginGuard } from './login-guard.js';
import { verifyPassword } from './passwords.js';
import type { ApplicationCredentialRecord, DomainRecord, Scope, UserRecord } from './records.js';
import type { LiveToken, Tokens } from './tokens.js';
import type { Trusts } from './trusts.js';

/** By id, or by name within a domain where names need one. */
export interface Reference {
  readonly id?: string;
  readonly name?: string;
  readonly domain?: Reference;
}

/** What a login asks a token for. */
export type ScopeRequest =
  | { readonly kind: 'default' | 'unscoped' | 'system' }
  | { readonly kind: 'project' | 'domain' | 'trust'; readonly reference: Reference };

/** How a client says who it is. */
export interface LoginRequest {
  readonly methods: readonly string[];
  readonly password?: { readonly user: Reference; readonly password: string };
  readonly token?: string;
  readonly applicationCredential?: Reference & { readonly user?: Reference; readonly secret: string };
  readonly scope: ScopeRequest;
  /** Where the request came from, for the count of failed logins. */
  readonly address: string;
}

/** The methods that we know; `ec2credential` tokens come from signatures. */
export const AUTH_METHODS: readonly string[] = ['password', 'token', 'application_credential'];

/** Checks a login and issues its token. */
export type Login = (request: LoginRequest) => Promise<{ readonly text: string; readonly token: LiveToken }>;

interface Proof {
  readonly user: UserRecord;
  readonly notAfter?: number;
  readonly parentAuditId?: string;
  readonly applicationCredential?: ApplicationCredentialRecord;
  readonly methods: readonly string[];
}

/** What logging in needs. */
export interface LoginParts {
  readonly directory: Directory;
  readonly assignments: Assignments;
  readonly tokens: Tokens;
  readonly trusts: Trusts;
  readonly guard: LoginGuard;
}

/** Checks who somebody is, finds the scope, issues the token; every refusal looks the same. */
export function createLogin({ directory, assignments, tokens, trusts, guard }: LoginParts): Login {
  async function domainOf(reference: Reference): Promise<DomainRecord> {
    const domain =
      reference.name === undefined
        ? await directory.domains.get(reference.id ?? '')
        : await directory.domains.byKey(reference.name.toLowerCase());
    if (!domain?.enabled) throw unauthorized();
    return domain;
  }

  /** Undefined if there is no such user, so that the caller can take as long as if there were. */
  async function userOf(reference: Reference): Promise<UserRecord | undefined> {
    if (reference.id !== undefined) return directory.users.get(reference.id);
    if (!reference.domain) throw missing('domain', 'user');
    const domain = await domainOf(reference.domain);
    return directory.users.byKey(nameKey(domain.id, reference.name ?? ''));
  }

  async function guarded<T>(who: string, address: string, attempt: () => Promise<T | undefined>): Promise<T> {
    if (guard.isLocked(who, address)) throw unauthorized();
    const result = await attempt();
    if (result === undefined) {
      guard.recordFailure(who, address);
      throw unauthorized();
    }
    guard.recordSuccess(who, address);
    return result;
  }

  async function byPassword({ password: given, address }: LoginRequest): Promise<Proof> {
    if (!given) throw missing('password', 'identity');
    const user = await userOf(given.user);
    return guarded(user?.id ?? `unknown\n${given.user.name ?? given.user.id ?? ''}`, address, async () => {
      const isRight = await verifyPassword(given.password, user?.passwordHash);
      return user && isRight ? { user, methods: ['password'] } : undefined;
    });
  }

  async function byToken({ token: text, scope }: LoginRequest): Promise<Proof> {
    const token = text === undefined ? undefined : await tokens.validate(text);
    // Keystone's answer here is 404, not 401.
    if (!token) throw new IdentityError('not-found', 'Failed to validate token');
    const { record, user } = token;
    if (record.trustId !== undefined) {
      throw forbidden('Using trust-scoped token to create another token. Create a new trust-scoped token instead');
    }
    if (record.scope.kind === 'system' && (scope.kind === 'project' || scope.kind === 'domain')) {
      throw forbidden('Using a system-scoped token to create a project-scoped or domain-scoped token is not allowed.');
    }
    // A token with less than its user's rights must not become one with all of them.
    if (record.methods.some((method) => method === 'application_credential' || method === 'ec2credential')) {
      throw forbidden('Using a delegated token to create another token is not allowed.');
    }
    const parentAuditId = record.auditIds.at(-1);
    return {
      user,
      notAfter: record.expiresAt,
      ...(parentAuditId !== undefined && { parentAuditId }),
      methods: ['token', ...record.methods],
    };
  }

  async function byApplicationCredential({ applicationCredential: given, address }: LoginRequest): Promise<Proof> {
    if (!given) throw missing('application_credential', 'identity');
    if (given.id === undefined && given.name === undefined) throw missing('name or ID', 'application credential');
    if (given.id === undefined && !given.user) throw missing('user', 'application credential');
    const owner = given.user ? await userOf(given.user) : undefined;
    const row =
      given.id !== undefined
        ? await directory.applicationCredentials.get(given.id)
        : await directory.applicationCredentials.byKey(`${owner?.id}\n${given.name}`);
    return guarded(`application credential\n${row?.id ?? given.id ?? given.name}`, address, async () => {
      const isRight = await verifyPassword(given.secret, row?.secretHash);
      const user = row && isRight ? await directory.users.get(row.userId) : undefined;
      return user && row ? { user, applicationCredential: row, methods: ['application_credential'] } : undefined;
    });
  }

  /** The scope, and the id of the trust if it is one's. */
  async function resolveScope(request: ScopeRequest): Promise<{ scope: Scope | 'default'; trustId?: string }> {
    if (request.kind === 'default') return { scope: 'default' };
    if (request.kind === 'unscoped' || request.kind === 'system') return { scope: { kind: request.kind } };
    const { reference } = request as Extract<ScopeRequest, { reference: Reference }>;
    if (request.kind === 'domain') return { scope: { kind: 'domain', id: (await domainOf(reference)).id } };
    if (request.kind === 'trust') {
      const trust = await directory.trusts.get(reference.id ?? '');
      if (!trust) throw unauthorized();
      const scope: Scope = trust.projectId === null ? { kind: 'unscoped' } : { kind: 'project', id: trust.projectId };
      return { scope, trustId: trust.id };
    }
    if (reference.id !== undefined) return { scope: { kind: 'project', id: reference.id } };
    if (!reference.domain) throw missing('domain', 'project');
    const domain = await domainOf(reference.domain);
    const project = await directory.projects.byKey(nameKey(domain.id, reference.name ?? ''));
    if (!project) throw unauthorized();
    return { scope: { kind: 'project', id: project.id } };
  }

  async function defaultScope(user: UserRecord): Promise<Scope> {
    if (user.defaultProjectId === undefined) return { kind: 'unscoped' };
    const project = await directory.projects.get(user.defaultProjectId);
    const domain = project?.enabled ? await directory.domains.get(project.domainId) : undefined;
    if (!project || !domain?.enabled) return { kind: 'unscoped' };
    const scope: Scope = { kind: 'project', id: project.id };
    return (await assignments.effectiveRoles(user.id, scope)).length > 0 ? scope : { kind: 'unscoped' };
  }

  async function prove(request: LoginRequest): Promise<Proof> {
    const proofs: Proof[] = [];
    for (const method of new Set(request.methods)) {
      if (method === 'password') proofs.push(await byPassword(request));
      else if (method === 'token') proofs.push(await byToken(request));
      else proofs.push(await byApplicationCredential(request));
    }
    const [first] = proofs;
    if (!first || proofs.some(({ user }) => user.id !== first.user.id)) throw unauthorized();
    return Object.assign({}, ...proofs, { methods: [...new Set(proofs.flatMap(({ methods }) => methods))] });
  }

  return async (request) => {
    if (request.methods.some((method) => !AUTH_METHODS.includes(method))) {
      const message = 'Attempted to authenticate with an unsupported method.';
      throw new IdentityError('unauthorized', message, { methods: AUTH_METHODS });
    }
    const isProgram = request.methods.includes('application_credential');
    if (isProgram && request.scope.kind !== 'default') {
      throw new IdentityError(
        'unauthorized',
        'Error authenticating with application credential: Application credentials cannot request a scope.',
        {},
      );
    }
    const wanted = await resolveScope(request.scope);
    const proof = await prove(request);
    const program = proof.applicationCredential;
    const scope: Scope = program
      ? { kind: 'project', id: program.projectId }
      : wanted.scope === 'default'
        ? await defaultScope(proof.user)
        : wanted.scope;
    if (wanted.trustId !== undefined) {
      const trust = await trusts.get(wanted.trustId);
      if (trust.trusteeId !== proof.user.id) throw forbidden();
    }
    const notAfter = Math.min(
      proof.notAfter ?? Number.POSITIVE_INFINITY,
      program?.expiresAt ?? Number.POSITIVE_INFINITY,
    );
    const issued = await tokens.issue({
      userId: proof.user.id,
      scope,
      methods: proof.methods,
      notAfter,
      ...(proof.parentAuditId !== undefined && { parentAuditId: proof.parentAuditId }),
      ...(program && { applicationCredentialId: program.id }),
      ...(wanted.trustId !== undefined && { trustId: wanted.trustId }),
    });
    if (!issued) throw unauthorized();
    if (wanted.trustId !== undefined && !(await trusts.use(wanted.trustId))) {
      await tokens.revoke(issued.text);
      throw forbidden(`No remaining uses for trust: ${wanted.trustId}`);
    }
    return issued;
  };
}
