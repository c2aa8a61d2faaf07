import { createIdentity } from '../../src/identity/identity.js';
import { IdentityError } from '../../src/identity/identity-error.js';
import type { LoginRequest } from '../../src/identity/login.js';
import { type Fixture, openFixture } from './fixture.js';

let it: Fixture;
beforeEach(async () => {
  it = await openFixture();
});
afterEach(() => it.store.close());

function passwordLogin(account: 'admin' | 'demo', change: Partial<LoginRequest> = {}): LoginRequest {
  const { userId, password, projectId } = it.secrets[account];
  return {
    methods: ['password'],
    password: { user: { id: userId }, password },
    scope: { kind: 'project', reference: { id: projectId } },
    address: '192.0.2.1',
    ...change,
  };
}

async function failureOf(promise: Promise<unknown>): Promise<IdentityError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof IdentityError)) throw new Error(`expected an IdentityError, got ${String(error)}`);
  return error;
}

describe('the first start', () => {
  test('makes accounts that speak for their projects', async () => {
    const admin = await it.identity.authenticate(it.adminToken);
    expect(admin).toMatchObject({
      projectId: it.secrets.admin.projectId,
      projectName: 'admin',
      isAdmin: true,
      region: 'RegionOne',
    });
    expect(admin?.roles).toEqual(['admin', 'member', 'reader']);
    const demo = await it.identity.authenticate(it.demoToken);
    expect(demo).toMatchObject({ projectId: it.secrets.demo.projectId, userName: 'demo', isAdmin: false });
    expect(demo?.roles).toEqual(['member', 'reader', 'heat_stack_owner']);
  });

  test('happens once: a second start keeps users and tokens and gives no secrets', async () => {
    const again = await createIdentity({ documents: it.store.documents, clock: it.clock });
    expect(again.bootstrapped).toBeUndefined();
    expect(await again.authenticate(it.demoToken)).toMatchObject({ userName: 'demo' });
  });

  test('stores neither passwords, nor tokens, nor secret keys as they are', async () => {
    const rows = await it.store.db.selectFrom('documents').selectAll().execute();
    const stored = JSON.stringify(rows);
    expect(rows.length).toBeGreaterThan(20);
    for (const secret of [it.secrets.admin.password, it.secrets.demo.secretKey, it.adminToken, it.demoToken]) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe('tokens', () => {
  test('end after an hour', async () => {
    it.clock.advance(3_599_000);
    expect(await it.identity.authenticate(it.demoToken)).toBeDefined();
    it.clock.advance(1_000);
    expect(await it.identity.authenticate(it.demoToken)).toBeUndefined();
  });

  test('end at once when they are revoked', async () => {
    await it.identity.authenticate(it.demoToken);
    await it.identity.tokens.revoke(it.demoToken);
    expect(await it.identity.authenticate(it.demoToken)).toBeUndefined();
    expect(await it.identity.authenticate(it.adminToken)).toBeDefined();
  });

  test.each([
    { reason: 'the user is disabled', act: () => it.identity.users.update(it.secrets.demo.userId, { enabled: false }) },
    { reason: 'the user is deleted', act: () => it.identity.users.delete(it.secrets.demo.userId) },
    {
      reason: 'the password is changed',
      act: () => it.identity.users.update(it.secrets.demo.userId, { password: 'new' }),
    },
    {
      reason: 'the project is disabled',
      act: () => it.identity.projects.update(it.secrets.demo.projectId, { enabled: false }),
    },
    { reason: 'the project is deleted', act: () => it.identity.projects.delete(it.secrets.demo.projectId) },
    {
      reason: 'the last role is taken away',
      act: async () => {
        const actor = { kind: 'user', id: it.secrets.demo.userId } as const;
        const target = { kind: 'project', id: it.secrets.demo.projectId } as const;
        for (const role of await it.identity.assignments.rolesGiven(actor, target)) {
          await it.identity.assignments.revoke({ roleId: role.id, actor, target });
        }
      },
    },
  ])('end when $reason, though they were used a moment ago', async ({ act }) => {
    expect(await it.identity.authenticate(it.demoToken)).toBeDefined();
    await act();
    expect(await it.identity.authenticate(it.demoToken)).toBeUndefined();
  });

  test('gain a role as soon as it is given', async () => {
    const role = await it.identity.roles.create({ name: 'auditor' });
    await it.identity.assignments.grant({
      roleId: role.id,
      actor: { kind: 'user', id: it.secrets.demo.userId },
      target: { kind: 'project', id: it.secrets.demo.projectId },
    });
    expect((await it.identity.authenticate(it.demoToken))?.roles).toContain('auditor');
  });

  test('another engine’s change is seen after the cache’s time', async () => {
    const other = await createIdentity({ documents: it.store.documents, clock: it.clock });
    await it.identity.authenticate(it.demoToken);
    await other.tokens.revoke(it.demoToken);
    expect(await it.identity.authenticate(it.demoToken)).toBeDefined();
    it.clock.advance(10_000);
    expect(await it.identity.authenticate(it.demoToken)).toBeUndefined();
  });

  test('that have ended leave the store', async () => {
    it.clock.advance(3_600_000);
    await it.identity.login(passwordLogin('demo'));
    const rows = await it.store.db.selectFrom('documents').select('id').where('kind', '=', 'identity.token').execute();
    expect(rows).toHaveLength(1);
  });

  test('that were seen lately are checked in microseconds', async () => {
    await it.identity.authenticate(it.demoToken);
    const start = performance.now();
    for (let index = 0; index < 5_000; index++) await it.identity.authenticate(it.demoToken);
    // About 5 µs each here; the bound only has to tell a lookup in memory from one in the database.
    expect((performance.now() - start) / 5_000).toBeLessThan(0.1);
  });

  test.each(['', 'x', '0'.repeat(10_000), 'é\u0000'])('the text %j is nobody’s', async (text) => {
    expect(await it.identity.authenticate(text)).toBeUndefined();
  });
});

describe('login', () => {
  test.each<{ reason: string; change: () => Partial<LoginRequest> }>([
    {
      reason: 'a wrong password',
      change: () => ({ password: { user: { id: it.secrets.demo.userId }, password: 'no' } }),
    },
    { reason: 'an unknown user', change: () => ({ password: { user: { id: 'nobody' }, password: 'no' } }) },
    {
      reason: 'an unknown domain',
      change: () => ({ password: { user: { name: 'demo', domain: { name: 'no' } }, password: 'no' } }),
    },
    { reason: 'an unknown project', change: () => ({ scope: { kind: 'project', reference: { id: 'nowhere' } } }) },
    {
      reason: 'a project without a role',
      change: () => ({ scope: { kind: 'project', reference: { id: it.secrets.admin.projectId } } }),
    },
    { reason: 'the system without a role', change: () => ({ scope: { kind: 'system' } }) },
  ])('is refused for $reason, always in the same words', async ({ change }) => {
    const error = await failureOf(it.identity.login(passwordLogin('demo', change())));
    expect(error.reason).toBe('unauthorized');
    expect(error.message).toBe('The request you have made requires authentication.');
  });

  test('goes by names too, in any case', async () => {
    const { token } = await it.identity.login(
      passwordLogin('demo', {
        password: { user: { name: 'DEMO', domain: { name: 'default' } }, password: it.secrets.demo.password },
        scope: { kind: 'project', reference: { name: 'demo', domain: { id: 'default' } } },
      }),
    );
    expect(token.project?.id).toBe(it.secrets.demo.projectId);
  });

  test('without a scope takes the default project, or none if asked so', async () => {
    const chosen = await it.identity.login(passwordLogin('demo', { scope: { kind: 'default' } }));
    expect(chosen.token.project?.name).toBe('demo');
    const unscoped = await it.identity.login(passwordLogin('demo', { scope: { kind: 'unscoped' } }));
    expect(unscoped.token.roles).toEqual([]);
    expect(await it.identity.authenticate(unscoped.text)).toMatchObject({ projectId: '', roles: [], isAdmin: false });
  });

  test('after ten failures is refused for a minute, even with the right password, but not from elsewhere', async () => {
    const wrong = passwordLogin('demo', { password: { user: { id: it.secrets.demo.userId }, password: 'no' } });
    for (let index = 0; index < 10; index++) await failureOf(it.identity.login(wrong));
    expect((await failureOf(it.identity.login(passwordLogin('demo')))).reason).toBe('unauthorized');
    await it.identity.login(passwordLogin('demo', { address: '192.0.2.2' }));
    await it.identity.login(passwordLogin('admin'));
    it.clock.advance(60_000);
    await it.identity.login(passwordLogin('demo'));
  });

  test('with a token keeps its end and its chain', async () => {
    it.clock.advance(1_000_000);
    const first = await it.identity.tokens.validate(it.demoToken);
    const { token } = await it.identity.login({
      methods: ['token'],
      token: it.demoToken,
      scope: { kind: 'unscoped' },
      address: '',
    });
    expect(token.record.expiresAt).toBe(first?.record.expiresAt);
    expect(token.record.methods).toEqual(['token', 'password']);
    expect(token.record.auditIds[1]).toBe(first?.record.auditIds[0]);
  });

  test('with an application credential has its roles and cannot be widened', async () => {
    const reader = await it.identity.roles.byName('reader');
    const { row, secret } = await it.identity.applicationCredentials.create({
      name: 'ci',
      userId: it.secrets.demo.userId,
      projectId: it.secrets.demo.projectId,
      description: null,
      roleIds: [reader?.id ?? ''],
      expiresAt: it.clock.now() + 60_000,
      unrestricted: false,
    });
    const request: LoginRequest = {
      methods: ['application_credential'],
      applicationCredential: { id: row.id, secret },
      scope: { kind: 'default' },
      address: '',
    };
    const { text, token } = await it.identity.login(request);
    expect(token.roles.map(({ name }) => name)).toEqual(['reader']);
    const widened = await failureOf(
      it.identity.login({ methods: ['token'], token: text, scope: { kind: 'default' }, address: '' }),
    );
    expect(widened.reason).toBe('forbidden');
    it.clock.advance(60_000);
    expect(await it.identity.authenticate(text)).toBeUndefined();
    expect((await failureOf(it.identity.login(request))).reason).toBe('unauthorized');
  });

  test('with a trust speaks for who gave it, with no more than was given', async () => {
    const reader = await it.identity.roles.byName('reader');
    const trust = await it.identity.trusts.create({
      trustorId: it.secrets.demo.userId,
      trusteeId: it.secrets.admin.userId,
      projectId: it.secrets.demo.projectId,
      impersonation: true,
      roleIds: [reader?.id ?? ''],
      expiresAt: null,
      remainingUses: 1,
    });
    const request = passwordLogin('admin', { scope: { kind: 'trust', reference: { id: trust.id } } });
    const { text } = await it.identity.login(request);
    expect(await it.identity.authenticate(text)).toMatchObject({
      userId: it.secrets.demo.userId,
      projectId: it.secrets.demo.projectId,
      roles: ['reader'],
      isAdmin: false,
    });
    expect((await failureOf(it.identity.login(request))).reason).toBe('forbidden');
    const stranger = passwordLogin('demo', { scope: { kind: 'trust', reference: { id: trust.id } } });
    expect((await failureOf(it.identity.login(stranger))).reason).toBe('forbidden');
  });
});

describe('roles', () => {
  test('come by groups, from a domain to its projects, and go with them', async () => {
    const { identity } = it;
    const domain = await identity.domains.create({ name: 'acme' });
    const parent = await identity.projects.create({ name: 'parent', domainId: domain.id });
    const child = await identity.projects.create({ name: 'child', domainId: domain.id, parentId: parent.id });
    const user = await identity.users.create({ name: 'eve', domainId: domain.id });
    const group = await identity.groups.create({ name: 'team', domainId: domain.id });
    await identity.groups.addUser(group.id, user.id);
    const role = await identity.roles.byName('member');
    const grant = {
      roleId: role?.id ?? '',
      actor: { kind: 'group', id: group.id },
      target: { kind: 'domain', id: domain.id },
      inherited: true,
    } as const;
    await identity.assignments.grant(grant);

    const rolesOn = async (id: string) =>
      (await identity.assignments.effectiveRoles(user.id, { kind: 'project', id })).map(({ name }) => name);
    expect(await rolesOn(child.id)).toEqual(['member', 'reader']);
    expect(await identity.assignments.effectiveRoles(user.id, { kind: 'domain', id: domain.id })).toEqual([]);
    expect((await identity.assignments.projectsOf(user.id)).map(({ name }) => name)).toEqual(['parent', 'child']);

    await identity.groups.removeUser(group.id, user.id);
    expect(await rolesOn(child.id)).toEqual([]);
  });

  test('the administrator’s role cannot come with another', async () => {
    const [reader, admin] = await Promise.all([it.identity.roles.byName('reader'), it.identity.roles.byName('admin')]);
    expect((await failureOf(it.identity.roles.imply(reader?.id ?? '', admin?.id ?? ''))).reason).toBe('forbidden');
  });
});

test('a domain takes everything in it along, once it is disabled', async () => {
  const { identity } = it;
  const domain = await identity.domains.create({ name: 'acme' });
  const parent = await identity.projects.create({ name: 'parent', domainId: domain.id });
  await identity.projects.create({ name: 'child', domainId: domain.id, parentId: parent.id });
  await identity.users.create({ name: 'eve', domainId: domain.id, defaultProjectId: parent.id });
  expect((await failureOf(identity.domains.delete(domain.id))).message).toBe(
    'Cannot delete a domain that is enabled, please disable it first.',
  );
  await identity.domains.update(domain.id, { enabled: false });
  await identity.domains.delete(domain.id);
  expect(await identity.projects.list(domain.id)).toEqual([]);
  expect(await identity.users.list(domain.id)).toEqual([]);
});

test('two requests that take one name at the same time: one of them is told', async () => {
  const attempts = [1, 2].map(() => it.identity.users.create({ name: 'twin', domainId: 'default' }));
  const results = await Promise.allSettled(attempts);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const failed = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect((failed.reason as Error).message).toBe(
    'Conflict occurred attempting to store user - Duplicate entry found with name twin at domain ID default.',
  );
});

describe('users of stacks', () => {
  const owner = () => ({ projectId: it.secrets.demo.projectId, projectName: 'demo', stackId: 'stack-1' });

  test('act in the project of their stack, as stack users only, and reach no other stack', async () => {
    const user = await it.identity.createStackUser(owner(), 'stack-1-user');
    const pair = await it.identity.createEc2Keypair(user.userId);
    const holder = await it.identity.accessKey(pair.access);
    expect(holder).toEqual({
      secret: pair.secret,
      caller: {
        projectId: it.secrets.demo.projectId,
        projectName: 'demo',
        userId: user.userId,
        userName: 'stack-1-user',
        roles: ['heat_stack_user'],
        isAdmin: false,
        region: 'RegionOne',
        origin: 'cfn',
        stackId: 'stack-1',
      },
    });
    const { text } = await it.identity.login({
      methods: ['password'],
      password: { user: { id: user.userId }, password: user.password },
      scope: { kind: 'project', reference: { id: user.stackProjectId } },
      address: '',
    });
    expect(await it.identity.authenticate(text)).toMatchObject({ stackId: 'stack-1', roles: ['heat_stack_user'] });
  });

  test('may be made twice for one stack, never for two', async () => {
    const first = await it.identity.createStackUser(owner(), 'u');
    const second = await it.identity.createStackUser(owner(), 'u');
    expect(second.userId).toBe(first.userId);
    await expect(it.identity.createStackUser({ ...owner(), stackId: 'stack-2' }, 'u')).rejects.toThrow('another stack');
  });

  test('lose their keys when they, or their stack, go', async () => {
    const one = await it.identity.createStackUser(owner(), 'one');
    const two = await it.identity.createStackUser(owner(), 'two');
    const [keyOne, keyTwo] = [
      await it.identity.createEc2Keypair(one.userId),
      await it.identity.createEc2Keypair(two.userId),
    ];
    expect(await it.identity.accessKey(keyOne.access)).toBeDefined();
    await it.identity.deleteStackUser(one.userId);
    await it.identity.deleteStackUser(one.userId);
    expect(await it.identity.accessKey(keyOne.access)).toBeUndefined();
    await it.identity.deleteStackProject(owner());
    expect(await it.identity.accessKey(keyTwo.access)).toBeUndefined();
    await it.identity.deleteStackProject(owner());
  });
});
