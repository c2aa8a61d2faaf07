import { AWS_LIMITS, type CfnRequest } from '../../src/api-cfn/api-types.js';
import { createSignatureAuthentication } from '../../src/api-cfn/authenticate.js';
import { createCfnApi } from '../../src/api-cfn/cfn-api.js';
import { signUrl, v2Signature } from '../../src/identity/signatures/signature-v2.js';
import { v4CanonicalRequest, v4Signature } from '../../src/identity/signatures/signature-v4.js';
import { sha256Hex } from '../../src/identity/signatures/signed-request.js';
import { CFN_CALLER } from '../helpers/cfn-client.js';

const NOW = Date.UTC(2026, 0, 1, 12);
const keys = new Map([
  ['key', { secret: 'secret', caller: CFN_CALLER }],
  ['user', { secret: 'hidden', caller: { ...CFN_CALLER, roles: ['heat_stack_user'], stackId: 'stack-1' } }],
]);
const authenticate = createSignatureAuthentication({ accessKey: async (id) => keys.get(id), now: () => NOW });
const request = (over: Partial<CfnRequest>): CfnRequest => ({
  method: 'GET',
  path: '/cfn/',
  route: '/',
  query: '',
  headers: { host: 'localhost:8000' },
  ...over,
});
const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

function version2(over: Record<string, string> = {}, secret = 'secret'): CfnRequest {
  const parameters = Object.entries({
    Action: 'ListStacks',
    AWSAccessKeyId: 'key',
    SignatureVersion: '2',
    SignatureMethod: 'HmacSHA256',
    Timestamp: new Date(NOW).toISOString(),
    ...over,
  });
  const signature = v2Signature(secret, { method: 'GET', host: 'localhost:8000', path: '/cfn/', parameters }, 'sha256');
  return request({ query: new URLSearchParams([...parameters, ['Signature', signature]]).toString() });
}

function presigned(at: number, expires: number): CfnRequest {
  const claim = {
    accessKey: 'key',
    date: stamp(at).slice(0, 8),
    region: 'eu-central-1',
    service: 'cloudformation',
    signedHeaders: ['host'],
    signature: '',
    timestamp: stamp(at),
    expiresIn: expires,
  };
  const query: [string, string][] = [
    ['Action', 'ListStacks'],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `key/${claim.date}/eu-central-1/cloudformation/aws4_request`],
    ['X-Amz-Date', claim.timestamp],
    ['X-Amz-Expires', String(expires)],
    ['X-Amz-SignedHeaders', 'host'],
  ];
  const signed = { method: 'GET', path: '/cfn/', query, headers: { host: 'localhost:8000' }, bodyHash: sha256Hex('') };
  const signature = v4Signature('secret', claim, v4CanonicalRequest(signed, claim, '/cfn/'));
  return request({ query: new URLSearchParams([...query, ['X-Amz-Signature', signature]]).toString() });
}

test('a presigned address speaks for its region until it expires', async () => {
  expect(await authenticate(presigned(NOW - 60_000, 900))).toMatchObject({
    projectId: 'p1',
    region: 'eu-central-1',
    origin: 'cfn',
  });
  await expect(authenticate(presigned(NOW - 3_600_000, 900))).rejects.toMatchObject({
    code: 'RequestExpired',
    status: 403,
  });
});

test('version 2 is taken as Heat takes it, within five minutes', async () => {
  expect(await authenticate(version2())).toMatchObject({ userId: 'u1', region: 'us-east-1' });
  const old = version2({ Timestamp: new Date(NOW - 301_000).toISOString() });
  await expect(authenticate(old)).rejects.toMatchObject({ code: 'RequestExpired', status: 403 });
  const tampered = version2();
  await expect(
    authenticate({ ...tampered, query: tampered.query.replace('ListStacks', 'DeleteStack') }),
  ).rejects.toMatchObject({
    code: 'SignatureDoesNotMatch',
    status: 403,
  });
});

test.each([
  { reason: 'nothing signed', given: request({}), code: 'MissingAuthenticationToken', status: 403 },
  {
    reason: 'an unknown key',
    given: version2({ AWSAccessKeyId: 'nobody' }),
    code: 'InvalidClientTokenId',
    status: 403,
  },
  { reason: 'a wrong secret', given: version2({}, 'guess'), code: 'SignatureDoesNotMatch', status: 403 },
  {
    reason: 'another scheme',
    given: request({ headers: { host: 'x', authorization: 'Basic eDp5' } }),
    code: 'IncompleteSignature',
    status: 400,
  },
])('$reason is refused', async ({ given, code, status }) => {
  await expect(authenticate(given)).rejects.toMatchObject({ code, status });
});

test('users of stacks reach their stack only: they signal, and little else', async () => {
  const signals: unknown[] = [];
  const api = createCfnApi({
    stacks: { signal: async (...args: unknown[]) => void signals.push(args.slice(1)) } as never,
    documents: {} as never,
    authenticate,
    fetchTemplate: async () => '',
    typeSchema: () => undefined,
    limits: AWS_LIMITS,
    now: () => NOW,
    reportBug: (error) => {
      throw error;
    },
  });
  const send = async (stackId: string) => {
    const path = `/cfn/v1/waitcondition/arn%3Aopenstack%3Aheat%3A%3Ap1%3Astacks/s/${stackId}/resources/Handle`;
    const url = new URL(
      signUrl({ method: 'PUT', url: `http://localhost:8000${path}`, accessKey: 'user', secret: 'hidden' }),
    );
    return api.handle(
      request({
        method: 'PUT',
        path,
        route: path.slice(4),
        query: url.search.slice(1),
        body: '{"Status": "SUCCESS", "UniqueId": "1", "Data": "d", "Reason": "r"}',
      }),
    );
  };
  const own = await send('stack-1');
  expect([own.status, own.body]).toEqual([200, '<resource>Handle</resource>']);
  expect(signals).toEqual([['stack-1', 'Handle', { Status: 'SUCCESS', UniqueId: '1', Data: 'd', Reason: 'r' }]]);
  expect((await send('stack-2')).status).toBe(403);
  const other = await api.handle(version2({ AWSAccessKeyId: 'user' }, 'hidden'));
  expect([other.status, /<Code>(\w+)</.exec(other.body)?.[1]]).toEqual([403, 'AccessDenied']);
});
