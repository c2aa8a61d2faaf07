import {
  membersOf,
  operationNamed,
  operationNames,
  type Shape,
  shapeNamed,
} from '../../src/api-cfn/model/service-model.js';

/** A source of chance that repeats itself for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }
}

/** Texts that have broken writers and readers of XML, forms, logs, paths, regular expressions and JSON before. */
const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '\u0001\u0008\u000b\u001f',
  '\ufffe\uffff',
  '\ud800',
  'a\udc00b',
  ']]>',
  '<![CDATA[',
  '<!DOCTYPE x [<!ENTITY a "b">]>&a;',
  '&#0;&#x1F;&undefined;',
  '<Error><Code>InternalFailure</Code></Error>',
  '"\'`<>&;\r\n\t',
  '../../../../etc/passwd',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data',
  'http://127.0.0.1:1/x',
  's3://bucket/key',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '%00%ff%c0%af',
  '${AWS::StackName}',
  '{{resolve:ssm:/x}}',
  '{"Fn::Sub":"${x}"}',
  '9'.repeat(400),
  '-1',
  'NaN',
  '1e999',
  'a'.repeat(5000),
  `${'a'.repeat(40)}!`,
  '((((((((((a+)+)+)+)+)+)+)+)+)+$',
  '\u202e\u0660\u0131\ufb03',
  '🙂'.repeat(50),
  'true',
  'arn:aws:cloudformation:us-east-1:000000000000:stack/x/y',
  'arn:::::::',
  '2026-13-45T99:99:99Z',
];

const TEMPLATES = [
  '{}',
  '[]',
  'null',
  '{"Resources":{}}',
  '{"Resources":{"A":{"Type":"AWS::SNS::Topic"}}}',
  '{"Resources":{"A":{"Type":"AWS::SNS::Topic","Properties":{"DisplayName":{"Ref":"A"}}}}}',
  '{"Resources":{"A":{"Type":"AWS::SNS::Topic","Properties":{"DisplayName":"<&\\u0001>"}}},"Outputs":{"O":{"Value":{"Ref":"A"}}}}',
  '{"Parameters":{"P":{"Type":"String","AllowedPattern":"(a+)+$"}},"Resources":{"A":{"Type":"AWS::SNS::Topic"}}}',
  '{"Resources":{"A":{"Type":"AWS::CloudFormation::Stack","Properties":{"TemplateURL":"http://127.0.0.1:1/"}}}}',
  '{"Resources":{"__proto__":{"Type":"AWS::SNS::Topic"},"constructor":{"Type":"AWS::SNS::Topic"}}}',
  'a: &a [*a]\nResources: *a',
  'a: &a ["x","x"]\nb: &b [*a,*a]\nResources: {A: {Type: "AWS::SNS::Topic", Metadata: *b}}',
  'Resources:\n\tA: x',
  '%YAML 9.9\n---\n!!js/function "x"',
  `${'['.repeat(3000)}`,
  `{"Resources":${'{"a":'.repeat(800)}1${'}'.repeat(800)}}`,
  'AWSTemplateFormatVersion: 2010-09-09\nTransform: AWS::LanguageExtensions\nResources: {"Fn::ForEach::X": [A, [1,2], {"T${A}": {Type: "AWS::SNS::Topic"}}]}',
];

const ACTIONS = operationNames();

/** The pairs of a form for some action: mostly what the model wants, with something wrong somewhere. */
export function hostilePairs(chance: Chance, names: readonly string[]): [string, string][] {
  const action = chance.is(0.03) ? chance.pick(HOSTILE) : chance.pick(ACTIONS);
  const pairs: [string, string][] = [
    ['Action', action],
    ['Version', chance.is(0.97) ? '2010-05-15' : chance.pick(HOSTILE)],
  ];
  const input = operationNamed(action)?.input;
  if (input !== undefined) fill(chance, shapeNamed(input), '', pairs, names, 0);
  if (chance.is(0.1))
    pairs.push([
      `${chance.pick(HOSTILE)}.member.${chance.pick(['1', '0', '-1', '99999999999', 'x'])}`,
      chance.pick(HOSTILE),
    ]);
  if (chance.is(0.05)) pairs.push(['ContentType', chance.pick(['JSON', 'XML', ...HOSTILE])]);
  if (chance.is(0.05)) pairs.push([`a${'.b'.repeat(chance.below(60))}`, 'deep']);
  if (chance.is(0.05)) for (let at = pairs.length - 1; at > 0; at--) if (chance.is(0.2)) pairs.splice(at, 1);
  return pairs;
}

