import { type ApiFixture, BASE, openApi } from './api-fixture.js';

let it: ApiFixture;
beforeEach(async () => {
  it = await openApi();
});
afterEach(async () => {
  expect(it.bugs).toEqual([]);
  await it.store.close();
});

const V3 = `${BASE}/identity/v3`;
const names = (rows: { name: string }[]) => rows.map((row) => row.name);

async function made(kind: string, entity: Record<string, unknown>) {
  const answer = await it.asAdmin('POST', `/v3/${kind}s`, { [kind]: entity } as never);
  expect(answer.status).toBe(201);
  return answer.body[kind];
}

describe('projects', () => {
  test('are made, shown, changed and deleted', async () => {
    const project = await made('project', { name: ' web ', color: 'blue' });
    expect(project).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'web',
      domain_id: 'default',
      description: '',
      enabled: true,
      parent_id: 'default',
      is_domain: false,
      tags: [],
      options: {},
      color: 'blue',
      links: { self: `${V3}/projects/${project.id}` },
    });
    const path = `/v3/projects/${project.id}`;
    expect(
      (await it.asAdmin('PATCH', path, { project: { description: 'd', tags: ['a'] } })).body.project,
    ).toMatchObject({
      name: 'web',
      description: 'd',
      tags: ['a'],
      color: 'blue',
    });
    expect(await it.asAdmin('DELETE', path)).toMatchObject({ status: 204, text: undefined });
    expect((await it.asAdmin('GET', path)).body).toEqual({
      error: { code: 404, title: 'Not Found', message: `Could not find project: ${project.id}.` },
    });
  });

  test.each([
    { reason: 'no name', project: {}, message: "'name' is a required property" },
    { reason: 'an empty name', project: { name: '' }, message: "Invalid input for field 'name': '' is too short" },
    {
      reason: 'a blank name',
      project: { name: ' ' },
      message: "Invalid input for field 'name': ' ' does not match '[\\\\S]+'",
    },
    {
      reason: 'a long name',
      project: { name: 'x'.repeat(65) },
      message: `Invalid input for field 'name': '${'x'.repeat(65)}' is too long`,
    },
    {
      reason: 'a number as name',
      project: { name: 1 },
      message: "Invalid input for field 'name': 1 is not of type 'string'",
    },
    {
      reason: 'enabled as text',
      project: { name: 'a', enabled: 'yes' },
      message: "Invalid input for field 'enabled': 'yes' is not of type 'boolean'",
    },
    {
      reason: 'a bad tag',
      project: { name: 'a', tags: ['x', 'a,b'] },
      message: "Invalid input for field 'tags/1': 'a,b' does not match '^[^,/]*$'",
    },
    { reason: 'an unknown domain', project: { name: 'a', domain_id: 'no' }, message: 'Could not find domain: no.' },
    { reason: 'an unknown parent', project: { name: 'a', parent_id: 'no' }, message: 'Could not find project: no.' },
  ])('$reason is a bad request', async ({ project, message }) => {
    expect((await it.asAdmin('POST', '/v3/projects', { project } as never)).body.error).toEqual({
      code: 400,
      title: 'Bad Request',
      message,
    });
  });

  test('have names of their own within a domain', async () => {
    const { status, body } = await it.asAdmin('POST', '/v3/projects', { project: { name: 'Demo' } });
    expect(status).toBe(409);
    expect(body.error.message).toMatch(
      /^Conflict occurred attempting to store project - it is not permitted to have two projects with either the same name or same id in the same domain: name is Demo, project id [0-9a-f]{32}\.$/,
    );
    const domain = await made('domain', { name: 'acme' });
    await made('project', { name: 'demo', domain_id: domain.id });
  });

  test('are found by name, domain, parent, state and tags', async () => {
    const parent = await made('project', { name: 'parent', tags: ['a', 'b'] });
    await made('project', { name: 'child', parent_id: parent.id, enabled: false });
    const found = async (query: string) => names((await it.asAdmin('GET', `/v3/projects?${query}`)).body.projects);
    expect(await found('name=parent')).toEqual(['parent']);
    expect(await found('name__icontains=CHI')).toEqual(['child']);
    expect(await found(`parent_id=${parent.id}`)).toEqual(['child']);
    expect(await found('enabled=false')).toEqual(['child']);
    expect(await found('domain_id=none')).toEqual([]);
    expect(await found('tags=a,b')).toEqual(['parent']);
    expect(await found('not-tags-any=a')).toEqual(['admin', 'demo', 'child']);
    expect(await found('is_domain=true')).toEqual(['Default', 'heat']);
    const { links } = (await it.asAdmin('GET', '/v3/projects?name=parent')).body;
    expect(links).toEqual({ next: null, previous: null, self: `${V3}/projects?name=parent` });
  });

  test('with children cannot go, and show their family', async () => {
    const parent = await made('project', { name: 'parent' });
    const child = await made('project', { name: 'child', parent_id: parent.id });
    expect((await it.asAdmin('DELETE', `/v3/projects/${parent.id}`)).body.error.message).toMatch(
      /is not a leaf in the hierarchy/,
    );
    const ids = await it.asAdmin('GET', `/v3/projects/${child.id}?parents_as_ids`);
    expect(ids.body.project.parents).toEqual({ [parent.id]: { default: null } });
    const subtree = await it.asAdmin('GET', `/v3/projects/${parent.id}?subtree_as_ids`);
    expect(subtree.body.project.subtree).toEqual({ [child.id]: null });
  });

  test('have tags', async () => {
    const { id } = await made('project', { name: 'web' });
    const path = `/v3/projects/${id}/tags`;
    expect((await it.asAdmin('PUT', path, { tags: ['a', 'b'] })).body.tags).toEqual(['a', 'b']);
    expect((await it.asAdmin('PUT', `${path}/c`)).status).toBe(201);
    expect((await it.asAdmin('HEAD', `${path}/c`)).status).toBe(204);
    expect((await it.asAdmin('DELETE', `${path}/a`)).status).toBe(204);
    expect((await it.asAdmin('GET', path)).body.tags).toEqual(['b', 'c']);
    expect((await it.asAdmin('GET', `${path}/a`)).status).toBe(404);
  });
});

