import type { Diagnostic } from '../../../../src/engine/model/diagnostic.js';
import { type Json, Secret, Unknown, type Value } from '../../../../src/engine/model/value.js';
import { formatParameter, parameterSchema } from '../../../../src/engine/template/parameters/format-parameter.js';
import { checkServiceConstraints } from '../../../../src/engine/template/parameters/parameter-constraints.js';
import {
  type ParameterInput,
  resolveParameters,
} from '../../../../src/engine/template/parameters/resolve-parameters.js';
import type { ParameterDeclaration, Template } from '../../../../src/engine/template/template.js';

function declare(name: string, parts: Partial<ParameterDeclaration> = {}): ParameterDeclaration {
  return {
    name,
    type: 'string',
    declaredType: parts.type ?? 'string',
    label: undefined,
    description: undefined,
    defaultValue: undefined,
    hidden: false,
    immutable: false,
    tags: [],
    constraints: [],
    constraintDescription: undefined,
    at: { line: 3, column: 5 },
    ...parts,
  };
}

function template(declarations: readonly ParameterDeclaration[], language: 'hot' | 'cfn' = 'hot'): Template {
  return {
    language,
    versionKey: language === 'hot' ? 'heat_template_version' : 'AWSTemplateFormatVersion',
    version: '2018-08-31',
    description: undefined,
    parameters: new Map(declarations.map((each) => [each.name, each])),
    parameterGroups: [],
    conditions: new Map(),
    mappings: {},
    rules: new Map(),
    resources: new Map(),
    outputs: new Map(),
    metadata: {},
    transforms: [],
    document: {},
    processed: {},
  };
}

function resolve(
  declarations: readonly ParameterDeclaration[],
  input: Partial<ParameterInput>,
  language: 'hot' | 'cfn' = 'hot',
) {
  return resolveParameters(template(declarations, language), { given: {}, strict: true, ...input });
}

interface Conversion {
  readonly reason: string;
  readonly parts: Partial<ParameterDeclaration>;
  readonly given: Json;
  readonly value: Value;
  readonly language?: 'hot' | 'cfn';
}

test.each<Conversion>([
  { reason: 'a string stays', parts: {}, given: 'x', value: 'x' },
  { reason: 'an empty string is a value', parts: { defaultValue: 'd' }, given: '', value: '' },
  { reason: 'a number becomes text', parts: {}, given: 1.5, value: '1.5' },
  { reason: 'a boolean becomes Python’s text', parts: {}, given: true, value: 'True' },
  { reason: 'a boolean becomes JSON’s text in CloudFormation', parts: {}, given: true, value: 'true', language: 'cfn' },
  { reason: 'a map becomes Python’s text', parts: {}, given: { a: 1 }, value: "{'a': 1}" },
  { reason: 'a number as text', parts: { type: 'number' }, given: ' 12 ', value: 12 },
  { reason: 'a number with an exponent', parts: { type: 'number' }, given: '1e3', value: 1000 },
  { reason: 'a word for true', parts: { type: 'boolean' }, given: 'Yes', value: true },
  { reason: 'a digit for false', parts: { type: 'boolean' }, given: 0, value: false },
  {
    reason: 'a list is split and not trimmed',
    parts: { type: 'comma_delimited_list' },
    given: 'a, b',
    value: ['a', ' b'],
  },
  {
    reason: 'a list is trimmed in CloudFormation',
    parts: { type: 'comma_delimited_list' },
    given: 'a, b',
    value: ['a', 'b'],
    language: 'cfn',
  },
  { reason: 'an empty text is an empty list', parts: { type: 'comma_delimited_list' }, given: '', value: [] },
  { reason: 'items become text', parts: { type: 'comma_delimited_list' }, given: [1, true], value: ['1', 'True'] },
  {
    reason: 'a list of numbers',
    parts: { type: 'comma_delimited_list', declaredType: 'List<Number>' },
    given: '80, 20',
    value: [80, 20],
    language: 'cfn',
  },
  { reason: 'JSON text is read', parts: { type: 'json' }, given: '{"a": [1]}', value: { a: [1] } },
  { reason: 'JSON values stay', parts: { type: 'json' }, given: [1], value: [1] },
])('$reason', ({ parts, given, value, language }) => {
  const { values, diagnostics } = resolve([declare('p', parts)], { given: { p: given } }, language);
  expect(diagnostics).toEqual([]);
  expect(values.get('p')).toEqual(value);
});

test('a given value goes before the environment’s default, and that before the template’s', () => {
  const declarations = ['a', 'b', 'c', 'd'].map((name) => declare(name, { defaultValue: 'template' }));
  const { values } = resolve(declarations, {
    given: { a: 'given', d: null },
    defaults: { a: 'env', b: 'env', other: 1 },
  });
  expect([...values.values()]).toEqual(['given', 'env', 'template', 'template']);
});

interface Mistake {
  readonly reason: string;
  readonly declarations: readonly ParameterDeclaration[];
  readonly input: Partial<ParameterInput>;
  readonly found: readonly Partial<Diagnostic>[];
  readonly language?: 'hot' | 'cfn';
}

