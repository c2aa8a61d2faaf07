import type { JsonMap } from '../engine/model/value.js';
import type { Ec2KeyPair } from '../identity/credentials.js';
import type {
  ApplicationCredentialRecord,
  CredentialRecord,
  DomainRecord,
  EndpointRecord,
  GroupRecord,
  ProjectRecord,
  RegionRecord,
  RoleRecord,
  ServiceRecord,
  TrustRecord,
  UserRecord,
} from '../identity/records.js';

/** Keystone's time: UTC with six digits of a second. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

function self(v3Url: string, path: string): JsonMap {
  return { self: `${v3Url}/${path}` };
}

/** A project on the wire. */
export function projectView(row: ProjectRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    name: row.name,
    domain_id: row.domainId,
    description: row.description,
    enabled: row.enabled,
    parent_id: row.parentId,
    is_domain: false,
    tags: [...row.tags],
    options: row.options,
    links: self(v3Url, `projects/${row.id}`),
  };
}

/** A domain is a project too, one that acts as a domain. */
export function domainAsProjectView(row: DomainRecord, v3Url: string): JsonMap {
  return {
    ...domainView(row, v3Url),
    domain_id: null,
    parent_id: null,
    is_domain: true,
    links: self(v3Url, `projects/${row.id}`),
  };
}

/** A domain on the wire. */
export function domainView(row: DomainRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    name: row.name,
    description: row.description,
    enabled: row.enabled,
    tags: [...row.tags],
    options: row.options,
    links: self(v3Url, `domains/${row.id}`),
  };
}

/** A user on the wire, without anything of the password. */
export function userView(row: UserRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    name: row.name,
    domain_id: row.domainId,
    enabled: row.enabled,
    ...(row.defaultProjectId !== undefined && { default_project_id: row.defaultProjectId }),
    password_expires_at: null,
    options: row.options,
    links: self(v3Url, `users/${row.id}`),
  };
}

/** A group on the wire. */
export function groupView(row: GroupRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    name: row.name,
    domain_id: row.domainId,
    description: row.description,
    links: self(v3Url, `groups/${row.id}`),
  };
}

/** A role on the wire. */
export function roleView(row: RoleRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    name: row.name,
    domain_id: row.domainId,
    description: row.description,
    options: row.options,
    links: self(v3Url, `roles/${row.id}`),
  };
}

/** A region on the wire. */
export function regionView(row: RegionRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    description: row.description,
    parent_region_id: row.parentRegionId,
    links: self(v3Url, `regions/${row.id}`),
  };
}

/** A service on the wire. */
export function serviceView(row: ServiceRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    type: row.type,
    enabled: row.enabled,
    ...(row.name !== null && { name: row.name }),
    ...(row.description !== null && { description: row.description }),
    links: self(v3Url, `services/${row.id}`),
  };
}

/** An endpoint on the wire. */
export function endpointView(row: EndpointRecord, v3Url: string, baseUrl: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    interface: row.interface,
    region_id: row.regionId,
    service_id: row.serviceId,
    // Our own address is a placeholder in the store; administrators see what clients get.
    url: row.url.replaceAll('%(base)s', baseUrl),
    enabled: row.enabled,
    region: row.regionId,
    links: self(v3Url, `endpoints/${row.id}`),
  };
}

/** A credential on the wire, with its blob: for its owner and administrators. */
export function credentialView(row: CredentialRecord, v3Url: string): JsonMap {
  return {
    ...row.extra,
    id: row.id,
    user_id: row.userId,
    project_id: row.projectId,
    type: row.type,
    blob: row.blob.reveal(),
    links: self(v3Url, `credentials/${row.id}`),
  };
}

/** An EC2 key pair on the wire, with its secret: for its owner and administrators. */
export function ec2View(pair: Ec2KeyPair, v3Url: string): JsonMap {
  return {
    user_id: pair.userId,
    tenant_id: pair.projectId,
    access: pair.access,
    secret: pair.secret,
    trust_id: pair.trustId,
    links: self(v3Url, `users/${pair.userId}/credentials/OS-EC2/${pair.access}`),
  };
}

/** An application credential on the wire, without its secret. */
export function applicationCredentialView(
  row: ApplicationCredentialRecord,
  roles: readonly RoleRecord[],
  v3Url: string,
): JsonMap {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    user_id: row.userId,
    project_id: row.projectId,
    system: null,
    expires_at: row.expiresAt === null ? null : wireTime(row.expiresAt).slice(0, -1),
    unrestricted: row.unrestricted,
    roles: roles.map(({ id, name, domainId, description, options }) => ({
      id,
      name,
      domain_id: domainId,
      description,
      options,
    })),
    links: self(v3Url, `application_credentials/${row.id}`),
  };
}

/** A trust on the wire. */
export function trustView(row: TrustRecord, roles: readonly RoleRecord[], v3Url: string): JsonMap {
  const path = `OS-TRUST/trusts/${row.id}`;
  return {
    id: row.id,
    trustor_user_id: row.trustorId,
    trustee_user_id: row.trusteeId,
    project_id: row.projectId,
    impersonation: row.impersonation,
    expires_at: row.expiresAt === null ? null : wireTime(row.expiresAt),
    remaining_uses: row.remainingUses,
    redelegation_count: 0,
    deleted_at: null,
    roles: roles.map((role) => roleView(role, v3Url)),
    roles_links: { self: `${v3Url}/${path}/roles`, next: null, previous: null },
    links: self(v3Url, path),
  };
}

/** A list as all of Keystone's lists are. */
export function collection(name: string, rows: readonly JsonMap[], selfUrl: string): JsonMap {
  return { [name]: [...rows], links: { next: null, self: selfUrl, previous: null } };
}
