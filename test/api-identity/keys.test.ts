import { v2Signature } from '../../src/identity/signatures/signature-v2.js';
import { v4CanonicalRequest, v4Signature } from '../../src/identity/signatures/signature-v4.js';
import { sha256Hex } from '../../src/identity/signatures/signed-request.js';
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

describe('EC2 key pairs', () => {
  const path = () => `/v3/users/${it.secrets.demo.userId}/credentials/OS-EC2`;

  test('are made, listed, shown and deleted by their user', async () => {
    const { projectId, userId } = it.secrets.demo;
    const answer = await it.asDemo('POST', path(), { tenant_id: projectId });
    const { credential } = answer.body;
    expect(answer.status).toBe(201);
    expect(credential).toEqual({
      user_id: userId,
      tenant_id: projectId,
      access: expect.stringMatching(/^[0-9a-f]{32}$/),
      secret: expect.stringMatching(/^[0-9a-f]{32}$/),
      trust_id: null,
      links: { self: `${V3}/users/${userId}/credentials/OS-EC2/${credential.access}` },
    });
    expect((await it.asDemo('GET', path())).body.credentials).toHaveLength(2);
    expect((await it.asDemo('GET', `${path()}/${credential.access}`)).body.credential).toEqual(credential);
    expect((await it.asDemo('DELETE', `${path()}/${credential.access}`)).status).toBe(204);
    expect(await it.identity.accessKey(credential.access)).toBeUndefined();
  });

  test('belong to one user: nobody else gets at them, by any address', async () => {
    const { admin, demo } = it.secrets;
    const others = [
      `/v3/users/${admin.userId}/credentials/OS-EC2`,
      `/v3/users/${admin.userId}/credentials/OS-EC2/${admin.accessKey}`,
      `/v3/users/${demo.userId}/credentials/OS-EC2/${admin.accessKey}`,
    ];
    for (const other of others) {
      const answer = await it.asDemo('GET', other);
      expect(answer.status).toBe(403);
      expect(answer.text).not.toContain(admin.secretKey);
    }
    expect((await it.asDemo('DELETE', others[2] ?? '')).status).toBe(403);
    expect((await it.asDemo('POST', path(), { tenant_id: 'nowhere' })).body.error.message).toBe(
      'Could not find project: nowhere.',
    );
  });

  test('are credentials of type ec2 too', async () => {
    const { credentials } = (await it.asDemo('GET', '/v3/credentials?type=ec2')).body;
    expect(credentials).toHaveLength(1);
    expect(JSON.parse(credentials[0].blob)).toMatchObject({
      access: it.secrets.demo.accessKey,
      secret: it.secrets.demo.secretKey,
    });
    const blob = JSON.stringify({ access: 'my-access', secret: 'my-secret' });
    const credential = { type: 'ec2', blob, user_id: it.secrets.demo.userId, project_id: it.secrets.demo.projectId };
    const made = await it.asDemo('POST', '/v3/credentials', { credential });
    expect(made.body.credential.id).toBe(sha256Hex('my-access'));
    expect((await it.identity.accessKey('my-access'))?.secret).toBe('my-secret');
    expect((await it.asDemo('POST', '/v3/credentials', { credential })).status).toBe(409);
    const forAdmin = await it.asDemo('POST', '/v3/credentials', {
      credential: { ...credential, user_id: it.secrets.admin.userId },
    });
    expect(forAdmin.status).toBe(403);
  });
});