test.each<Mistake>([
  {
    reason: 'a missing value',
    declarations: [declare('p'), declare('q', { defaultValue: 'x' }), declare('r')],
    input: {},
    found: [
      {
        code: 'missing-parameter',
        message: 'The Parameter (p) was not provided.',
        heatType: 'UserParameterMissing',
        awsMessage: 'Parameters: [p, r] must have values',
      },
      { code: 'missing-parameter', message: 'The Parameter (r) was not provided.' },
    ],
  },
  {
    reason: 'an unknown name comes first and may be a typing error',
    declarations: [declare('flavor'), declare('image')],
    input: { given: { flavour: 'x', image: 'i' } },
    found: [
      {
        code: 'unknown-parameter',
        message: 'The Parameter (flavour) was not defined in template.',
        heatType: 'UnknownUserParameter',
        hint: 'did you mean "flavor"?',
        awsMessage: 'Parameters: [flavour] do not exist in the template',
      },
      { code: 'missing-parameter' },
    ],
  },
  {
    reason: 'no number',
    declarations: [declare('len', { type: 'number', declaredType: 'Number' })],
    input: { given: { len: 'many' } },
    found: [
      {
        code: 'invalid-parameter',
        message: "Parameter 'len' is invalid: could not convert string to float: 'many'",
        awsMessage: "Parameter 'len' must be a number",
      },
    ],
  },
  {
    reason: 'no boolean',
    declarations: [declare('b', { type: 'boolean' })],
    input: { given: { b: 'maybe' } },
    found: [
      {
        message:
          "Parameter 'b' is invalid: Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'",
      },
    ],
  },
  {
    reason: 'no list',
    declarations: [declare('l', { type: 'comma_delimited_list' })],
    input: { given: { l: 5 } },
    found: [
      {
        message:
          "Parameter 'l' is invalid: Value must be a comma-delimited list string: 'int' object has no attribute 'split'",
      },
    ],
  },
  {
    reason: 'no JSON',
    declarations: [declare('j', { type: 'json' })],
    input: { given: { j: '{"a" 1}' } },
    found: [
      {
        message:
          "Parameter 'j' is invalid: Value must be valid JSON: Expecting ':' delimiter: line 1 column 6 (char 5)",
      },
    ],
  },
  {
    reason: 'a value that is not allowed',
    declarations: [declare('v', { constraints: [{ kind: 'allowed_values', values: ['one', 'two', 'three'] }] })],
    input: { given: { v: 'nine' } },
    found: [
      {
        code: 'constraint',
        message: 'Parameter \'v\' is invalid: "nine" is not an allowed value ["one", "two", "three"]',
        awsMessage: "Parameter 'v' must be one of AllowedValues",
      },
    ],
  },
  {
    reason: 'a constraint’s own text',
    declarations: [
      declare('len', { type: 'number', constraints: [{ kind: 'range', min: 1, max: 64, description: '1 to 64' }] }),
    ],
    input: { given: { len: 100 } },
    found: [
      {
        message: "Parameter 'len' is invalid: 1 to 64",
        awsMessage: 'Parameter len failed to satisfy constraint: 1 to 64',
      },
    ],
  },
  {
    reason: 'a default that breaks a constraint, even though another value is given',
    declarations: [declare('p', { defaultValue: 'xyz', constraints: [{ kind: 'length', max: 2 }] })],
    input: { given: { p: 'a' } },
    found: [
      {
        message: "Parameter 'p' is invalid: Invalid default xyz (length (3) is out of range (min: None, max: 2))",
        heatType: 'InvalidSchemaError',
      },
    ],
  },
  {
    reason: 'a constraint of CloudFormation',
    declarations: [declare('Password', { hidden: true, constraints: [{ kind: 'length', min: 8 }] })],
    input: { given: { Password: 'short' } },
    found: [
      { path: ['Parameters', 'Password'], awsMessage: "Parameter 'Password' must contain at least 8 characters" },
    ],
    language: 'cfn',
  },
  {
    reason: 'a stored parameter that is not there',
    declarations: [declare('Ami', { declaredType: 'AWS::SSM::Parameter::Value<String>' })],
    input: { given: { Ami: '/no/such' } },
    found: [{ awsMessage: 'Unable to fetch parameters [/no/such] from parameter store for this account.' }],
    language: 'cfn',
  },
  {
    reason: 'changes of immutable parameters',
    declarations: [
      declare('a', { immutable: true }),
      declare('b', { immutable: true }),
      declare('c', { immutable: true }),
    ],
    input: {
      given: { a: '2', b: '2', c: '1' },
      previous: new Map<string, Value>([
        ['a', '1'],
        ['b', '1'],
        ['c', '1'],
      ]),
    },
    found: [
      {
        code: 'immutable-parameter',
        message: 'The following parameters are immutable and may not be updated: a, b',
        heatType: 'ImmutableParameterModified',
      },
    ],
  },
  {
    reason: 'a parameter that is new may be immutable',
    declarations: [declare('a', { immutable: true })],
    input: { given: { a: '2' }, previous: new Map() },
    found: [],
  },
])('reports $reason', ({ declarations, input, found, language }) => {
  const { diagnostics } = resolve(declarations, input, language);
  expect(diagnostics).toHaveLength(found.length);
  for (const [index, wanted] of found.entries()) expect(diagnostics[index]).toMatchObject(wanted);
});

