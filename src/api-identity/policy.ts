import type { LiveToken } from '../identity/tokens.js';

/** Whom or what an action is about; unknown targets are left out, which never helps the caller. */
export interface PolicyTarget {
  readonly userId?: string | undefined;
  readonly projectId?: string | undefined;
  /** The domain that the target belongs to, or is. */
  readonly domainId?: string | undefined;
}

type Rule = (token: LiveToken, target: PolicyTarget) => boolean;

const hasRole = (token: LiveToken, name: string) => token.roles.some((role) => role.name === name);

const anybody: Rule = () => true;
const admin: Rule = (token) => hasRole(token, 'admin');
const systemReader: Rule = (token) => hasRole(token, 'reader') && token.record.scope.kind === 'system';
const domainReader: Rule = (token, { domainId }) =>
  hasRole(token, 'reader') && domainId !== undefined && token.domain?.id === domainId;
const owner: Rule = (token, { userId }) => userId !== undefined && token.user.id === userId;
const service: Rule = (token) => hasRole(token, 'service');
const onProject: Rule = (token, { projectId }) => projectId !== undefined && token.project?.id === projectId;
const inDomain: Rule = (token, { domainId }) =>
  domainId !== undefined && (token.domain?.id === domainId || token.projectDomain?.id === domainId);

const any =
  (...rules: Rule[]): Rule =>
  (token, target) =>
    rules.some((rule) => rule(token, target));

const reading = any(admin, systemReader);
const readingDomain = any(admin, systemReader, domainReader);

/** Keystone's default policies, by action. */
const POLICIES = {
  get_auth_catalog: anybody,
  get_auth_projects: anybody,
  get_auth_domains: anybody,
  get_auth_system: anybody,
  check_token: any(admin, systemReader, owner),
  validate_token: any(admin, systemReader, service, owner),
  revoke_token: any(admin, owner),
  ec2tokens_validate: any(admin, service),
  s3tokens_validate: any(admin, service),

  list_projects: readingDomain,
  get_project: any(readingDomain, onProject),
  create_project: admin,
  update_project: admin,
  delete_project: admin,
  list_project_tags: any(readingDomain, onProject),
  get_project_tag: any(readingDomain, onProject),
  update_project_tags: admin,
  create_project_tag: admin,
  delete_project_tag: admin,
  delete_project_tags: admin,
  list_user_projects: any(readingDomain, owner),

  list_domains: reading,
  get_domain: any(reading, inDomain),
  create_domain: admin,
  update_domain: admin,
  delete_domain: admin,

  list_users: readingDomain,
  get_user: any(readingDomain, owner),
  create_user: admin,
  update_user: admin,
  delete_user: admin,

  list_groups: readingDomain,
  get_group: readingDomain,
  list_groups_for_user: any(readingDomain, owner),
  create_group: admin,
  update_group: admin,
  delete_group: admin,
  list_users_in_group: readingDomain,
  check_user_in_group: readingDomain,
  add_user_to_group: admin,
  remove_user_from_group: admin,

  list_roles: reading,
  get_role: reading,
  create_role: admin,
  update_role: admin,
  delete_role: admin,
  list_domain_roles: reading,
  create_domain_role: admin,
  list_implied_roles: reading,
  get_implied_role: reading,
  check_implied_role: reading,
  create_implied_role: admin,
  delete_implied_role: admin,
  list_role_inference_rules: reading,

  list_role_assignments: readingDomain,
  list_role_assignments_for_tree: readingDomain,
  list_grants: readingDomain,
  check_grant: readingDomain,
  create_grant: admin,
  revoke_grant: admin,
  list_system_grants_for_user: reading,
  check_system_grant_for_user: reading,
  create_system_grant_for_user: admin,
  revoke_system_grant_for_user: admin,
  list_system_grants_for_group: reading,
  check_system_grant_for_group: reading,
  create_system_grant_for_group: admin,
  revoke_system_grant_for_group: admin,

  list_regions: anybody,
  get_region: anybody,
  create_region: admin,
  update_region: admin,
  delete_region: admin,
  list_services: reading,
  get_service: reading,
  create_service: admin,
  update_service: admin,
  delete_service: admin,
  list_endpoints: reading,
  get_endpoint: reading,
  create_endpoint: admin,
  update_endpoint: admin,
  delete_endpoint: admin,

  list_credentials: any(reading, owner),
  get_credential: any(reading, owner),
  create_credential: any(admin, owner),
  update_credential: any(admin, owner),
  delete_credential: any(admin, owner),
  ec2_get_credential: any(reading, owner),
  ec2_list_credentials: any(admin, owner),
  ec2_create_credential: any(admin, owner),
  ec2_delete_credential: any(admin, owner),

  list_application_credentials: any(reading, owner),
  get_application_credential: any(reading, owner),
  create_application_credential: owner,
  delete_application_credential: any(admin, owner),

  list_trusts: any(reading, owner),
  list_trusts_for_trustor: any(reading, owner),
  get_trust: any(reading, owner),
  create_trust: owner,
  delete_trust: any(admin, owner),
  list_roles_for_trust: any(reading, owner),
} as const satisfies Record<string, Rule>;

/** Everything that policy decides about. */
export type PolicyAction = keyof typeof POLICIES;

/** True if the caller may do it. */
export function isAllowed(action: PolicyAction, token: LiveToken, target: PolicyTarget = {}): boolean {
  return POLICIES[action](token, target);
}

/** True if the caller sees more than what is its own. */
export function isReaderOfAll(token: LiveToken): boolean {
  return reading(token, {});
}