describe('checking a signature for another service', () => {
  const question = () => {
    const params: [string, string][] = [
      ['AWSAccessKeyId', it.secrets.demo.accessKey],
      ['Action', 'ListStacks'],
      ['SignatureMethod', 'HmacSHA256'],
      ['SignatureVersion', '2'],
      ['Timestamp', '2026-01-01T00:00:00Z'],
    ];
    const signature = v2Signature(
      it.secrets.demo.secretKey,
      { method: 'GET', host: 'heat:8000', path: '/v1/', parameters: params },
      'sha256',
    );
    return {
      access: it.secrets.demo.accessKey,
      host: 'heat:8000',
      verb: 'GET',
      path: '/v1/',
      params: Object.fromEntries(params),
      signature,
    };
  };

  test('gives services and administrators a token for who signed', async () => {
    const answer = await it.asAdmin('POST', '/v3/ec2tokens', { ec2Credentials: question() });
    expect(answer.status).toBe(200);
    expect(answer.body.token).toMatchObject({
      methods: ['ec2credential'],
      user: { name: 'demo' },
      project: { name: 'demo' },
    });
    expect(await it.identity.authenticate(answer.headers['X-Subject-Token'] ?? '')).toMatchObject({ userName: 'demo' });
    // Such a token must not become a lasting secret.
    const keys = await it.send('GET', '/v3/credentials', { token: answer.headers['X-Subject-Token'] ?? '' });
    expect(keys.body.error.message).toBe(
      'You are not authorized to perform the requested action: Delegated tokens cannot access credentials directly.',
    );
  });

  test('is not for everybody', async () => {
    expect((await it.asDemo('POST', '/v3/ec2tokens', { ec2Credentials: question() })).status).toBe(403);
    expect((await it.send('POST', '/v3/ec2tokens', { body: { ec2Credentials: question() } })).status).toBe(401);
  });

  test('fails for anything that was changed, and when it is old', async () => {
    const changed = { ...question(), path: '/other' };
    expect((await it.asAdmin('POST', '/v3/ec2tokens', { ec2Credentials: changed })).status).toBe(401);
    const borrowed = { ...question(), access: it.secrets.admin.accessKey };
    expect((await it.asAdmin('POST', '/v3/ec2tokens', { ec2Credentials: borrowed })).status).toBe(401);
    it.clock.advance(16 * 60_000);
    expect((await it.asAdmin('POST', '/v3/ec2tokens', { ec2Credentials: question() })).status).toBe(401);
  });

  test('knows version 4 in the header, with the body by its hash', async () => {
    const body = 'Action=ListStacks&Version=2010-05-15';
    const host = 'heat:8000';
    const claim = {
      accessKey: it.secrets.demo.accessKey,
      date: '20260101',
      region: 'RegionOne',
      service: 'cloudformation',
      signedHeaders: ['host', 'x-amz-date'],
      signature: '',
      timestamp: '20260101T000000Z',
      expiresIn: undefined,
    };
    const bodyHash = sha256Hex(body);
    const request = {
      method: 'POST',
      path: '/v1/',
      query: [],
      headers: { host, 'x-amz-date': claim.timestamp },
      bodyHash,
    };
    const signature = v4Signature(it.secrets.demo.secretKey, claim, v4CanonicalRequest(request, claim, '/v1/'));
    const answer = await it.asAdmin('POST', '/v3/ec2tokens', {
      ec2Credentials: {
        access: claim.accessKey,
        signature,
        host,
        verb: 'POST',
        path: '/v1/',
        params: Object.fromEntries(new URLSearchParams(body)),
        headers: {
          Host: host,
          'X-Amz-Date': claim.timestamp,
          Authorization: `AWS4-HMAC-SHA256 Credential=${claim.accessKey}/20260101/RegionOne/cloudformation/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
        },
        body_hash: bodyHash,
      },
    });
    expect(answer.body.token).toMatchObject({ user: { name: 'demo' } });
  });
});

describe('application credentials', () => {
  const path = () => `/v3/users/${it.secrets.demo.userId}/application_credentials`;

  test('are made with a secret that shows once, and log in', async () => {
    const answer = await it.asDemo('POST', path(), {
      application_credential: { name: 'ci', roles: [{ name: 'reader' }], expires_at: '2026-01-02T00:00:00' },
    });
    expect(answer.status).toBe(201);
    const { secret, id, ...rest } = answer.body.application_credential;
    expect(rest).toMatchObject({
      name: 'ci',
      project_id: it.secrets.demo.projectId,
      unrestricted: null,
      expires_at: '2026-01-02T00:00:00.000000',
      roles: [{ name: 'reader', domain_id: null }],
    });
    const listed = await it.asDemo('GET', path());
    expect(listed.body.application_credentials).toHaveLength(1);
    expect(listed.text).not.toContain(secret);

    const auth = (application_credential: object, scope?: object) =>
      it.send('POST', '/v3/auth/tokens', {
        body: {
          auth: { identity: { methods: ['application_credential'], application_credential }, ...(scope && { scope }) },
        },
      });
    const login = await auth({ id, secret });
    expect(login.body.token).toMatchObject({
      application_credential: { id, name: 'ci', restricted: true },
      project: { name: 'demo' },
    });
    expect((await auth({ name: 'ci', user: { name: 'demo', domain: { id: 'default' } }, secret })).status).toBe(201);
    expect((await auth({ id, secret: 'no' })).status).toBe(401);
    expect((await auth({ id, secret }, { system: { all: true } })).body.error.message).toBe(
      'Error authenticating with application credential: Application credentials cannot request a scope.',
    );
    // A restricted one cannot make others of its kind.
    const token = login.headers['X-Subject-Token'] ?? '';
    expect((await it.send('POST', path(), { token, body: { application_credential: { name: 'more' } } })).status).toBe(
      403,
    );
    expect((await it.asDemo('DELETE', `${path()}/${id}`)).status).toBe(204);
    expect((await it.send('GET', '/v3/auth/projects', { token })).status).toBe(401);
  });

  test('have no more than their maker has, and are only for the maker', async () => {
    const more = await it.asDemo('POST', path(), { application_credential: { name: 'x', roles: [{ name: 'admin' }] } });
    expect(more.body.error.message).toBe(
      'Invalid application credential: Cannot create an application credential with unassigned role',
    );
    expect((await it.asAdmin('POST', path(), { application_credential: { name: 'x' } })).status).toBe(403);
    const past = await it.asDemo('POST', path(), {
      application_credential: { name: 'x', expires_at: '2020-01-01T00:00:00Z' },
    });
    expect(past.status).toBe(400);
  });
});

test('trusts are for their two sides', async () => {
  const trust = {
    trustor_user_id: it.secrets.demo.userId,
    trustee_user_id: it.secrets.admin.userId,
    impersonation: true,
    project_id: it.secrets.demo.projectId,
    roles: [{ name: 'member' }],
  };
  const made = await it.asDemo('POST', '/v3/OS-TRUST/trusts', { trust });
  expect(made).toMatchObject({ status: 201, body: { trust: { remaining_uses: null, roles: [{ name: 'member' }] } } });
  const { id } = made.body.trust;
  expect((await it.asAdmin('GET', `/v3/OS-TRUST/trusts/${id}`)).status).toBe(200);
  expect(
    (await it.asDemo('GET', `/v3/OS-TRUST/trusts?trustor_user_id=${it.secrets.demo.userId}`)).body.trusts,
  ).toHaveLength(1);
  expect((await it.asDemo('GET', '/v3/OS-TRUST/trusts')).status).toBe(403);
  expect((await it.asAdmin('POST', '/v3/OS-TRUST/trusts', { trust })).status).toBe(403);
  expect(
    (await it.asDemo('POST', '/v3/OS-TRUST/trusts', { trust: { ...trust, roles: [{ name: 'admin' }] } })).status,
  ).toBe(404);
  expect((await it.asDemo('DELETE', `/v3/OS-TRUST/trusts/${id}`)).status).toBe(204);
});