describe('users', () => {
  test('are made with a password that works and never shows', async () => {
    const user = await made('user', {
      name: 'eve',
      password: 's3cret-password',
      email: 'eve@example.org',
      default_project_id: it.secrets.demo.projectId,
    });
    expect(user).toEqual({
      id: expect.any(String),
      name: 'eve',
      domain_id: 'default',
      enabled: true,
      default_project_id: it.secrets.demo.projectId,
      email: 'eve@example.org',
      password_expires_at: null,
      options: {},
      links: { self: `${V3}/users/${user.id}` },
    });
    const login = (password: string) =>
      it.send('POST', '/v3/auth/tokens', {
        body: { auth: { identity: { methods: ['password'], password: { user: { id: user.id, password } } } } },
      });
    const first = await login('s3cret-password');
    expect(first.status).toBe(201);
    const change = { user: { original_password: 's3cret-password', password: 'another' } };
    expect((await it.send('POST', `/v3/users/${user.id}/password`, { body: change })).status).toBe(204);
    expect((await it.send('POST', `/v3/users/${user.id}/password`, { body: change })).status).toBe(401);
    expect((await login('s3cret-password')).status).toBe(401);
    expect((await login('another')).status).toBe(201);
    expect((await it.send('GET', '/v3/auth/projects', { token: first.headers['X-Subject-Token'] ?? '' })).status).toBe(
      401,
    );
    expect((await it.asAdmin('GET', '/v3/users')).text).not.toMatch(/scrypt|another/);
  });

  test('conflict and go like everything else', async () => {
    const { body } = await it.asAdmin('POST', '/v3/users', { user: { name: 'demo' } });
    expect(body.error).toEqual({
      code: 409,
      title: 'Conflict',
      message:
        'Conflict occurred attempting to store user - Duplicate entry found with name demo at domain ID default.',
    });
    expect((await it.asAdmin('DELETE', `/v3/users/${it.secrets.demo.userId}`)).status).toBe(204);
    expect((await it.asDemo('GET', '/v3/auth/projects')).status).toBe(401);
    expect((await it.asAdmin('GET', '/v3/users/nobody')).body.error.message).toBe('Could not find user: nobody.');
  });

  test('see themselves and nobody else', async () => {
    expect((await it.asDemo('GET', `/v3/users/${it.secrets.demo.userId}`)).body.user.name).toBe('demo');
    expect((await it.asDemo('GET', `/v3/users/${it.secrets.demo.userId}/projects`)).body.projects).toHaveLength(1);
    const other = await it.asDemo('GET', `/v3/users/${it.secrets.admin.userId}`);
    const unknown = await it.asDemo('GET', '/v3/users/nobody');
    expect(other.body).toEqual(unknown.body);
    expect(other.body.error.message).toBe('You are not authorized to perform the requested action: identity:get_user.');
  });
});

