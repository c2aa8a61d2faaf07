import type { Documents } from '../engine/store/documents.js';
import { type Collection, createCollection } from './collection.js';
import { type IdentityEntity, notFound } from './identity-error.js';
import type {
  Actor,
  ApplicationCredentialRecord,
  AssignmentRecord,
  CredentialRecord,
  DomainRecord,
  EndpointRecord,
  GroupRecord,
  MembershipRecord,
  ProjectRecord,
  RegionRecord,
  RoleRecord,
  ServiceRecord,
  Target,
  TokenRecord,
  TrustRecord,
  UserRecord,
} from './records.js';

/** All that identity remembers. */
export interface Directory {
  readonly domains: Collection<DomainRecord>;
  readonly projects: Collection<ProjectRecord>;
  readonly users: Collection<UserRecord>;
  readonly groups: Collection<GroupRecord>;
  readonly memberships: Collection<MembershipRecord>;
  readonly roles: Collection<RoleRecord>;
  readonly assignments: Collection<AssignmentRecord>;
  readonly regions: Collection<RegionRecord>;
  readonly services: Collection<ServiceRecord>;
  readonly endpoints: Collection<EndpointRecord>;
  readonly credentials: Collection<CredentialRecord>;
  readonly applicationCredentials: Collection<ApplicationCredentialRecord>;
  readonly trusts: Collection<TrustRecord>;
  readonly tokens: Collection<TokenRecord>;
}

/** The unique key of a name within a domain; a newline cannot stand in a domain's id. */
export function nameKey(domainId: string | null, name: string): string {
  return `${domainId ?? ''}\n${name.toLowerCase()}`;
}

/** How an actor is written as owner of its assignments. */
export function actorKey(actor: Actor): string {
  return `${actor.kind}:${actor.id}`;
}

/** How a target is written in the id of an assignment. */
export function targetKey(target: Target): string {
  return target.kind === 'system' ? 'system' : `${target.kind}:${target.id}`;
}

/** The collections over the store's documents; `changed` is called after each write but those of tokens. */
export function createDirectory(documents: Documents, changed: () => void): Directory {
  const collection = <Row extends { readonly id: string }>(
    name: string,
    shape: { key?: (row: Row) => string; owner?: (row: Row) => string } = {},
  ) => createCollection<Row>(documents, { kind: `identity.${name}`, ...shape }, changed);
  return {
    domains: collection<DomainRecord>('domain', { key: (row) => row.name.toLowerCase() }),
    projects: collection<ProjectRecord>('project', {
      key: (row) => nameKey(row.domainId, row.name),
      owner: (row) => row.domainId,
    }),
    users: collection<UserRecord>('user', {
      key: (row) => nameKey(row.domainId, row.name),
      owner: (row) => row.domainId,
    }),
    groups: collection<GroupRecord>('group', {
      key: (row) => nameKey(row.domainId, row.name),
      owner: (row) => row.domainId,
    }),
    memberships: collection<MembershipRecord>('membership', { owner: (row) => row.userId }),
    roles: collection<RoleRecord>('role', { key: (row) => nameKey(row.domainId, row.name) }),
    assignments: collection<AssignmentRecord>('assignment', { owner: (row) => actorKey(row.actor) }),
    regions: collection<RegionRecord>('region'),
    services: collection<ServiceRecord>('service'),
    endpoints: collection<EndpointRecord>('endpoint', { owner: (row) => row.serviceId }),
    credentials: collection<CredentialRecord>('credential', { owner: (row) => row.userId }),
    applicationCredentials: collection<ApplicationCredentialRecord>('application-credential', {
      key: (row) => `${row.userId}\n${row.name}`,
      owner: (row) => row.userId,
    }),
    trusts: collection<TrustRecord>('trust', { owner: (row) => row.trustorId }),
    tokens: createCollection<TokenRecord>(documents, { kind: 'identity.token', owner: (row) => row.userId }, () => {}),
  };
}

/** The record, or Keystone's not-found error. */
export async function need<Row extends { readonly id: string }>(
  collection: Collection<Row>,
  entity: IdentityEntity,
  id: string,
): Promise<Row> {
  const row = await collection.get(id);
  if (!row) throw notFound(entity, id);
  return row;
}
