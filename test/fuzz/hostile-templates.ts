const HOT = 'heat_template_version: 2018-08-31\n';

function value(expression: unknown, more: object = {}): object {
  return {
    heat_template_version: '2018-08-31',
    resources: { a: { type: 'OS::Heat::Value', properties: { value: expression } } },
    ...more,
  };
}

const yaql = (expression: string, data: unknown = {}) => value({ yaql: { expression, data } });
const constrained = (pattern: string, text: string) => ({
  heat_template_version: '2018-08-31',
  parameters: { p: { type: 'string', default: text, constraints: [{ allowed_pattern: pattern }] } },
});
const nested = (depth: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown => {
  let made = leaf;
  for (let index = 0; index < depth; index++) made = wrap(made);
  return made;
};
/** Each resource joins the one before with itself: 2^n. */
const doubling = (count: number) => ({
  heat_template_version: '2018-08-31',
  resources: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `r${index}`,
      {
        type: 'OS::Heat::Value',
        properties: {
          value:
            index === 0
              ? 'xxxxxxxxxxxxxxxx'
              : {
                  list_join: ['', [{ get_attr: [`r${index - 1}`, 'value'] }, { get_attr: [`r${index - 1}`, 'value'] }]],
                },
        },
      },
    ]),
  ),
});
const laughs = (levels: number) =>
  `${HOT}parameters:\n  l0: &l0 {type: string, default: lol}\nx0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n${Array.from(
    { length: levels },
    (_, index) => `x${index + 1}: &x${index + 1} [${Array(9).fill(`*x${index}`).join(', ')}]\n`,
  ).join('')}`;
const bomb = (levels: number) =>
  `${HOT}resources:\n  a:\n    type: OS::Heat::Value\n    properties:\n      value:\n        x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n${Array.from(
    { length: levels },
    (_, index) => `        x${index + 1}: &x${index + 1} [${Array(9).fill(`*x${index}`).join(', ')}]\n`,
  ).join('')}`;
const group = (count: unknown, more: object = {}) => ({
  heat_template_version: '2018-08-31',
  resources: {
    g: {
      type: 'OS::Heat::ResourceGroup',
      properties: { count, resource_def: { type: 'OS::Heat::Value', properties: { value: 1 } }, ...more },
    },
  },
});
const cfn = (sections: object) => ({ AWSTemplateFormatVersion: '2010-09-09', ...sections });
const cfnValue = (expression: unknown, more: object = {}) =>
  cfn({
    Resources: { A: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: expression } } },
    ...more,
  });

/** Each resource holds the one before twice: nothing in memory, 2^n when it is written. */
const sharing = (count: number) => ({
  heat_template_version: '2018-08-31',
  resources: Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const before = { get_attr: [`r${index - 1}`, 'value'] };
      return [`r${index}`, { type: 'OS::Heat::Value', properties: { value: index === 0 ? 'x' : [before, before] } }];
    }),
  ),
});