test('groups have members', async () => {
  const group = await made('group', { name: 'team' });
  const member = `/v3/groups/${group.id}/users/${it.secrets.demo.userId}`;
  expect((await it.asAdmin('HEAD', member)).status).toBe(404);
  expect((await it.asAdmin('PUT', member)).status).toBe(204);
  expect((await it.asAdmin('HEAD', member)).status).toBe(204);
  expect(names((await it.asAdmin('GET', `/v3/groups/${group.id}/users`)).body.users)).toEqual(['demo']);
  expect(names((await it.asDemo('GET', `/v3/users/${it.secrets.demo.userId}/groups`)).body.groups)).toEqual(['team']);
  expect((await it.asAdmin('PATCH', `/v3/groups/${group.id}`, { group: { name: 'crew' } })).body.group.name).toBe(
    'crew',
  );
  expect((await it.asAdmin('DELETE', member)).status).toBe(204);
  expect((await it.asAdmin('DELETE', `/v3/groups/${group.id}`)).status).toBe(204);
});

test('domains are made, disabled and deleted', async () => {
  const domain = await made('domain', { name: 'acme' });
  expect(names((await it.asAdmin('GET', '/v3/domains?name=acme')).body.domains)).toEqual(['acme']);
  expect((await it.asAdmin('DELETE', `/v3/domains/${domain.id}`)).status).toBe(403);
  await it.asAdmin('PATCH', `/v3/domains/${domain.id}`, { domain: { enabled: false } });
  expect((await it.asAdmin('DELETE', `/v3/domains/${domain.id}`)).status).toBe(204);
  expect((await it.asDemo('GET', '/v3/domains/default')).body.domain.name).toBe('Default');
  expect((await it.asDemo('GET', '/v3/domains')).status).toBe(403);
});

