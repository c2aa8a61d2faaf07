import type { JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import type { DomainRecord } from '../identity/records.js';
import type { LiveToken } from '../identity/tokens.js';
import { wireTime } from './views.js';

function domainRef({ id, name }: DomainRecord): JsonMap {
  return { id, name };
}

/** The catalog of a token, in JSON. */
export async function catalogView(identity: Identity, token: LiveToken, baseUrl: string): Promise<JsonMap[]> {
  const { user, project } = token;
  // Users of a stack find the stack's services under the project that owns the stack.
  const projectId = project?.stackOwner?.projectId ?? project?.id;
  const entries = await identity.catalog.view({ baseUrl, userId: user.id, projectId });
  return entries.map((entry) => ({ ...entry, endpoints: entry.endpoints.map((endpoint) => ({ ...endpoint })) }));
}

/** The body that describes a token. */
export async function tokenView(
  identity: Identity,
  token: LiveToken,
  options: { readonly baseUrl: string; readonly withCatalog: boolean },
): Promise<JsonMap> {
  const { record, project, projectDomain, domain, applicationCredential, trust } = token;
  const holder = trust?.impersonation ? await identity.users.get(trust.trustorId) : token.user;
  const holderDomain = trust?.impersonation ? await identity.domains.get(holder.domainId) : token.userDomain;
  const isScoped = record.scope.kind !== 'unscoped';
  const body: JsonMap = {
    methods: [...record.methods],
    user: { domain: domainRef(holderDomain), id: holder.id, name: holder.name, password_expires_at: null },
    audit_ids: [...record.auditIds],
    expires_at: wireTime(record.expiresAt),
    issued_at: wireTime(record.issuedAt),
  };
  if (record.scope.kind === 'system') body.system = { all: true };
  if (domain) body.domain = domainRef(domain);
  if (trust) {
    body['OS-TRUST:trust'] = {
      id: trust.id,
      trustor_user: { id: trust.trustorId },
      trustee_user: { id: trust.trusteeId },
      impersonation: trust.impersonation,
    };
  }
  if (project && projectDomain) {
    body.project = { domain: domainRef(projectDomain), id: project.id, name: project.name };
    body.is_domain = false;
  }
  if (isScoped) body.roles = token.roles.map(({ id, name }) => ({ id, name }));
  if (isScoped && options.withCatalog) body.catalog = await catalogView(identity, token, options.baseUrl);
  if (applicationCredential) {
    const { id, name, unrestricted } = applicationCredential;
    body.application_credential = { id, name, restricted: !unrestricted };
  }
  return { token: body };
}
