import fc from 'fast-check';
import { HOSTILE_TEMPLATES } from './hostile-templates.js';

/** How the bytes of a request come. */
export type Delivery = 'whole' | 'truncated' | 'chunked' | 'pipelined garbage' | 'slow' | 'raw';

/** One request of the fuzz run. `{x}` in the target stands for what the world of the run knows under that name. */
export interface FuzzRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer | undefined;
  readonly delivery: Delivery;
}

/** What paths may be made of. */
export interface Surface {
  /** Targets with the methods that they know, placeholders filled in by `fill`. */
  readonly routes: readonly {
    readonly path: string;
    readonly methods: readonly string[];
    readonly api: 'heat' | 'identity' | 'cfn';
  }[];
  /** Values for placeholders. */
  readonly words: readonly string[];
  readonly fields: readonly string[];
  readonly queryKeys: readonly string[];
  readonly tokens: readonly string[];
}

const TEXTS = [
  '',
  '0',
  '1',
  '-1',
  '99999999999999999999',
  '1e999',
  'true',
  'null',
  'x',
  '[',
  '%',
  '\u0000',
  '\ud800',
  '\ufeff',
  '\u202e\u0661',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  "' OR 1=1 --",
  '${jndi:x}',
  '\r\nX: y',
  'é'.normalize('NFD'),
  '𝒳'.repeat(50),
  'a'.repeat(300),
  'a'.repeat(5000),
  ',',
  'a,b',
  ':',
  '*',
  '%00',
];
const NUMBERS = [0, -0, -1, 1, 1.5, 1e308, -1e308, 2 ** 53, -(2 ** 63), 4294967296, 5e-324];

const scalar = fc.oneof(
  fc.constantFrom<unknown>(...TEXTS),
  fc.constantFrom<unknown>(...NUMBERS),
  fc.constantFrom(null, true, false),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const anyValue = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc.dictionary(fc.constantFrom('name', 'id', 'type', 'value', '', '__proto__', 'a'), scalar, {
      maxKeys: 3,
    }),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...deep()) },
);

function deep(): unknown[] {
  let list: unknown = 1;
  let map: unknown = 1;
  for (let index = 0; index < 1500; index++) {
    list = [list];
    map = { a: map };
  }
  return [
    list,
    map,
    Array(5000).fill(0),
    Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, index])),
  ];
}

const good = {
  template: {
    heat_template_version: '2018-08-31',
    parameters: { p: { type: 'string', default: 'x' } },
    resources: { a: { type: 'OS::Heat::Value', properties: { value: { get_param: 'p' } } } },
  },
};

const stackBody = fc
  .record(
    {
      stack_name: fc.oneof(fc.stringMatching(/^fuzz[a-z]{1,6}$/), scalar),
      template: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom<unknown>(...HOSTILE_TEMPLATES) },
        { weight: 3, arbitrary: fc.constant(good.template) },
        { weight: 1, arbitrary: anyValue },
      ),
      parameters: fc.oneof(anyValue, fc.constant({ p: 'y' })),
      environment: fc.oneof(
        anyValue,
        fc.constantFrom<unknown>(
          'a: &a [*a]',
          `parameters: ${'['.repeat(5000)}`,
          { resource_registry: { 'OS::Heat::Value': 'OS::Heat::Value' } },
          { resource_registry: { '*': 'file:///etc/passwd', 'OS::*': 'OS::*' } },
          {
            resource_registry: {
              a: 'b',
              b: 'a',
              resources: { a: { hooks: ['pre-create', 'x'], restricted_actions: 1 } },
            },
          },
          {
            parameter_merge_strategies: { default: 'x', p: 'merge' },
            event_sinks: [{ type: 'zaqar-queue', target: 'x', ttl: -1 }],
          },
          { encrypted_param_names: [[]] },
          { parameter_defaults: { p: { a: [] } }, parameters: null },
          { resource_registry: { 'OS::Heat::Value': 'self.yaml' } },
        ),
      ),
      files: fc.oneof(
        anyValue,
        fc.constant({
          'self.yaml': JSON.stringify({ heat_template_version: '2018-08-31', resources: { n: { type: 'self.yaml' } } }),
        }),
      ),
      environment_files: fc.oneof(anyValue, fc.constant(['self.yaml'])),
      timeout_mins: anyValue,
      disable_rollback: anyValue,
      tags: anyValue,
      adopt_stack_data: fc.oneof(
        anyValue,
        fc.constantFrom(
          '{',
          '{}',
          '{"template":{},"resources":[1]}',
          JSON.stringify({ template: good.template, resources: { a: { resource_id: 7, status: 'X', action: [] } } }),
        ),
      ),
      clear_parameters: anyValue,
      converge: anyValue,
      template_url: fc.constantFrom('file:///etc/passwd', 'http://127.0.0.1:1/', 'http://[', 'gopher://x', ''),
      files_container: anyValue,
    },
    { requiredKeys: [] },
  )
  .chain((record) =>
    fc.subarray(Object.keys(record)).map((kept) => {
      const keys = kept.length < 4 ? kept : kept.slice(0, 4);
      const pick: Record<string, unknown> = {};
      const source = record as Record<string, unknown>;
      for (const key of new Set(['stack_name', 'template', ...keys])) if (key in source) pick[key] = source[key];
      return pick;
    }),
  );