describe('roles', () => {
  test('are listed by name, and the built-in ones cannot change', async () => {
    const { roles } = (await it.asAdmin('GET', '/v3/roles')).body;
    expect(names(roles)).toEqual(['reader', 'member', 'admin', 'service', 'heat_stack_user', 'heat_stack_owner']);
    const [admin] = (await it.asAdmin('GET', '/v3/roles?name=admin')).body.roles;
    expect((await it.asAdmin('DELETE', `/v3/roles/${admin.id}`)).body.error.message).toBe(
      `Unable to delete immutable role resource: \`${admin.id}. Set resource option "immutable" to false first.`,
    );
    const inferences = (await it.asAdmin('GET', '/v3/role_inferences')).body.role_inferences;
    expect(
      inferences.map((rule: { prior_role: { name: string }; implies: { name: string }[] }) => [
        rule.prior_role.name,
        names(rule.implies),
      ]),
    ).toEqual([
      ['member', ['reader']],
      ['admin', ['member']],
    ]);
  });

  test.each(['projects', 'domains', 'system'])('are given and taken on %s', async (place) => {
    const role = await made('role', { name: 'auditor' });
    const target = { projects: `projects/${it.secrets.admin.projectId}`, domains: 'domains/default', system: 'system' }[
      place
    ];
    const base = `/v3/${target}/users/${it.secrets.demo.userId}/roles`;
    expect((await it.asAdmin('HEAD', `${base}/${role.id}`)).status).toBe(404);
    expect((await it.asAdmin('PUT', `${base}/${role.id}`)).status).toBe(204);
    expect((await it.asAdmin('PUT', `${base}/${role.id}`)).status).toBe(204);
    expect((await it.asAdmin('HEAD', `${base}/${role.id}`)).status).toBe(204);
    expect(names((await it.asAdmin('GET', base)).body.roles)).toEqual(['auditor']);
    expect((await it.asAdmin('DELETE', `${base}/${role.id}`)).status).toBe(204);
    expect((await it.asAdmin('DELETE', `${base}/${role.id}`)).status).toBe(404);
    expect((await it.asAdmin('PUT', `${base}/nothing`)).body.error.message).toBe('Could not find role: nothing.');
    expect((await it.asDemo('PUT', `${base}/${role.id}`)).status).toBe(403);
  });

  test('assignments are listed as given, in effect, and with names', async () => {
    const group = await made('group', { name: 'team' });
    const role = await made('role', { name: 'auditor' });
    const { projectId, userId } = it.secrets.demo;
    await it.asAdmin('PUT', `/v3/groups/${group.id}/users/${userId}`);
    await it.asAdmin('PUT', `/v3/projects/${projectId}/groups/${group.id}/roles/${role.id}`);
    const list = async (query: string) =>
      (await it.asAdmin('GET', `/v3/role_assignments?${query}`)).body.role_assignments;

    expect(await list(`group.id=${group.id}`)).toEqual([
      {
        links: { assignment: `${V3}/projects/${projectId}/groups/${group.id}/roles/${role.id}` },
        scope: { project: { id: projectId } },
        group: { id: group.id },
        role: { id: role.id },
      },
    ]);
    expect(await list(`effective&role.id=${role.id}&include_names`)).toEqual([
      {
        links: {
          assignment: `${V3}/projects/${projectId}/groups/${group.id}/roles/${role.id}`,
          membership: `${V3}/groups/${group.id}/users/${userId}`,
        },
        scope: { project: { id: projectId, name: 'demo', domain: { id: 'default', name: 'Default' } } },
        user: { id: userId, name: 'demo', domain: { id: 'default', name: 'Default' } },
        role: { id: role.id, name: 'auditor' },
      },
    ]);
    const effective = await list(`effective&user.id=${userId}&scope.project.id=${projectId}&include_names`);
    expect(effective.map((row: { role: { name: string } }) => row.role.name).sort()).toEqual([
      'auditor',
      'heat_stack_owner',
      'member',
      'reader',
    ]);
    expect(await list('scope.system=all')).toHaveLength(1);
    expect((await it.asAdmin('GET', '/v3/role_assignments?user.id=a&group.id=b')).body.error.message).toBe(
      'Specify a user or group, not both',
    );
    expect((await it.asDemo('GET', '/v3/role_assignments')).status).toBe(403);
  });
});

test('regions, services and endpoints make the catalog', async () => {
  const region = await it.asAdmin('PUT', '/v3/regions/North', { region: { description: 'cold' } });
  expect(region).toMatchObject({ status: 201, body: { region: { id: 'North', parent_region_id: null } } });
  const service = await made('service', { type: 'compute', name: 'nova' });
  const endpoint = await made('endpoint', {
    service_id: service.id,
    interface: 'public',
    region: 'South',
    url: 'http://nova.example/v2.1/%(tenant_id)s',
  });
  expect(endpoint).toMatchObject({
    region: 'South',
    region_id: 'South',
    url: 'http://nova.example/v2.1/%(tenant_id)s',
  });
  const { catalog } = (await it.asDemo('GET', '/v3/auth/catalog')).body;
  expect(catalog.at(-1).endpoints[0].url).toBe(`http://nova.example/v2.1/${it.secrets.demo.projectId}`);
  expect((await it.asDemo('GET', '/v3/regions')).body.regions.map((row: { id: string }) => row.id)).toEqual([
    'RegionOne',
    'North',
    'South',
  ]);
  expect((await it.asAdmin('DELETE', '/v3/regions/South')).status).toBe(403);
  expect(
    (await it.asAdmin('POST', '/v3/endpoints', { endpoint: { service_id: 'x', interface: 'public', url: 'http://a' } }))
      .body.error.message,
  ).toMatch(/^Expecting to find endpoint service_id in service table\./);
  expect(
    (
      await it.asAdmin('POST', '/v3/endpoints', {
        endpoint: { service_id: service.id, interface: 'public', url: 'http://%(what)s' },
      })
    ).status,
  ).toBe(400);
  expect((await it.asAdmin('GET', `/v3/endpoints?service_id=${service.id}`)).body.endpoints).toHaveLength(1);
  expect((await it.asAdmin('DELETE', `/v3/services/${service.id}`)).status).toBe(204);
  expect((await it.asAdmin('GET', `/v3/endpoints/${endpoint.id}`)).status).toBe(404);
  expect((await it.asDemo('GET', '/v3/services')).status).toBe(403);
});
