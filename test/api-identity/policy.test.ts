import { createIdentityApi } from '../../src/api-identity/identity-api.js';
import { isAllowed, type PolicyAction } from '../../src/api-identity/policy.js';
import { type ApiFixture, openApi } from './api-fixture.js';

let it: ApiFixture;
beforeEach(async () => {
  it = await openApi();
});
afterEach(() => it.store.close());

/** Every route that only administrators may use, with the ids of somebody else. */
const ADMIN_ROUTES: readonly [method: string, path: string, action: PolicyAction][] = [
  ['GET', '/v3/projects', 'list_projects'],
  ['POST', '/v3/projects', 'create_project'],
  ['GET', '/v3/projects/{project}', 'get_project'],
  ['PATCH', '/v3/projects/{project}', 'update_project'],
  ['DELETE', '/v3/projects/{project}', 'delete_project'],
  ['GET', '/v3/projects/{project}/tags', 'list_project_tags'],
  ['PUT', '/v3/projects/{project}/tags', 'update_project_tags'],
  ['PUT', '/v3/projects/{project}/tags/a', 'create_project_tag'],
  ['GET', '/v3/users', 'list_users'],
  ['POST', '/v3/users', 'create_user'],
  ['GET', '/v3/users/{user}', 'get_user'],
  ['PATCH', '/v3/users/{user}', 'update_user'],
  ['DELETE', '/v3/users/{user}', 'delete_user'],
  ['GET', '/v3/users/{user}/projects', 'list_user_projects'],
  ['GET', '/v3/users/{user}/groups', 'list_groups_for_user'],
  ['GET', '/v3/users/{user}/credentials/OS-EC2', 'ec2_list_credentials'],
  ['POST', '/v3/users/{user}/credentials/OS-EC2', 'ec2_create_credential'],
  ['GET', '/v3/users/{user}/credentials/OS-EC2/{access}', 'ec2_get_credential'],
  ['DELETE', '/v3/users/{user}/credentials/OS-EC2/{access}', 'ec2_delete_credential'],
  ['GET', '/v3/users/{user}/application_credentials', 'list_application_credentials'],
  ['POST', '/v3/users/{user}/application_credentials', 'create_application_credential'],
  ['GET', '/v3/domains', 'list_domains'],
  ['POST', '/v3/domains', 'create_domain'],
  ['PATCH', '/v3/domains/default', 'update_domain'],
  ['DELETE', '/v3/domains/default', 'delete_domain'],
  ['GET', '/v3/groups', 'list_groups'],
  ['POST', '/v3/groups', 'create_group'],
  ['GET', '/v3/groups/x', 'get_group'],
  ['PUT', '/v3/groups/x/users/{user}', 'add_user_to_group'],
  ['GET', '/v3/roles', 'list_roles'],
  ['POST', '/v3/roles', 'create_role'],
  ['GET', '/v3/roles/x', 'get_role'],
  ['GET', '/v3/role_inferences', 'list_role_inference_rules'],
  ['PUT', '/v3/roles/x/implies/y', 'create_implied_role'],
  ['GET', '/v3/role_assignments', 'list_role_assignments'],
  ['GET', '/v3/projects/{project}/users/{user}/roles', 'list_grants'],
  ['PUT', '/v3/projects/{project}/users/{user}/roles/x', 'create_grant'],
  ['PUT', '/v3/OS-INHERIT/domains/default/users/{user}/roles/x/inherited_to_projects', 'create_grant'],
  ['PUT', '/v3/system/users/{user}/roles/x', 'create_system_grant_for_user'],
  ['GET', '/v3/services', 'list_services'],
  ['POST', '/v3/services', 'create_service'],
  ['GET', '/v3/endpoints', 'list_endpoints'],
  ['POST', '/v3/endpoints', 'create_endpoint'],
  ['POST', '/v3/regions', 'create_region'],
  ['DELETE', '/v3/regions/RegionOne', 'delete_region'],
  ['POST', '/v3/credentials', 'create_credential'],
  ['GET', '/v3/credentials/x', 'get_credential'],
  ['POST', '/v3/ec2tokens', 'ec2tokens_validate'],
  ['POST', '/v3/s3tokens', 's3tokens_validate'],
  ['POST', '/v3/OS-TRUST/trusts', 'create_trust'],
];

test('a member gets 403 and no data on every route about somebody else', async () => {
  const { admin } = it.secrets;
  for (const [method, pattern, action] of ADMIN_ROUTES) {
    const path = pattern
      .replace('{project}', admin.projectId)
      .replace('{user}', admin.userId)
      .replace('{access}', admin.accessKey);
    const body = pattern.endsWith('trusts')
      ? { trust: { trustor_user_id: admin.userId, trustee_user_id: 'x', impersonation: true } }
      : {};
    const answer = await it.asDemo(method, path, method === 'GET' ? undefined : (body as never));
    expect([method, pattern, answer.status, answer.body?.error?.message]).toEqual([
      method,
      pattern,
      403,
      `You are not authorized to perform the requested action: identity:${action}.`,
    ]);
    expect(answer.text).not.toContain(admin.secretKey);
    const stranger = await it.send(method, path, { ...(method !== 'GET' && { body }) });
    expect([method, pattern, stranger.status]).toEqual([method, pattern, 401]);
  }
  expect(it.bugs).toEqual([]);
});

test('an unknown target is never taken for one’s own', async () => {
  const token = await it.identity.tokens.validate(it.demoToken);
  if (!token) throw new Error('no token');
  for (const action of ['get_user', 'get_project', 'get_credential', 'get_domain', 'validate_token'] as const) {
    expect(isAllowed(action, token)).toBe(false);
  }
});

test('our own mistakes are told to us, not to the client', async () => {
  const bugs: unknown[] = [];
  const broken = {
    ...it.identity,
    tokens: { ...it.identity.tokens, validate: async () => Promise.reject(new Error('secret detail')) },
  };
  const api = createIdentityApi({
    identity: broken,
    now: it.clock.now,
    reportBug: (error, id) => bugs.push([error, id]),
  });
  const answer = await api.handle({
    method: 'GET',
    path: '/identity/v3/users',
    query: [],
    headers: { 'x-auth-token': 'x' },
    baseUrl: 'http://a',
    requestId: 'req-1',
  });
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('secret detail');
  expect(bugs).toEqual([[expect.any(Error), 'req-1']]);
});