/** Seeded requests over a surface. */
export function fuzzRequests(surface: Surface): fc.Arbitrary<FuzzRequest> {
  const word = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...surface.words) },
    { weight: 2, arbitrary: fc.constantFrom(...TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  );
  const escaped = fc.oneof(
    { weight: 6, arbitrary: word.map(encode) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '%',
        '%zz',
        '%ff',
        '%00',
        '%2F',
        '%2e%2e',
        '..',
        '.',
        '%c0%af',
        '%ed%a0%80',
        '%E2%80%AE',
      ),
    },
  );
  const query = fc
    .array(
      fc.tuple(
        fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...surface.queryKeys) }, { weight: 1, arbitrary: escaped }),
        fc.oneof(
          { weight: 4, arbitrary: escaped },
          { weight: 1, arbitrary: fc.constantFrom('true', 'false', '1', '0', '5') },
        ),
      ),
      { maxLength: 4 },
    )
    .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`));
  const genericBody = fc.dictionary(fc.constantFrom(...surface.fields), anyValue, { maxKeys: 6 });
  const wrapped = fc.tuple(fc.constantFrom(...surface.fields), genericBody).map(([name, inner]) => ({ [name]: inner }));
  const text = fc.oneof(
    { weight: 4, arbitrary: genericBody.map(json) },
    { weight: 4, arbitrary: wrapped.map(json) },
    { weight: 1, arbitrary: anyValue.map(json) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{',
        'null',
        '[]',
        '"x"',
        '{"a":1e999}',
        '{"a":"\\ud800"}',
        `{"a":${'['.repeat(100_000)}`,
        `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
        `{"a":${'9'.repeat(100_000)}}`,
        '{"a":1,"a":2}',
        '{"__proto__":{"isAdmin":true}}',
        '\ufeff{}',
        ' '.repeat(70_000),
        "{'a': 1}",
        '{"a": NaN}',
        '{"a"',
        '{"a":1}{"b":2}',
      ),
    },
  );
  const bytes = fc.oneof(
    { weight: 8, arbitrary: text.map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: fc.tuple(text, fc.nat(200)).map(([one, end]) => Buffer.from(one.slice(0, end))) },
  );
  const stackBytes = fc.oneof(
    { weight: 4, arbitrary: stackBody.map((one) => Buffer.from(json(one))) },
    { weight: 1, arbitrary: bytes },
  );
  const route = fc.constantFrom(...surface.routes);
  const target = route.chain(({ path, methods, api }) => {
    const parts = path.split('/').filter((part) => part !== '');
    const filled = fc
      .tuple(...parts.map((part) => (part.startsWith('{') && !part.startsWith('{!') ? escaped : fc.constant(part))))
      .map((made) => `/${made.join('/')}`);
    const method = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...methods) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'GET',
          'POST',
          'PUT',
          'PATCH',
          'DELETE',
          'HEAD',
          'OPTIONS',
          'TRACE',
          'PROPFIND',
          'MKCOL',
        ),
      },
    );
    const mangled = fc.oneof(
      { weight: 12, arbitrary: filled },
      { weight: 1, arbitrary: fc.tuple(filled, escaped).map(([one, more]) => `${one}/${more}`) },
      { weight: 1, arbitrary: filled.map((one) => one.replace('/', '//')) },
      { weight: 1, arbitrary: filled.map((one) => `${one}/`) },
      { weight: 1, arbitrary: filled.map((one) => `http://evil.example${one}`) },
    );
    const takesTemplate =
      api === 'heat' && /^\/v1\/[^/]+\/(stacks|stacks\/preview|validate|stacks\/[^/]+\/[^/]+(\/preview)?)$/.test(path);
    return fc.record({
      method,
      path: mangled,
      body: fc.option(takesTemplate ? stackBytes : bytes, { nil: undefined, freq: 8 }),
    });
  });
  const headers = fc.record({
    token: fc.oneof(
      { weight: 14, arbitrary: fc.constantFrom(...surface.tokens) },
      { weight: 1, arbitrary: fc.constantFrom('', 'x', 'a'.repeat(3000), 'é') },
    ),
    type: fc.oneof(
      { weight: 8, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '',
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data',
          'application/json; charset=utf-16',
          ';;;',
          'application/octet-stream',
        ),
      },
    ),
    accept: fc.oneof(
      { weight: 4, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '',
          '*/*',
          'text/html',
          ';;,q=x',
          'application/vnd.openstack.orchestration-v1',
          'a'.repeat(2000),
        ),
      },
    ),
    more: fc.oneof(
      { weight: 10, arbitrary: fc.constant<{ [name: string]: string }>({}) },
      {
        weight: 2,
        arbitrary: fc.constantFrom<{ [name: string]: string }>(
          { 'x-subject-token': 'x' },
          { 'x-forwarded-host': 'a"b' },
          { 'x-forwarded-proto': 'javascript' },
          { 'x-forwarded-prefix': '/../..' },
          { host: '' },
          { host: '%%%' },
          { 'x-large': 'x'.repeat(30_000) },
          { expect: '100-continue' },
          { expect: 'x' },
          { range: 'bytes=9-1' },
          { 'content-encoding': 'gzip' },
          { authorization: 'AWS4-HMAC-SHA256 Credential=x' },
          { 'last-event-id': 'x' },
          { 'x-baton-diagnostics': 'all' },
          { upgrade: 'websocket', connection: 'upgrade' },
        ),
      },
    ),
  });
  const delivery = fc.oneof(
    { weight: 60, arbitrary: fc.constant<Delivery>('whole') },
    { weight: 4, arbitrary: fc.constantFrom<Delivery>('truncated', 'chunked', 'pipelined garbage', 'raw') },
    { weight: 1, arbitrary: fc.constant<Delivery>('slow') },
  );
  return fc
    .record({ target, query, headers, delivery })
    .map(({ target: { method, path, body }, query: search, headers: given, delivery: how }) => ({
      method,
      target: `${path}${search}`,
      headers: {
        'x-auth-token': given.token,
        ...(given.type === '' ? {} : { 'content-type': given.type }),
        ...(given.accept === '' ? {} : { accept: given.accept }),
        ...given.more,
      },
      body: method === 'GET' || method === 'HEAD' ? undefined : body,
      delivery: how,
    }));
}

/** JSON of any depth: `JSON.stringify` recurses and ends at a few thousand levels. */
export function json(value: unknown): string {
  const pieces: string[] = [];
  const work: { readonly text?: string; readonly value?: unknown }[] = [{ value }];
  for (let next = work.pop(); next; next = work.pop()) {
    if (next.text !== undefined) pieces.push(next.text);
    else if (typeof next.value !== 'object' || next.value === null) pieces.push(JSON.stringify(next.value) ?? 'null');
    else {
      const isList = Array.isArray(next.value);
      const inner = Object.entries(next.value).flatMap(([key, one], index) => [
        { text: `${index === 0 ? '' : ','}${isList ? '' : `${JSON.stringify(key)}:`}` },
        { value: one as unknown },
      ]);
      work.push(...[{ text: isList ? '[' : '{' }, ...inner, { text: isList ? ']' : '}' }].reverse());
    }
  }
  return pieces.join('');
}

/** Percent-encodes; what cannot be encoded is written as bytes that are no UTF-8. */
function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ed%a0%80';
  }
}
