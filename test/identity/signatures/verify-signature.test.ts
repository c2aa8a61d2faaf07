import {
  canonicalPaths,
  canonicalQuery,
  normalizePath,
  uriEncode,
} from '../../../src/identity/signatures/canonical.js';
import { signUrl, v2Signature } from '../../../src/identity/signatures/signature-v2.js';
import { v4CanonicalRequest, v4Signature } from '../../../src/identity/signatures/signature-v4.js';
import { type SignedRequest, sha256Hex } from '../../../src/identity/signatures/signed-request.js';
import { verifySignature } from '../../../src/identity/signatures/verify-signature.js';

const SUITE_KEY = 'AKIDEXAMPLE';
const SUITE_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const DOCS_KEY = 'AKIAIOSFODNN7EXAMPLE';
const DOCS_SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const SUITE_TIME = Date.parse('2015-08-30T12:36:00Z');

const lookup = async (accessKey: string) => ({ [SUITE_KEY]: SUITE_SECRET, [DOCS_KEY]: DOCS_SECRET })[accessKey];

interface Vector {
  readonly reason: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: [string, string][];
  readonly headers?: SignedRequest['headers'];
  readonly signedHeaders?: string;
  readonly body?: string;
  readonly signature: string;
}

function suiteRequest({
  method = 'GET',
  path = '/',
  query = [],
  headers = {},
  signedHeaders = 'host;x-amz-date',
  body = '',
  signature,
}: Vector): SignedRequest {
  return {
    method,
    path,
    query,
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${SUITE_KEY}/20150830/us-east-1/service/aws4_request, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    },
    bodyHash: sha256Hex(body),
  };
}