function fill(
  chance: Chance,
  shape: Shape,
  path: string,
  pairs: [string, string][],
  names: readonly string[],
  depth: number,
): void {
  if (chance.is(0.03)) {
    // A scalar where a structure belongs, or the other way round.
    pairs.push([path === '' ? 'x' : path, chance.pick(HOSTILE)]);
    return;
  }
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  switch (shape.type) {
    case 'structure':
      for (const member of membersOf(shape)) {
        const isRequired = shape.required?.includes(member.name) === true;
        if (chance.is(isRequired ? 0.95 : depth > 3 ? 0.05 : 0.3)) {
          const next = at(member.wireName);
          if (/^(TemplateBody|StackPolicyBody)$/.test(member.name))
            pairs.push([next, chance.pick([...TEMPLATES, ...HOSTILE])]);
          else fill(chance, member.shape, next, pairs, names, depth + 1);
        }
      }
      break;
    case 'list':
      if (chance.is(0.1)) pairs.push([path, '']);
      for (let index = 0; index < chance.below(4); index++) {
        const number = chance.is(0.05) ? chance.pick(['0', '-1', 'x', '2147483648']) : String(index + 1);
        fill(chance, shapeNamed(shape.member ?? ''), `${path}.member.${number}`, pairs, names, depth + 1);
      }
      break;
    case 'map':
      for (let index = 1; index <= chance.below(3); index++) {
        pairs.push(
          [`${path}.entry.${index}.key`, chance.pick(HOSTILE)],
          [`${path}.entry.${index}.value`, chance.pick(HOSTILE)],
        );
      }
      break;
    default:
      pairs.push([path, scalar(chance, shape, path, names)]);
  }
}

function scalar(chance: Chance, shape: Shape, path: string, names: readonly string[]): string {
  if (chance.is(0.25)) return chance.pick(HOSTILE);
  if (shape.enum) return chance.pick(shape.enum);
  if (shape.type === 'boolean') return chance.pick(['true', 'false', '1', '']);
  if (shape.type === 'integer' || shape.type === 'long' || shape.type === 'double')
    return chance.pick(['0', '1', '100', '-5', '1.5']);
  if (shape.type === 'timestamp') return chance.pick(['2026-01-01T00:00:00Z', '0', 'x']);
  if (/Name|Id$|Ids\.|Arn|ARN/.test(path)) return chance.is(0.7) ? chance.pick(names) : `fuzz${chance.below(40)}`;
  return chance.pick(['x', 'a b', 'us-east-1', '123456789012', 'AWS::SNS::Topic', ...names]);
}

/** A request of the object endpoint, as wild. */
export function hostileObjectRequest(chance: Chance): {
  readonly method: string;
  readonly path: string;
  readonly query: [string, string][];
  readonly body: string;
  readonly headers: { [name: string]: string };
} {
  const names = ['fuzz-bucket', 'other-bucket', 'UPPER', 'a', '..', '.hidden', 'x'.repeat(70), 'kept-bucket'];
  const keys = ['', 'key', 'a/b/../c', 'ü 🙂+&', '\u0001', 'k'.repeat(1100), '//', 'large', '%2e%2e'];
  const queries = [
    'location',
    'versioning',
    'versions',
    'uploads',
    'uploadId',
    'partNumber',
    'delete',
    'list-type',
    'prefix',
    'delimiter',
    'max-keys',
    'continuation-token',
    'tagging',
    'acl',
    'policy',
    'encoding-type',
    'marker',
    'versionId',
    'attributes',
    'response-content-type',
    'lifecycle',
  ];
  const fields = [
    'range',
    'if-match',
    'if-none-match',
    'if-modified-since',
    'x-amz-copy-source',
    'x-amz-copy-source-range',
    'content-md5',
    'x-amz-meta-x',
    'x-amz-tagging',
    'x-amz-acl',
    'x-amz-checksum-crc32',
    'x-amz-metadata-directive',
    'content-encoding',
    'x-amz-decoded-content-length',
    'x-amz-trailer',
    'x-amz-storage-class',
  ];
  const values = [
    '',
    '1',
    '-1',
    '10000',
    'bytes=0-',
    'bytes=9-1',
    '"x"',
    '*',
    '/fuzz-bucket/key',
    '%zz',
    'a=b&c',
    'aws-chunked',
    'x-amz-checksum-crc32',
    'AAAAAA==',
    '2147483648',
    'url',
    'private',
  ];
  const bodies = [
    '',
    'x',
    '<Delete><Object><Key>key</Key></Object></Delete>',
    '<Delete>',
    '<!DOCTYPE a [<!ENTITY b "c">]><Delete>&b;</Delete>',
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
    '<CreateBucketConfiguration><LocationConstraint>&#1;</LocationConstraint></CreateBucketConfiguration>',
    '\u0000',
    `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`,
    '5\r\nhello\r\n0\r\n\r\n',
    'x'.repeat(20_000),
  ];
  const headers: { [name: string]: string } = {};
  for (let count = chance.below(3); count > 0; count--) headers[chance.pick(fields)] = chance.pick(values);
  const query: [string, string][] = [];
  for (let count = chance.below(3); count > 0; count--)
    query.push([chance.pick(queries), chance.pick([...values, ...HOSTILE])]);
  const bucket = chance.is(0.6) ? 'fuzz-bucket' : chance.pick(names);
  return {
    method: chance.pick(['GET', 'GET', 'PUT', 'PUT', 'HEAD', 'DELETE', 'POST', 'PATCH', 'OPTIONS']),
    path: chance.is(0.1) ? '/' : `/${bucket}/${chance.pick(keys)}`.replace(/\/$/, chance.is(0.5) ? '' : '/'),
    query,
    body: chance.pick(bodies),
    headers,
  };
}
