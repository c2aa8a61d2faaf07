import type { Clock } from '../engine/model/clock.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { Documents } from '../engine/store/documents.js';
import { type ApplicationCredentials, createApplicationCredentials } from './application-credentials.js';
import { type Assignments, createAssignments } from './assignments.js';
import { type BootstrapSecrets, bootstrap, OWN_SERVICES, type ServiceAddress } from './bootstrap.js';
import { callerOf } from './caller.js';
import { type Catalog, createCatalog } from './catalog.js';
import { type Credentials, createCredentials } from './credentials.js';
import { createDirectory } from './directory.js';
import { createDomains, type Domains } from './domains.js';
import { createGroups, type Groups } from './groups.js';
import { IdentityError, unauthorized } from './identity-error.js';
import { createLogin, type Login } from './login.js';
import { LoginGuard, type LoginLimits } from './login-guard.js';
import { createProjects, type Projects } from './projects.js';
import { createRoles, type Roles } from './roles.js';
import { createStackUsers, type StackUsers } from './stack-users.js';
import { createTokens, type LiveToken, type Tokens } from './tokens.js';
import { createTrusts, type Trusts } from './trusts.js';
import { createUsers, type Users } from './users.js';

/** How identity is set up; everything has a default. */
export interface IdentityConfig {
  readonly region?: string;
  readonly tokenLifetimeMs?: number;
  /** How long another engine's changes to users and roles may go unseen here. */
  readonly cacheMs?: number;
  readonly loginLimits?: LoginLimits;
  /** What the catalog of a fresh installation holds. */
  readonly services?: readonly ServiceAddress[];
  /** Of the accounts of a fresh installation; made up if absent. */
  readonly adminPassword?: string;
  readonly demoPassword?: string;
  /** The id of the project `demo` of a fresh installation; made up if absent. */
  readonly demoProjectId?: string;
}

/** The region of a fresh installation. */
export const DEFAULT_REGION = 'RegionOne';

/** The secret of an access key, and for whom it speaks. */
export interface AccessKeyHolder {
  readonly secret: string;
  readonly caller: Caller;
}

/** Users, projects, roles, tokens and keys of this installation. */
export interface Identity extends StackUsers {
  readonly region: string;
  /** Only at the first start: the accounts that were made. */
  readonly bootstrapped: BootstrapSecrets | undefined;
  /** Who a token speaks for; undefined if it is not good. Microseconds when it was seen lately. */
  authenticate(tokenText: string): Promise<Caller | undefined>;
  /** For `verifySignature`; undefined if the key is unknown or its holder may do nothing. */
  accessKey(accessKeyId: string): Promise<AccessKeyHolder | undefined>;
  /** A token for the holder of an access key, whose signature has been checked. */
  issueForAccessKey(accessKeyId: string): Promise<{ readonly text: string; readonly token: LiveToken } | undefined>;
  /** By the user; unauthorized if the old password is wrong, or was too often. */
  changePassword(userId: string, oldPassword: string, newPassword: string, address: string): Promise<void>;
  readonly login: Login;
  readonly tokens: Tokens;
  readonly domains: Domains;
  readonly projects: Projects;
  readonly users: Users;
  readonly groups: Groups;
  readonly roles: Roles;
  readonly assignments: Assignments;
  readonly catalog: Catalog;
  readonly credentials: Credentials;
  readonly applicationCredentials: ApplicationCredentials;
  readonly trusts: Trusts;
}

/** What identity is made of. */
export interface IdentityParts {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly config?: IdentityConfig;
}

/** Opens identity in the store's documents, and fills it at the first start. */
export async function createIdentity({ documents, clock, config = {} }: IdentityParts): Promise<Identity> {
  const region = config.region ?? DEFAULT_REGION;
  const cacheMs = config.cacheMs ?? 10_000;
  const keys = new Map<string, { holder: AccessKeyHolder; until: number }>();
  const callers = new WeakMap<LiveToken, Caller>();
  let generation = 0;
  const forget = () => {
    generation++;
    keys.clear();
    tokens.forgetCached();
  };

  const directory = createDirectory(documents, () => forget());
  const assignments = createAssignments(directory);
  const tokens = createTokens(directory, assignments, clock, {
    lifetimeMs: config.tokenLifetimeMs ?? 3_600_000,
    cacheMs,
  });
  const projects = createProjects(directory, assignments);
  const users = createUsers(directory, assignments, tokens);
  const groups = createGroups(directory, assignments);
  const roles = createRoles(directory, assignments);
  const credentials = createCredentials(directory);
  const trusts = createTrusts(directory);
  const guard = new LoginGuard(clock, config.loginLimits);
  const bootstrapped = await bootstrap(directory, {
    region,
    services: config.services ?? OWN_SERVICES,
    ...(config.adminPassword !== undefined && { adminPassword: config.adminPassword }),
    ...(config.demoPassword !== undefined && { demoPassword: config.demoPassword }),
    ...(config.demoProjectId !== undefined && { demoProjectId: config.demoProjectId }),
  });

  function speaker(token: LiveToken): Caller {
    const known = callers.get(token);
    if (known) return known;
    const caller = callerOf(token, region);
    callers.set(token, caller);
    return caller;
  }

  async function tokenRequestFor(accessKeyId: string) {
    const pair = await credentials.findEc2(accessKeyId);
    if (!pair || pair.projectId === null) return undefined;
    const trust = pair.trustId === null ? undefined : (await trusts.list()).find(({ id }) => id === pair.trustId);
    if (pair.trustId !== null && !trust) return undefined;
    return {
      pair,
      request: {
        userId: trust?.impersonation ? trust.trusteeId : pair.userId,
        scope: { kind: 'project', id: pair.projectId } as const,
        methods: ['ec2credential'],
        ...(pair.trustId !== null && { trustId: pair.trustId }),
        ...(pair.applicationCredentialId !== null && { applicationCredentialId: pair.applicationCredentialId }),
      },
    };
  }

  return {
    region,
    bootstrapped,
    async authenticate(tokenText) {
      const token = await tokens.validate(tokenText);
      return token && speaker(token);
    },
    async accessKey(accessKeyId) {
      const known = keys.get(accessKeyId);
      if (known && known.until > clock.now()) return known.holder;
      const readIn = generation;
      const found = await tokenRequestFor(accessKeyId);
      const token = found && (await tokens.preview(found.request));
      if (!found || !token) return undefined;
      const holder = { secret: found.pair.secret, caller: { ...callerOf(token, region), origin: 'cfn' as const } };
      if (readIn === generation) keys.set(accessKeyId, { holder, until: clock.now() + cacheMs });
      return holder;
    },
    async issueForAccessKey(accessKeyId) {
      const found = await tokenRequestFor(accessKeyId);
      return found && tokens.issue(found.request);
    },
    async changePassword(userId, oldPassword, newPassword, address) {
      if (guard.isLocked(userId, address)) throw unauthorized();
      try {
        await users.changePassword(userId, oldPassword, newPassword);
      } catch (error) {
        if (error instanceof IdentityError && error.reason === 'unauthorized') guard.recordFailure(userId, address);
        throw error;
      }
      guard.recordSuccess(userId, address);
    },
    login: createLogin({ directory, assignments, tokens, trusts, guard }),
    tokens,
    domains: createDomains(directory, { projects, users, groups, roles }),
    projects,
    users,
    groups,
    roles,
    assignments,
    catalog: createCatalog(directory),
    credentials,
    applicationCredentials: createApplicationCredentials(directory),
    trusts,
    ...createStackUsers({ directory, assignments, projects, users, credentials }),
  };
}
