import type { JsonMap, Secret } from '../engine/model/value.js';

/** A name space of projects, users and groups. */
export interface DomainRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly options: JsonMap;
  /** Attributes that callers added of their own. */
  readonly extra: JsonMap;
}

/** For whom a project was made that holds the users of a stack. */
export interface StackOwner {
  readonly projectId: string;
  readonly projectName: string;
  readonly stackId: string;
}

/** What owns stacks. */
export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  /** Another project, or the domain. */
  readonly parentId: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tags: readonly string[];
  readonly options: JsonMap;
  readonly extra: JsonMap;
  readonly stackOwner?: StackOwner;
}

/** Who may log in. */
export interface UserRecord {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  readonly enabled: boolean;
  readonly defaultProjectId?: string;
  /** As `passwords.ts` writes it; absent: the user cannot log in with a password. */
  readonly passwordHash?: Secret;
  readonly options: JsonMap;
  readonly extra: JsonMap;
}

/** Users that get roles together. */
export interface GroupRecord {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  readonly description: string;
  readonly extra: JsonMap;
}

/** One user's membership in a group. */
export interface MembershipRecord {
  readonly id: string;
  readonly groupId: string;
  readonly userId: string;
}

/** A name that policies speak of. */
export interface RoleRecord {
  readonly id: string;
  readonly name: string;
  /** Null for a role of the whole cloud. */
  readonly domainId: string | null;
  readonly description: string | null;
  readonly options: JsonMap;
  /** Ids of the roles that come with this one. */
  readonly implies: readonly string[];
  readonly extra: JsonMap;
}

/** Who gets a role. */
export interface Actor {
  readonly kind: 'user' | 'group';
  readonly id: string;
}

/** Where a role holds. */
export type Target =
  | { readonly kind: 'project'; readonly id: string }
  | { readonly kind: 'domain'; readonly id: string }
  | { readonly kind: 'system' };

/** A role given to an actor on a target. */
export interface AssignmentRecord {
  readonly id: string;
  readonly roleId: string;
  readonly actor: Actor;
  readonly target: Target;
  /** It holds on the projects below the target, not on the target itself. */
  readonly inherited: boolean;
}

/** A place where services are. */
export interface RegionRecord {
  readonly id: string;
  readonly description: string;
  readonly parentRegionId: string | null;
  readonly extra: JsonMap;
}

/** A service of the cloud. */
export interface ServiceRecord {
  readonly id: string;
  readonly type: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly extra: JsonMap;
}

/** An address at which a service is reached. */
export interface EndpointRecord {
  readonly id: string;
  readonly serviceId: string;
  readonly interface: string;
  readonly regionId: string | null;
  /** With `%(base)s` for our own address, `%(project_id)s` and `%(user_id)s`. */
  readonly url: string;
  readonly enabled: boolean;
  readonly extra: JsonMap;
}

/** A credential of a service, e.g. an EC2 key pair; its id is then the SHA-256 of the access key. */
export interface CredentialRecord {
  readonly id: string;
  readonly userId: string;
  readonly projectId: string | null;
  readonly type: string;
  /** JSON text for EC2 key pairs. */
  readonly blob: Secret;
  readonly extra: JsonMap;
}

/** A password of a program: some of one user's roles on one project. */
export interface ApplicationCredentialRecord {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly projectId: string;
  readonly description: string | null;
  readonly secretHash: Secret;
  readonly roleIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null;
  /** Null: nothing was said, which is no. */
  readonly unrestricted: boolean | null;
}

/** Roles of one user on a project, lent to another user. */
export interface TrustRecord {
  readonly id: string;
  readonly trustorId: string;
  readonly trusteeId: string;
  readonly projectId: string | null;
  readonly impersonation: boolean;
  readonly roleIds: readonly string[];
  readonly expiresAt: number | null;
  readonly remainingUses: number | null;
}

/** What a token is good for; a trust's token holds on its project. */
export type Scope = Target | { readonly kind: 'unscoped' };

/** A token without its text: the id is the SHA-256 of that. */
export interface TokenRecord {
  readonly id: string;
  readonly userId: string;
  readonly scope: Scope;
  readonly methods: readonly string[];
  readonly auditIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly applicationCredentialId?: string;
  readonly trustId?: string;
}
