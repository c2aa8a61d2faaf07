import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createChecksum } from '../../src/api-s3/checksums.js';
import { ownPlace } from '../../src/api-s3/own-objects.js';
import { S3Bench } from './s3-client.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const crc32 = (text: string) => {
  const sum = createChecksum('crc32');
  sum.update(Buffer.from(text));
  return sum.digest();
};

describe('the object endpoint', () => {
  let bench: S3Bench;

  beforeEach(async () => {
    bench = await new S3Bench().open({ limits: { minPartBytes: 4, maxObjectBytes: 100_000 } });
    expect((await bench.call('PUT', '/bucket')).status).toBe(200);
  });

  afterEach(async () => {
    await bench.close();
    expect(bench.bugs).toEqual([]);
  });

  test('gives back what was put, with its tag, type and metadata', async () => {
    const headers = { 'content-type': 'text/plain', 'x-amz-meta-colour': 'blue' };
    const put = await bench.call('PUT', '/bucket/a/ü +&.txt', { body: 'hello', headers });
    expect([put.status, put.headers.etag]).toEqual([200, `"${md5('hello')}"`]);
    const got = await bench.call('GET', '/bucket/a/ü +&.txt');
    expect([got.status, got.text]).toEqual([200, 'hello']);
    expect(got.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-amz-meta-colour': 'blue',
      'content-length': '5',
    });
    const head = await bench.call('HEAD', '/bucket/a/ü +&.txt');
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '5']);
  });

  test.each([
    { reason: 'signed chunks', payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', trailer: undefined },
    {
      reason: 'signed chunks with a signed trailer',
      payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      trailer: { 'x-amz-checksum-crc32': crc32('hello world') },
    },
    {
      reason: 'unsigned chunks with a trailer',
      payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      trailer: { 'x-amz-checksum-crc32': crc32('hello world') },
    },
  ])('takes bodies in $reason', async ({ payload, trailer }) => {
    const put = await bench.call('PUT', '/bucket/chunked', {
      chunks: ['hello ', 'world'],
      payload,
      ...(trailer ? { trailer } : {}),
    });
    expect([put.status, put.text]).toEqual([200, '']);
    const got = await bench.call('GET', '/bucket/chunked');
    expect(got.text).toBe('hello world');
    expect(got.headers['content-encoding']).toBeUndefined();
  });

  test.each([
    {
      reason: 'a chunk that was changed on the way',
      code: 'SignatureDoesNotMatch',
      wish: {
        chunks: ['hello'],
        payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        tamper: (body: Buffer) => Buffer.from(body.toString().replace('hello', 'jello')),
      },
    },
    {
      reason: 'a checksum that does not fit',
      code: 'BadDigest',
      wish: {
        chunks: ['hello'],
        payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        trailer: { 'x-amz-checksum-crc32': crc32('other') },
      },
    },
    {
      reason: 'a body that is not the signed one',
      code: 'XAmzContentSHA256Mismatch',
      wish: { body: 'hello', tamper: () => Buffer.from('jello') },
    },
    {
      reason: 'a wrong MD5',
      code: 'BadDigest',
      wish: { body: 'hello', headers: { 'content-md5': createHash('md5').update('x').digest('base64') } },
    },
    { reason: 'a body that is too large', code: 'EntityTooLarge', wish: { body: 'x'.repeat(100_001) } },
    { reason: 'a wrong secret', code: 'SignatureDoesNotMatch', wish: { body: 'hello', secret: 'other' } },
    { reason: 'an unknown key', code: 'InvalidAccessKeyId', wish: { body: 'hello', accessKey: 'NOBODY' } },
    {
      reason: 'an old signature',
      code: 'RequestTimeTooSkewed',
      wish: { body: 'hello', at: Date.parse('2026-03-01T11:40:00Z') },
    },
    { reason: "another project's key", code: 'AccessDenied', wish: { body: 'hello', accessKey: 'TWO' } },
  ])('refuses $reason and keeps nothing', async ({ code, wish }) => {
    const put = await bench.call('PUT', '/bucket/refused', wish);
    expect(put.text).toContain(`<Code>${code}</Code>`);
    expect((await bench.call('GET', '/bucket/refused')).status).toBe(404);
    expect(readdirSync(bench.folder)).toEqual([]);
  });

  test('lists with prefixes, delimiters and pages, in the order of bytes', async () => {
    for (const key of ['b', 'a/1', 'a/2', 'c/x/1', '\u{1f600}', '\uff00'])
      await bench.call('PUT', `/bucket/${key}`, { body: key });
    const all = await bench.call('GET', '/bucket', { query: { 'list-type': '2' } });
    expect([...all.text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual([
      'a/1',
      'a/2',
      'b',
      'c/x/1',
      '\uff00',
      '\u{1f600}',
    ]);
    const folders = await bench.call('GET', '/bucket', {
      query: { 'list-type': '2', delimiter: '/', 'max-keys': '2' },
    });
    expect(folders.text).toContain('<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>');
    expect([...folders.text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(['b']);
    const token = /<NextContinuationToken>(.*?)</.exec(folders.text)?.[1] ?? '';
    const next = await bench.call('GET', '/bucket', {
      query: { 'list-type': '2', delimiter: '/', 'continuation-token': token },
    });
    expect(next.text).toContain('<Prefix>c/</Prefix>');
    expect(next.text).not.toContain('<Prefix>a/</Prefix>');
    const first = await bench.call('GET', '/bucket', { query: { prefix: 'a/', marker: 'a/1' } });
    expect([...first.text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(['a/2']);
  });

  test('puts parts together, whose tag counts them', async () => {
    const begun = await bench.call('POST', '/bucket/large', { query: { uploads: '' } });
    const uploadId = /<UploadId>(.*?)</.exec(begun.text)?.[1] ?? '';
    const tags: string[] = [];
    for (const [index, body] of ['aaaa', 'bb'].entries()) {
      const put = await bench.call('PUT', '/bucket/large', {
        body,
        query: { partNumber: String(index + 1), uploadId },
      });
      tags.push(String(put.headers.etag));
    }
    const xml = `<CompleteMultipartUpload>${tags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`).join('')}</CompleteMultipartUpload>`;
    const wrong = await bench.call('POST', '/bucket/large', {
      query: { uploadId },
      body: xml.replace(/ETag>"./, 'ETag>"-'),
    });
    expect(wrong.text).toContain('<Code>InvalidPart</Code>');
    const done = await bench.call('POST', '/bucket/large', { query: { uploadId }, body: xml });
    expect(done.status).toBe(200);
    expect(done.text).toContain('-2');
    expect((await bench.call('GET', '/bucket/large')).text).toBe('aaaabb');
    expect((await bench.call('GET', '/bucket/large', { headers: { range: 'bytes=3-4' } })).text).toBe('ab');
    expect((await bench.call('GET', '/bucket/large', { query: { partNumber: '2' } })).text).toBe('bb');
    expect((await bench.call('DELETE', '/bucket/large')).status).toBe(204);
    expect(readdirSync(bench.folder)).toEqual([]);
  });

  test('answers ranges and conditions', async () => {
    await bench.call('PUT', '/bucket/a', { body: '0123456789' });
    const etag = `"${md5('0123456789')}"`;
    const get = (headers: { [name: string]: string }) => bench.call('GET', '/bucket/a', { headers });
    expect(await get({ range: 'bytes=2-4' })).toMatchObject({
      status: 206,
      text: '234',
      headers: { 'content-range': 'bytes 2-4/10' },
    });
    expect(await get({ range: 'bytes=-3' })).toMatchObject({ status: 206, text: '789' });
    expect((await get({ range: 'bytes=10-' })).text).toContain('<Code>InvalidRange</Code>');
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-match': '"other"' })).status).toBe(412);
    expect((await get({ 'if-modified-since': new Date(bench.now).toUTCString() })).status).toBe(304);
    const again = await bench.call('PUT', '/bucket/a', { body: 'x', headers: { 'if-none-match': '*' } });
    expect(again.status).toBe(412);
    expect((await bench.call('PUT', '/bucket/a', { body: 'x', headers: { 'if-match': etag } })).status).toBe(200);
  });

  test('copies, deletes many at once, and removes only empty buckets', async () => {
    await bench.call('PUT', '/bucket/a b', { body: 'text', headers: { 'x-amz-meta-x': '1' } });
    const copied = await bench.call('PUT', '/bucket/copy', { headers: { 'x-amz-copy-source': '/bucket/a%20b' } });
    expect(copied.text).toContain('<CopyObjectResult');
    expect((await bench.call('GET', '/bucket/copy')).headers['x-amz-meta-x']).toBe('1');
    expect((await bench.call('DELETE', '/bucket')).text).toContain('<Code>BucketNotEmpty</Code>');
    const xml =
      '<Delete><Object><Key>a b</Key></Object><Object><Key>copy</Key></Object><Object><Key>absent</Key></Object></Delete>';
    const deleted = await bench.call('POST', '/bucket', { query: { delete: '' }, body: xml });
    expect([...deleted.text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)).toEqual(['a b', 'copy', 'absent']);
    expect((await bench.call('DELETE', '/bucket')).status).toBe(204);
    expect((await bench.call('GET', '/bucket')).text).toContain('<Code>NoSuchBucket</Code>');
  });

  test('takes addresses that were signed, until they expire', async () => {
    await bench.call('PUT', '/bucket/a', { body: 'text' });
    const address = bench.presign('GET', '/bucket/a');
    const host = { host: `127.0.0.1:${bench.port}` };
    expect(await bench.raw('GET', address, host)).toMatchObject({ status: 200, text: 'text' });
    expect((await bench.raw('GET', bench.presign('GET', '/bucket/a', { secret: 'x' }), host)).status).toBe(403);
    expect((await bench.raw('PUT', address, host, Buffer.from('evil'))).status).toBe(403);
    bench.now += 61_000;
    expect((await bench.raw('GET', address, host)).text).toContain('Request has expired');
    expect((await bench.raw('GET', '/s3/bucket/a', host)).text).toContain('<Code>AccessDenied</Code>');
  });

  test('has everything after a restart, and throws away what an interruption left', async () => {
    await bench.call('PUT', '/bucket/a', { body: 'text' });
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${bench.folder}/left-over.part`, 'x');
    await bench.open();
    expect((await bench.call('GET', '/bucket/a')).text).toBe('text');
    expect(readdirSync(bench.folder)).toHaveLength(1);
  });

  test('knows the buckets of stacks for as long as the cloud has them', async () => {
    const made = new Map([['stacks', { region: 'eu-west-1', createdAt: '2026-01-01T00:00:00.000Z' }]]);
    await bench.open({ cloudBucket: async (_project, name) => made.get(name) });
    expect((await bench.call('PUT', '/stacks/a', { body: 'text' })).status).toBe(200);
    expect((await bench.call('GET', '/stacks', { query: { location: '' } })).text).toContain('eu-west-1');
    made.delete('stacks');
    expect((await bench.call('GET', '/stacks/a')).text).toContain('<Code>NoSuchBucket</Code>');
  });
});

test('checksums have their known values', () => {
  const sums = (['crc32', 'crc32c', 'crc64nvme'] as const).map((name) => {
    const sum = createChecksum(name);
    sum.update(Buffer.from('123456789'));
    return Buffer.from(sum.digest(), 'base64').toString('hex');
  });
  expect(sums).toEqual(['cbf43926', 'e3069283', 'ae8b14860a799888']);
});

test.each([
  { url: 's3://b/k/x', place: { bucket: 'b', key: 'k/x' } },
  { url: 'https://s3.amazonaws.com/b/k', place: { bucket: 'b', key: 'k' } },
  { url: 'https://s3.eu-west-1.amazonaws.com/b/k%20x', place: { bucket: 'b', key: 'k x' } },
  { url: 'https://s3-eu-west-1.amazonaws.com/b/k', place: { bucket: 'b', key: 'k' } },
  { url: 'https://b.c.s3.eu-west-1.amazonaws.com/k', place: { bucket: 'b.c', key: 'k' } },
  { url: 'https://b.s3.cn-north-1.amazonaws.com.cn/k', place: { bucket: 'b', key: 'k' } },
  { url: 'http://127.0.0.1:8004/s3/b/k', place: { bucket: 'b', key: 'k' } },
  { url: 'http://localhost:8004/s3/b/k', place: { bucket: 'b', key: 'k' } },
  { url: 'http://b.localhost:8004/s3/k', place: { bucket: 'b', key: 'k' } },
  { url: 'http://127.0.0.1:8005/s3/b/k', place: undefined },
  { url: 'http://example.com/s3/b/k', place: undefined },
  { url: 'file:///etc/passwd', place: undefined },
])('$url is found in the own store or not at all', ({ url, place }) => {
  expect(ownPlace(url, { baseUrls: ['http://127.0.0.1:8004'], mount: '/s3' })).toEqual(place);
});