/** Templates that want the server's time or memory, or its crash. */
export const HOSTILE_TEMPLATES: readonly (string | object)[] = [
  laughs(9),
  bomb(3),
  bomb(9),
  `${HOT}a: &a [*a]`,
  `${HOT}resources: &a {b: *a}`,
  `${HOT}a: &a {<<: *a}`,
  `${HOT}${'a: '.repeat(20_000)}`,
  `${HOT}a: ${'['.repeat(20_000)}`,
  `${HOT}a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `${HOT}a: ${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`,
  `${HOT}${Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}`,
  `${HOT}${'- '.repeat(10_000)}x`,
  `${HOT}${'? '.repeat(10_000)}x`,
  `${HOT}${'&a '.repeat(10_000)}x`,
  `${HOT}a: ${'!x '.repeat(1000)}`,
  `${HOT}a: !!python/object/apply:os.system ["true"]`,
  `${HOT}a: !!binary "////${'A'.repeat(10_000)}"`,
  `${HOT}a: 1e999999999\nb: 0x${'f'.repeat(10_000)}\nc: ${'9'.repeat(50_000)}`,
  `${HOT}a: ${'1:'.repeat(10_000)}1`,
  `${HOT}a: 9999-99-99T99:99:99Z\nb: 0000-00-00`,
  `${HOT}"__proto__": {a: 1}\nresources: {__proto__: {type: "OS::Heat::Value"}, constructor: {type: "OS::Heat::Value", properties: {value: 1}}}`,
  '\u0000\u0001\ufeff\ud800%&*!|>',
  '%YAML 9.9\n---\n...\n---\n',
  `"${'\\x00'.repeat(1000)}"`,
  `${HOT}a: "${' \\\n'.repeat(5000)}"`,
  `${HOT}${' '.repeat(100_000)}a: 1`,
  `${HOT}a: |\n${'  x\n'.repeat(20_000)}`,
  `${HOT}${'a\n'.repeat(10_000)}`,
  `${HOT}${"'".repeat(9_999)}`,
  yaql('generate(0, true, $ + 1).toList()'),
  yaql('generate(1, true, $ * 99999).sum()'),
  yaql('range(1000000000).toList()'),
  yaql('range(100000).select(range(100000).sum()).sum()'),
  yaql('"a" * 1000000000'),
  yaql('[1] * 1000000000'),
  yaql('2 ** 100000000'),
  yaql('sequence().toList()'),
  yaql('sequence().where($ < 0).first()'),
  yaql(`${'('.repeat(20_000)}1${')'.repeat(20_000)}`),
  yaql(`${'-'.repeat(20_000)}1`),
  yaql(`${'not '.repeat(20_000)}true`),
  yaql(`$${'.a'.repeat(20_000)}`),
  yaql(`1${' + 1'.repeat(20_000)}`),
  yaql(`$.data.matches("(a+)+$")`, 'a'.repeat(5000)),
  yaql(`regex("(x+x+)+y").matches("${'x'.repeat(5000)}")`),
  yaql(`regex("(a{1000}){1000}").matches("a")`),
  yaql('let(x => "xxxxxxxxxxxxxxxx") -> let(x => $x+$x+$x+$x+$x+$x) -> let(x => $x+$x+$x+$x+$x+$x) -> $x'),
  yaql('"x".replace("x", "xx").join($.data)', Array(1000).fill('x'.repeat(1000))),
  yaql('$.data.aggregate($1 + $1 + $2, "x")', Array(200).fill('x')),
  yaql('"%999999999d" % 1'),
  yaql('format("{0:>999999999}", 1)'),
  yaql('datetime("9".repeat(9999))'),
  yaql('def(f, f($)) -> f(1)'),
  yaql('call("call", ["call"], {})'),
  yaql('$.data.orderBy($).groupBy($).toDict($, $).flatten()', Array(2000).fill(0)),
  yaql('\u0000'),
  constrained('(a+)+$', `${'a'.repeat(5000)}b`),
  constrained('^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(5000)),
  constrained('(?:a{1000}){1000}{1000}', 'a'),
  constrained('(.*)*\\1(.*)*\\2', 'a'.repeat(2000)),
  constrained(`${'('.repeat(5000)}a${')'.repeat(5000)}`, 'a'),
  constrained('(?<=a+)b(?=c+)', `${'a'.repeat(3000)}bc`),
  constrained('[', 'a'),
  constrained(`(${'a|'.repeat(20_000)}a)*b`, 'a'.repeat(1000)),
  value({
    repeat: {
      template: '%a%%b%%c%',
      for_each: {
        '%a%': { repeat: { template: '%x%', for_each: { '%x%': Array(300).fill('x') } } },
        '%b%': Array(300).fill('y'),
        '%c%': Array(300).fill('z'),
      },
    },
  }),
  value({
    repeat: {
      template: 'x',
      for_each: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`%${i}%`, ['a', 'b', 'c']])),
    },
  }),
  value({ str_replace: { template: 'x'.repeat(50_000), params: { x: 'y'.repeat(50_000) } } }),
  value({ str_replace: { template: '', params: { '': 'x' } } }),
  value({ list_join: ['x'.repeat(10_000), Array(10_000).fill('')] }),
  value(nested(3000, 'x', (inner) => ({ str_split: [',', { list_join: [',', [inner]] }] }))),
  value(nested(3000, 'x', (inner) => ({ if: [true, inner, 'x'] }))),
  value(nested(2000, 'x', (inner) => ({ get_param: [inner] }))),
  value(nested(1500, {}, (inner) => ({ map_merge: [inner, { a: 1 }] }))),
  value(nested(12, ['x', 'x'], (inner) => ({ list_concat: [inner, inner] }))),
  value({ digest: ['sha512', 'x'.repeat(100_000)] }),
  value({ digest: ['constructor', 'x'] }),
  value({ make_url: { host: '\u0000', port: 1e99, query: nested(500, 1, (inner) => [inner]) } }),
  value({ resource_facade: 'metadata' }),
  value({ get_file: 'file:///etc/passwd' }),
  value({ get_attr: ['a', 'value'] }),
  value({ filter: [Array(20_000).fill(1), Array(20_000).fill(2)] }),
  value({ contains: ['x', Array(50_000).fill('y')] }),
  doubling(25),
  doubling(45),
  sharing(60),
  group(1e9),
  {
    heat_template_version: '2018-08-31',
    resources: {
      g: {
        type: 'OS::Heat::AutoScalingGroup',
        properties: { min_size: 1e9, max_size: 1e9, resource: { type: 'OS::Heat::Value', properties: { value: 1 } } },
      },
    },
  },
  {
    heat_template_version: '2018-08-31',
    resources: {
      g: {
        type: 'OS::Heat::InstanceGroup',
        properties: { Size: 1e9, LaunchConfigurationName: 'x', AvailabilityZones: ['x'] },
      },
    },
  },
  group(1e308),
  group('1e99'),
  group(-1),
  group(100_000),
  group(1, { index_var: '', resource_def: { type: 'OS::Heat::ResourceGroup', properties: {} } }),
  group(3, {
    resource_def: nested(10, { type: 'OS::Heat::Value' }, (inner) => ({
      type: 'OS::Heat::ResourceGroup',
      properties: { count: 9, resource_def: inner },
    })),
  }),
  {
    heat_template_version: '2018-08-31',
    resources: { a: { type: 'OS::Heat::RandomString', properties: { length: 1e9 } } },
  },
  {
    heat_template_version: '2018-08-31',
    resources: {
      a: {
        type: 'OS::Heat::RandomString',
        properties: {
          length: 512,
          character_classes: [
            { class: 'digits', min: 512 },
            { class: 'letters', min: 512 },
          ],
        },
      },
    },
  },
  { heat_template_version: '2018-08-31', resources: { a: { type: 'OS::Heat::Delay', properties: { create: 1e9 } } } },
  {
    heat_template_version: '2018-08-31',
    resources: { a: { type: 'OS::Heat::TestResource', properties: { wait_secs: 1e9, value: 'x' } } },
  },
  {
    heat_template_version: '2018-08-31',
    resources: { a: { type: 'file:///etc/passwd' }, b: { type: 'http://127.0.0.1:1/x.yaml' } },
  },
  {
    heat_template_version: '2018-08-31',
    resources: Object.fromEntries(
      Array.from({ length: 1500 }, (_, i) => [
        `r${i}`,
        { type: 'OS::Heat::Value', depends_on: `r${(i + 1) % 1500}`, properties: { value: 1 } },
      ]),
    ),
  },
  {
    heat_template_version: '2018-08-31',
    resources: Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`r${i}`, { type: 'OS::Nope' }])),
  },
  {
    heat_template_version: '2018-08-31',
    resources: [],
    parameters: 1,
    outputs: 'x',
    conditions: null,
    parameter_groups: {},
  },
  { heat_template_version: ['2018-08-31'], resources: { a: { type: {} } } },
  {
    heat_template_version: '2018-08-31',
    resources: {
      a: {
        type: 'OS::Heat::Value',
        depends_on: { a: 1 },
        metadata: [],
        deletion_policy: 7,
        update_policy: 'x',
        external_id: [],
        condition: {},
      },
    },
  },
  { heat_template_version: '2018-08-31', conditions: { a: { not: 'b' }, b: { not: 'a' } }, resources: {} },
  { heat_template_version: '2018-08-31', conditions: { a: nested(5000, true, (inner) => ({ not: inner })) } },
  {
    heat_template_version: '2018-08-31',
    parameters: Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`p${i}`, { type: 'json', default: '{'.repeat(50) }]),
    ),
  },
  {
    heat_template_version: '2018-08-31',
    parameters: {
      p: {
        type: 'number',
        default: 1,
        constraints: [
          { range: { min: 'x', max: [] } },
          { length: { min: -1e99 } },
          { modulo: { step: 0, offset: 1e300 } },
          { custom_constraint: '__proto__' },
        ],
      },
    },
  },
  cfnValue({ 'Fn::Cidr': ['0.0.0.0/0', 1e9, 1] }),
  cfnValue({ 'Fn::Join': ['x'.repeat(10_000), Array(10_000).fill('')] }),
  cfnValue({ 'Fn::Sub': '${A}${'.repeat(5000) }),
  cfnValue(nested(3000, 'x', (inner) => ({ 'Fn::Base64': inner }))),
  cfnValue(nested(3000, 'x', (inner) => ({ 'Fn::Sub': ['${x}${x}', { x: inner }] }))),
  cfnValue({ 'Fn::GetAtt': `A.${'b.'.repeat(5000)}` }),
  cfnValue({ Ref: '__proto__' }, { Conditions: { a: { Condition: 'b' }, b: { Condition: 'a' } } }),
  cfn({
    Transform: 'AWS::LanguageExtensions',
    Resources: {
      'Fn::ForEach::A': [
        'X',
        Array.from({ length: 1000 }, (_, i) => `${i}`),
        { 'R${X}': { 'Fn::ForEach::B': ['Y', Array(1000).fill('y'), {}] } },
      ],
    },
  }),
  cfn({
    Parameters: { p: { Type: 'String', AllowedPattern: '(a+)+$', Default: `${'a'.repeat(5000)}b` } },
    Resources: {},
  }),
  cfn({ Resources: nested(2000, {}, (inner) => ({ a: inner })) }),
  cfn({
    Mappings: { a: { b: nested(2000, 1, (inner) => [inner]) } },
    Resources: { A: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
  }),
  {
    HeatTemplateFormatVersion: '2012-12-12',
    Resources: { a: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'http://127.0.0.1:1/' } } },
  },
  '',
  '[]',
  'null',
  '"x"',
  '{}',
  {},
];
