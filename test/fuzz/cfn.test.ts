import { XMLValidator } from 'fast-xml-parser';
import { canonicalQuery, uriEncode } from '../../src/identity/signatures/canonical.js';
import { type V4Claim, v4CanonicalRequest, v4Signature } from '../../src/identity/signatures/signature-v4.js';
import { sha256Hex } from '../../src/identity/signatures/signed-request.js';
import { type AccessKey, type Reply, Served, type Session } from '../helpers/served.js';
import { Chance, hostileObjectRequest, hostilePairs } from './cfn-requests.js';

const COUNT = Number(process.env.BATON_FUZZ_COUNT ?? (process.env.BATON_LONG === undefined ? 1200 : 20_000));
const SEED = Number(process.env.BATON_FUZZ_SEED ?? 20_261_122);
const PARALLEL = 8;
/** No request may keep the one thread longer; the machine may be busy. */
const MAX_MS = 10_000;

let served: Served;
let key: Session & AccessKey;
let keeper: Session & AccessKey;

beforeAll(async () => {
  served = await Served.start({ limits: { stacks_per_project: 60 } }, 'error');
  key = await served.project('fuzzed');
  keeper = await served.project('keeper');
});
afterAll(() => served.end());

interface Signing {
  readonly service: string;
  readonly at?: number;
  readonly secret?: string;
  /** Changes what is sent after it was signed. */
  readonly tamper?: 'body' | 'header' | 'signature' | 'no signature' | 'scope';
}

interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query?: readonly [string, string][];
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
}