describe('version 4 in the header', () => {
  test.each<Vector>([
    { reason: 'get-vanilla', signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
    {
      reason: 'get-vanilla-query-order-key-case',
      query: [
        ['Param2', 'value2'],
        ['Param1', 'value1'],
      ],
      signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    },
    {
      reason: 'get-vanilla-empty-query-key',
      query: [['Param1', 'value1']],
      signature: 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
    },
    {
      reason: 'get-vanilla-query-unreserved',
      query: [
        [
          '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
          '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
        ],
      ],
      signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    },
    { reason: 'get-utf8', path: '/ሴ', signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85' },
    {
      reason: 'get-relative',
      path: '/example/..',
      signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    {
      reason: 'get-slashes',
      path: '//',
      signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    {
      reason: 'post-vanilla',
      method: 'POST',
      signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    },
    {
      reason: 'post-x-www-form-urlencoded',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      signedHeaders: 'content-type;host;x-amz-date',
      body: 'Param1=value1',
      signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    },
    {
      reason: 'get-header-value-trim',
      headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
      signedHeaders: 'host;my-header1;my-header2;x-amz-date',
      signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    },
    {
      reason: 'get-header-key-duplicate',
      headers: { 'my-header1': ['value2', 'value2', 'value1'] },
      signedHeaders: 'host;my-header1;x-amz-date',
      signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    },
  ])("AWS's test suite: $reason", async (vector) => {
    const verdict = await verifySignature(suiteRequest(vector), lookup, { now: SUITE_TIME });
    expect(verdict).toEqual({ ok: true, accessKey: SUITE_KEY, version: 4 });
  });

  test("the example of AWS's guide to signing (ListUsers)", () => {
    const claim = {
      accessKey: SUITE_KEY,
      date: '20150830',
      region: 'us-east-1',
      service: 'iam',
      signedHeaders: ['content-type', 'host', 'x-amz-date'],
      signature: '',
      timestamp: '20150830T123600Z',
      expiresIn: undefined,
    };
    const request: SignedRequest = {
      method: 'GET',
      path: '/',
      query: [
        ['Action', 'ListUsers'],
        ['Version', '2010-05-08'],
      ],
      headers: {
        host: 'iam.amazonaws.com',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-amz-date': '20150830T123600Z',
      },
      bodyHash: sha256Hex(''),
    };
    const canonical = v4CanonicalRequest(request, claim, '/');
    expect(sha256Hex(canonical)).toBe('f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59');
    expect(v4Signature(SUITE_SECRET, claim, canonical)).toBe(
      '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });

  const vanilla = { reason: '', signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' };

  test.each([
    { reason: 'a changed query', change: { query: [['a', 'b']] as [string, string][] }, code: 'SignatureDoesNotMatch' },
    { reason: 'a changed body', change: { bodyHash: sha256Hex('x') }, code: 'SignatureDoesNotMatch' },
    { reason: 'another method', change: { method: 'DELETE' }, code: 'SignatureDoesNotMatch' },
    { reason: 'another path', change: { path: '/other' }, code: 'SignatureDoesNotMatch' },
  ])('$reason is refused', async ({ change, code }) => {
    const verdict = await verifySignature({ ...suiteRequest(vanilla), ...change }, lookup, { now: SUITE_TIME });
    expect(verdict).toMatchObject({ ok: false, code });
  });

  test.each([
    { reason: 'no signature at all', authorization: undefined, code: 'MissingAuthenticationToken' },
    { reason: 'no parts', authorization: 'AWS4-HMAC-SHA256', code: 'IncompleteSignature' },
    { reason: 'another scheme', authorization: 'Bearer x', code: 'IncompleteSignature' },
    {
      reason: 'an unknown key',
      authorization:
        'AWS4-HMAC-SHA256 Credential=NOBODY/20150830/us-east-1/s/aws4_request, SignedHeaders=host, Signature=0',
      code: 'InvalidClientTokenId',
    },
    {
      reason: 'a day that is not the time’s',
      authorization: `AWS4-HMAC-SHA256 Credential=${SUITE_KEY}/20150831/us-east-1/s/aws4_request, SignedHeaders=host, Signature=0`,
      code: 'IncompleteSignature',
    },
    {
      reason: 'a host that is not signed',
      authorization: `AWS4-HMAC-SHA256 Credential=${SUITE_KEY}/20150830/us-east-1/s/aws4_request, SignedHeaders=x-amz-date, Signature=0`,
      code: 'IncompleteSignature',
    },
  ])('$reason gives $code', async ({ authorization, code }) => {
    const request = suiteRequest(vanilla);
    const verdict = await verifySignature({ ...request, headers: { ...request.headers, authorization } }, lookup, {
      now: SUITE_TIME,
    });
    expect(verdict).toMatchObject({ ok: false, code });
  });

  test('a signature holds five minutes to either side', async () => {
    const at = (ms: number) => verifySignature(suiteRequest(vanilla), lookup, { now: SUITE_TIME + ms });
    expect(await at(299_000)).toMatchObject({ ok: true });
    expect(await at(-299_000)).toMatchObject({ ok: true });
    expect(await at(301_000)).toEqual({
      ok: false,
      code: 'SignatureDoesNotMatch',
      message: 'Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)',
    });
    expect(await at(-301_000)).toMatchObject({
      ok: false,
      message: expect.stringContaining('Signature not yet current'),
    });
  });
});

describe('version 4 in the query', () => {
  const presigned: SignedRequest = {
    method: 'GET',
    path: '/test.txt',
    query: [
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Credential', `${DOCS_KEY}/20130524/us-east-1/s3/aws4_request`],
      ['X-Amz-Date', '20130524T000000Z'],
      ['X-Amz-Expires', '86400'],
      ['X-Amz-SignedHeaders', 'host'],
      ['X-Amz-Signature', 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'],
    ],
    headers: { host: 'examplebucket.s3.amazonaws.com' },
    bodyHash: 'UNSIGNED-PAYLOAD',
  };
  const signedAt = Date.parse('2013-05-24T00:00:00Z');

  test("the example of AWS's documentation holds as long as it says", async () => {
    expect(await verifySignature(presigned, lookup, { now: signedAt + 86_400_000 })).toMatchObject({ ok: true });
    expect(await verifySignature(presigned, lookup, { now: signedAt + 86_401_000 })).toMatchObject({
      ok: false,
      code: 'RequestExpired',
    });
  });

  test('its life cannot be made longer', async () => {
    const query = presigned.query.map(([name, value]) => [name, name === 'X-Amz-Expires' ? '600000' : value] as const);
    expect(await verifySignature({ ...presigned, query }, lookup, { now: signedAt })).toMatchObject({
      ok: false,
      code: 'SignatureDoesNotMatch',
    });
  });
});

describe('version 2', () => {
  const parameters: [string, string][] = [
    ['AWSAccessKeyId', DOCS_KEY],
    ['Action', 'DescribeJobFlows'],
    ['SignatureMethod', 'HmacSHA256'],
    ['SignatureVersion', '2'],
    ['Timestamp', '2011-10-03T15:19:30'],
    ['Version', '2009-03-31'],
  ];
  const host = 'elasticmapreduce.amazonaws.com';
  const signedAt = Date.parse('2011-10-03T15:19:30Z');
  const signature = 'i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs=';

  test("the example of AWS's documentation", async () => {
    expect(v2Signature(DOCS_SECRET, { method: 'GET', host, path: '/', parameters }, 'sha256')).toBe(signature);
    const request: SignedRequest = {
      method: 'GET',
      path: '/',
      query: [...parameters, ['Signature', signature]],
      headers: { host },
      bodyHash: sha256Hex(''),
    };
    expect(await verifySignature(request, lookup, { now: signedAt })).toEqual({
      ok: true,
      accessKey: DOCS_KEY,
      version: 2,
    });
    expect(await verifySignature(request, lookup, { now: signedAt + 301_000 })).toMatchObject({
      code: 'RequestExpired',
    });
  });

  test('a form is signed as a query is, and the port may be left out of the host', async () => {
    const form = [
      ...parameters,
      ['Signature', v2Signature(DOCS_SECRET, { method: 'POST', host, path: '/', parameters }, 'sha256')],
    ] as [string, string][];
    const request: SignedRequest = {
      method: 'POST',
      path: '/',
      query: [],
      form,
      headers: { host: `${host}:8000` },
      bodyHash: '',
    };
    expect(await verifySignature(request, lookup, { now: signedAt })).toMatchObject({ ok: true });
  });

  test('a signed URL of ours holds without a time where that is allowed, and only as it is', async () => {
    const url = new URL(
      signUrl({
        method: 'PUT',
        url: 'http://127.0.0.1:8004/cfn/signal/a%20b',
        accessKey: DOCS_KEY,
        secret: DOCS_SECRET,
      }),
    );
    const request: SignedRequest = {
      method: 'PUT',
      path: url.pathname,
      query: [...url.searchParams],
      headers: { host: url.host },
      bodyHash: '',
    };
    expect(await verifySignature(request, lookup, { now: 0, timeRequired: false })).toMatchObject({ ok: true });
    expect(await verifySignature(request, lookup, { now: 0 })).toMatchObject({
      ok: false,
      code: 'IncompleteSignature',
    });
    expect(
      await verifySignature({ ...request, path: '/cfn/signal/other' }, lookup, { now: 0, timeRequired: false }),
    ).toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });

  test.each(['0', '1', '3'])('version %s is refused', async (version) => {
    const query = [
      ...parameters.filter(([name]) => name !== 'SignatureVersion'),
      ['SignatureVersion', version],
      ['Signature', 'x'],
    ] as [string, string][];
    const request: SignedRequest = { method: 'GET', path: '/', query, headers: { host }, bodyHash: '' };
    expect(await verifySignature(request, lookup, { now: signedAt })).toMatchObject({ code: 'IncompleteSignature' });
  });
});

describe('canonical forms', () => {
  test.each([
    ["a'(b)*!", 'a%27%28b%29%2A%21'],
    ['a b+c', 'a%20b%2Bc'],
    ['é€😀', '%C3%A9%E2%82%AC%F0%9F%98%80'],
    ['\ud800', '%EF%BF%BD'],
  ])('%j is encoded as %s', (text, expected) => {
    expect(uriEncode(text)).toBe(expected);
  });

  test('pairs are sorted by their encoded bytes, by value where names are the same', () => {
    expect(
      canonicalQuery([
        ['b', '2'],
        ['b', '1'],
        ['a!', ''],
        ['B', ''],
      ]),
    ).toBe('B=&a%21=&b=1&b=2');
  });

  test.each([
    ['/a/./b/../c/', '/a/c/'],
    ['', '/'],
    ['//a//', '/a/'],
    ['/..', '/'],
  ])('the path %j becomes %s', (path, expected) => {
    expect(normalizePath(path)).toBe(expected);
  });

  test('a path may be signed as it was sent or encoded once more', () => {
    expect(canonicalPaths('/a%20b')).toEqual(['/a%2520b', '/a%20b']);
  });
});