test('a stored parameter’s value is taken, split if it is a list', () => {
  const declarations = [
    declare('One', { declaredType: 'AWS::SSM::Parameter::Value<String>', defaultValue: '/one' }),
    declare('Many', { declaredType: 'AWS::SSM::Parameter::Value<List<String>>', defaultValue: '/many' }),
  ];
  const stored: { [name: string]: string } = { '/one': '1', '/many': 'a, b' };
  const { values } = resolve(declarations, { storedParameter: (name) => stored[name] }, 'cfn');
  expect([...values.values()]).toEqual(['1', ['a', 'b']]);
});

test('a hidden value is a secret and never stands in a message', () => {
  const hidden = declare('p', { hidden: true, constraints: [{ kind: 'allowed_pattern', pattern: '[a-z]+' }] });
  const good = resolve([hidden], { given: { p: 'hush' } }).values.get('p');
  expect(good).toBeInstanceOf(Secret);
  expect((good as Secret).reveal()).toBe('hush');
  const { diagnostics } = resolve([hidden], { given: { p: 'Hush1' } });
  expect(JSON.stringify(diagnostics)).not.toContain('Hush1');
});

test('without strictness missing values are unknown and given ones are not checked', () => {
  const declarations = [declare('p'), declare('n', { type: 'number' })];
  const { values, diagnostics } = resolve(declarations, { given: { n: 'x' }, strict: false });
  expect(diagnostics).toEqual([]);
  expect(values.get('p')).toBeInstanceOf(Unknown);
  expect(values.get('n')).toBeInstanceOf(Unknown);
});

test('constraints that need a service are asked of the lookup', async () => {
  const declarations = [
    declare('flavor', { constraints: [{ kind: 'custom', name: 'nova.flavor' }] }),
    declare('ip', { constraints: [{ kind: 'custom', name: 'ip_addr' }] }),
  ];
  const asked: string[] = [];
  const diagnostics = await checkServiceConstraints(
    template(declarations),
    new Map<string, Value>([
      ['flavor', 'm9'],
      ['ip', '10.0.0.1'],
    ]),
    (name, value) => {
      asked.push(name);
      return `The Flavor (${String(value)}) could not be found.`;
    },
  );
  expect(asked).toEqual(['nova.flavor']);
  expect(diagnostics[0]?.message).toBe(
    "Parameter 'flavor' is invalid: Error validating value 'm9': The Flavor (m9) could not be found.",
  );
});

test('things that CloudFormation’s own types name must exist', async () => {
  const declarations = [declare('Key', { declaredType: 'AWS::EC2::KeyPair::KeyName' })];
  const diagnostics = await checkServiceConstraints(template(declarations, 'cfn'), new Map([['Key', 'k']]), () => 'no');
  expect(diagnostics[0]?.awsMessage).toBe(
    'Parameter validation failed: parameter value k for parameter name Key does not exist',
  );
});

test.each<readonly [string, Partial<ParameterDeclaration>, Value, string]>([
  ['a string', {}, 'x', 'x'],
  ['a number', { type: 'number' }, 8, '8'],
  ['a boolean', { type: 'boolean' }, true, 'True'],
  ['a list', { type: 'comma_delimited_list' }, ['a', 'b'], 'a,b'],
  ['JSON', { type: 'json' }, { k: 'v', é: [1, null] }, '{"k": "v", "\\u00e9": [1, null]}'],
  ['a hidden value', { hidden: true }, new Secret('hush'), '******'],
])('%s is shown as text', (_, parts, value, text) => {
  expect(formatParameter(declare('p', parts), value)).toBe(text);
});

test('a schema is shown in the API’s words', () => {
  const declaration = declare('len', {
    type: 'number',
    description: 'how long',
    label: 'Length',
    defaultValue: 8,
    tags: ['a'],
    constraints: [
      { kind: 'range', min: 1, max: 64, description: '1 to 64' },
      { kind: 'modulo', step: 2, offset: 0 },
    ],
  });
  expect(parameterSchema(declaration, { given: 5 })).toEqual({
    Type: 'Number',
    Description: 'how long',
    NoEcho: 'false',
    Label: 'Length',
    Default: 8,
    Value: 5,
    Tags: ['a'],
    MinValue: 1,
    MaxValue: 64,
    Step: 2,
    Offset: 0,
    ConstraintDescription: '1 to 64',
  });
  expect(parameterSchema(declare('p'), { environmentDefault: 'e' })).toEqual({
    Type: 'String',
    Description: '',
    NoEcho: 'false',
    Label: 'p',
    Default: 'e',
  });
});