/** Signs a request in its header and sends it, honestly or not. */
async function send(
  holder: AccessKey,
  { method, path, query = [], headers = {}, body = '' }: Unsigned,
  how: Signing,
): Promise<Reply> {
  const timestamp = `${new Date(how.at ?? Date.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const sent: { [name: string]: string } = {
    ...headers,
    host: `127.0.0.1:${served.server.port}`,
    'x-amz-date': timestamp,
  };
  const bodyHash = sha256Hex(body);
  if (how.service === 's3') sent['x-amz-content-sha256'] = bodyHash;
  const names = ['host', 'x-amz-date', ...(how.service === 's3' ? ['x-amz-content-sha256'] : [])].sort();
  const claim: V4Claim = {
    accessKey: holder.access,
    date: timestamp.slice(0, 8),
    region: 'us-east-1',
    service: how.service,
    signedHeaders: names,
    signature: '',
    timestamp,
    expiresIn: undefined,
  };
  const encoded = path.split('/').map(uriEncode).join('/');
  const canonical = v4CanonicalRequest({ method, path: encoded, query, headers: sent, bodyHash }, claim, encoded);
  const genuine = v4Signature(how.secret ?? holder.secret, claim, canonical);
  const signature =
    how.tamper === 'signature' ? `${genuine.slice(0, -1)}${genuine.endsWith('0') ? '1' : '0'}` : genuine;
  const region = how.tamper === 'scope' ? 'eu-west-1' : 'us-east-1';
  const scope = `${holder.access}/${claim.date}/${region}/${how.service}/aws4_request`;
  if (how.tamper !== 'no signature') {
    sent.authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  }
  if (how.tamper === 'header') sent['x-amz-date'] = timestamp.replace(/.Z$/, (end) => (end === '0Z' ? '1Z' : '0Z'));
  const target = encoded + (query.length > 0 ? `?${canonicalQuery(query)}` : '');
  return served.send({ method, target, headers: sent, body: how.tamper === 'body' ? `${body}&x=y` : body });
}

const formOf = (pairs: readonly (readonly [string, string])[]): string =>
  pairs
    .map(
      ([name, value]) =>
        `${encodeURIComponent(Buffer.from(name).toString())}=${encodeURIComponent(Buffer.from(value).toString())}`,
    )
    .join('&');

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const TAMPERS = ['body', 'header', 'signature', 'no signature', 'scope'] as const;

async function oneRequest(
  chance: Chance,
  names: readonly string[],
): Promise<{ readonly what: string; readonly wrong: string | undefined }> {
  const startedAt = performance.now();
  const isObject = chance.is(0.2);
  const tamper = chance.is(0.15) ? chance.pick(TAMPERS) : undefined;
  const how: Signing = {
    service: isObject ? 's3' : 'cloudformation',
    ...(tamper === undefined ? {} : { tamper }),
    ...(chance.is(0.05) ? { secret: 'another' } : {}),
    ...(chance.is(0.05) ? { at: Date.now() - 20 * 60_000 } : {}),
  };
  const isHonest = how.tamper === undefined && how.secret === undefined && how.at === undefined;
  const request = isObject ? objectRequest(chance) : actionRequest(chance, names);
  const reply = await send(key, request, how).catch((error: unknown) => String(error));
  const what = `${request.method} ${request.path} ${JSON.stringify(how)} ${(request.body ?? '').slice(0, 1500)} ${JSON.stringify(request.query ?? [])}`;
  if (typeof reply === 'string') return { what, wrong: `no answer: ${reply}` };
  // A body that is refused early may be cut off: what was read counts.
  const { status, text, headers } = reply;
  const isHead = request.method === 'HEAD';
  if (status >= 500 && !(isObject && status === 501)) return { what, wrong: `${status} ${text.slice(0, 500)}` };
  if (!isHonest && status < 400 && !(tamper === 'body' && request.method === 'GET'))
    return { what, wrong: `a wrong signature was taken: ${status}` };
  const isXml = /xml/.test(headers['content-type'] ?? '') && text !== '' && !isHead;
  if (isXml && (status !== 200 || !isObject)) {
    const valid = XMLValidator.validate(text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const hasControl = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text);
    if (valid !== true || hasControl) return { what, wrong: `broken XML: ${text.slice(0, 500)}` };
  }
  const ms = performance.now() - startedAt;
  return { what, wrong: ms > MAX_MS ? `took ${Math.round(ms)} ms` : undefined };
}

function actionRequest(chance: Chance, names: readonly string[]): Unsigned {
  const pairs = hostilePairs(chance, names);
  if (chance.is(0.1))
    return {
      method: chance.pick(['PUT', 'DELETE', 'PATCH', 'OPTIONS']),
      path: '/cfn/',
      body: formOf(pairs),
      headers: FORM,
    };
  const isQuery = chance.is(0.1) && formOf(pairs).length < 6000;
  if (isQuery)
    return {
      method: 'GET',
      path: '/cfn/',
      query: pairs.map(([name, value]) => [Buffer.from(name).toString(), Buffer.from(value).toString()]),
    };
  const garbage = chance.pick([
    '%',
    '=',
    '&&&',
    '\u0000',
    'Action',
    '{"Action":"ListStacks"}',
    'Action=ListStacks&Action=DeleteStack',
  ]);
  const accept = chance.is(0.1) ? { accept: 'application/json' } : {};
  return {
    method: 'POST',
    path: '/cfn/',
    body: chance.is(0.05) ? garbage : formOf(pairs),
    headers: { ...FORM, ...accept },
  };
}

function objectRequest(chance: Chance): Unsigned {
  const { method, path, query, body, headers } = hostileObjectRequest(chance);
  return { method, path: `/s3${path}`, query, headers, ...(method === 'GET' || method === 'HEAD' ? {} : { body }) };
}

const KEPT = JSON.stringify({
  Resources: { A: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'kept' } } },
  Outputs: { Id: { Value: { Ref: 'A' } } },
});

async function keptState(): Promise<string> {
  const stacks = await served.cfn(keeper, 'DescribeStacks', { StackName: 'kept' });
  const resources = await served.cfn(keeper, 'DescribeStackResources', { StackName: 'kept' });
  const object = await send(keeper, { method: 'GET', path: '/s3/kept-bucket/kept' }, { service: 's3' });
  const plain = (text: string) => text.replaceAll(/<RequestId>.*?<\/RequestId>/g, '');
  return [plain(stacks.text), plain(resources.text), object.text].join('\n');
}

test(
  `of ${COUNT} hostile requests none is answered as a mistake of ours, none breaks the XML, and nothing of others is lost`,
  async () => {
    await served.cfn(keeper, 'CreateStack', { StackName: 'kept', TemplateBody: KEPT });
    for (const { id } of await served.engine.store.lists.stacks({}, { sort: [] }))
      await served.engine.stacks.settled(id);
    await send(keeper, { method: 'PUT', path: '/s3/kept-bucket' }, { service: 's3' });
    await send(keeper, { method: 'PUT', path: '/s3/kept-bucket/kept', body: 'kept text' }, { service: 's3' });
    await send(key, { method: 'PUT', path: '/s3/fuzz-bucket' }, { service: 's3' });
    await served.cfn(key, 'CreateStack', { StackName: 'victim', TemplateBody: KEPT });
    const before = await keptState();
    expect(before).toContain('CREATE_COMPLETE');
    expect(before).toContain('kept text');
    const arn = /<StackId>(.*?)<\/StackId>/.exec(before)?.[1] ?? '';
    const names = ['victim', 'kept', arn, 'fuzz0', 'fuzz1', 'change', 'A'];
    const chance = new Chance(SEED);
    const wrong: string[] = [];
    let left = COUNT;
    const worker = async () => {
      while (left-- > 0 && wrong.length < 5) {
        const outcome = await oneRequest(chance, names);
        if (outcome.wrong !== undefined) wrong.push(`${outcome.wrong}\n  ${outcome.what}`);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    expect(wrong).toEqual([]);
    expect(await keptState()).toBe(before);
    expect(served.logged.filter((line) => line.includes('mistake of ours'))).toEqual([]);
  },
  COUNT * 100 + 60_000,
);

describe('a request that was listened to', () => {
  const list = { method: 'POST', path: '/cfn/', headers: FORM, body: 'Action=ListStacks&Version=2010-05-15' };
  const minutes = (count: number) => Date.now() + count * 60_000;

  test.each([
    { reason: 'is good for less than five minutes', how: { at: minutes(-4) }, status: 200, code: undefined },
    { reason: 'is refused after more', how: { at: minutes(-6) }, status: 403, code: 'SignatureDoesNotMatch' },
    { reason: 'is refused from the future', how: { at: minutes(6) }, status: 403, code: 'SignatureDoesNotMatch' },
    {
      reason: 'is refused with another body',
      how: { tamper: 'body' as const },
      status: 403,
      code: 'SignatureDoesNotMatch',
    },
    {
      reason: 'is refused with another time',
      how: { tamper: 'header' as const },
      status: 403,
      code: 'SignatureDoesNotMatch',
    },
    {
      reason: 'is refused for another region',
      how: { tamper: 'scope' as const },
      status: 403,
      code: 'SignatureDoesNotMatch',
    },
    {
      reason: 'is refused with another signature',
      how: { tamper: 'signature' as const },
      status: 403,
      code: 'SignatureDoesNotMatch',
    },
    {
      reason: 'is refused without one',
      how: { tamper: 'no signature' as const },
      status: 403,
      code: 'MissingAuthenticationToken',
    },
  ])('$reason', async ({ how, status, code }) => {
    const reply = await send(key, list, { service: 'cloudformation', ...how });
    expect([reply.status, /<Code>(.*?)<\/Code>/.exec(reply.text)?.[1]]).toEqual([status, code]);
  });
});
