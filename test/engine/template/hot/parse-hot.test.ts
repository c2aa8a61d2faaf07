import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { type Diagnostic, formatDiagnostic } from '../../../../src/engine/model/diagnostic.js';
import { parseTemplate } from '../../../../src/engine/template/parse-template.js';
import { validateTemplate } from '../../../../src/engine/template/validate-template.js';
import { readHot } from './fake-scope.js';

const HEAD = 'heat_template_version: 2021-04-16\n';
const OUTPUT = 'Output validation error: outputs.a: ';

function parse(text: string): Diagnostic[] {
  return parseTemplate(text).diagnostics;
}

function errors(text: string): string[] {
  return parse(text).map(formatDiagnostic);
}

test('a whole template is read into the neutral model', () => {
  const template = readHot(`
heat_template_version: rocky
description: a stack
parameter_groups:
- label: main
  description: all
  parameters: [size]
parameters:
  size:
    type: number
    label: Size
    description: how many
    default: 3
    hidden: true
    immutable: true
    tags: [a, 1]
    constraints:
    - range: {min: 1, max: "5"}
      description: one to five
    - modulo: {step: 2, offset: 1}
conditions:
  big: {equals: [{get_param: size}, 5]}
resources:
  a:
    type: OS::Heat::Value
    condition: big
    properties: {value: {get_param: size}}
    metadata: {k: {get_resource: b}}
    depends_on: b
    deletion_policy: retain
    update_policy: {x: 1}
    description: the a
  b:
    type: OS::Nova::Server
    external_id: the-id
    depends_on: []
outputs:
  o: {value: {get_attr: [a, value]}, description: out, condition: big}
`);
  expect(template).toMatchObject({
    language: 'hot',
    versionKey: 'heat_template_version',
    version: 'rocky',
    description: 'a stack',
    parameterGroups: [{ label: 'main', description: 'all', parameters: ['size'] }],
  });
  expect(template.parameters.get('size')).toEqual({
    name: 'size',
    type: 'number',
    declaredType: 'number',
    label: 'Size',
    description: 'how many',
    defaultValue: 3,
    hidden: true,
    immutable: true,
    tags: ['a', '1'],
    constraints: [
      { kind: 'range', min: 1, max: 5, description: 'one to five' },
      { kind: 'modulo', step: 2, offset: 1 },
    ],
    constraintDescription: undefined,
    at: { line: 9, column: 3 },
  });
  const a = template.resources.get('a');
  expect(a).toMatchObject({
    name: 'a',
    type: 'OS::Heat::Value',
    dependsOn: [{ name: 'b', at: { line: 29, column: 17 } }],
    deletionPolicy: { kind: 'literal', value: 'Retain' },
    condition: { kind: 'literal', value: 'big' },
    description: 'the a',
    at: { line: 24, column: 3 },
    typeAt: { line: 25, column: 11 },
  });
  expect(template.resources.get('b')?.externalId).toMatchObject({ kind: 'literal', value: 'the-id' });
  expect(template.outputs.get('o')).toMatchObject({ description: 'out', condition: { value: 'big' } });
  expect(template.conditions.get('big')?.kind).toBe('call');
  expect(template.document).toHaveProperty('parameters.size.default', 3);
});

test('a template without resources is fine, and empty sections count as absent', () => {
  expect(errors(`${HEAD}parameters:\nresources:\noutputs:\nconditions:\nparameter_groups:\n`)).toEqual([]);
  expect(errors(HEAD)).toEqual([]);
});

test.each([
  {
    reason: 'an unknown version',
    text: 'heat_template_version: 2099-01-01',
    message:
      'The template version is invalid: "heat_template_version: 2099-01-01". "heat_template_version" should be one of: 2013-05-23, 2014-10-16, 2015-04-30, 2015-10-15, 2016-04-08, 2016-10-14, 2017-02-24, 2017-09-01, 2018-03-02, 2018-08-31, 2021-04-16, newton, ocata, pike, queens, rocky, wallaby',
  },
  { reason: 'an unknown section', text: `${HEAD}mappings: {}`, message: 'The template section is invalid: mappings' },
  {
    reason: 'conditions before their time',
    text: 'heat_template_version: 2016-04-08\nconditions: {}',
    message: 'The template section is invalid: conditions',
  },
  {
    reason: 'conditions in a list',
    text: `${HEAD}conditions: [a]`,
    message: 'Conditions validation error: Condition definitions must be a map. Found a list instead',
  },
  {
    reason: 'a condition that is text',
    text: `${HEAD}conditions: {c: x}`,
    message: 'Condition validation error: The definition of condition "c" is invalid: x',
  },
  {
    reason: 'resources in a list',
    text: `${HEAD}resources: [a]`,
    message: '"resources" must contain a map of resource maps. Found a [<class \'list\'>] instead',
  },
  {
    reason: 'a resource that is text',
    text: `${HEAD}resources: {a: b}`,
    message: '"resources" must contain a map of resource maps. Found a [<class \'str\'>] instead',
  },
  { reason: 'an empty resource', text: `${HEAD}resources: {a: }`, message: 'Each resource must contain a type key.' },
  {
    reason: 'a resource without a type',
    text: `${HEAD}resources: {a: {properties: {}}}`,
    message: 'Each resource must contain a type key.',
  },
  {
    reason: 'a type that is null',
    text: `${HEAD}resources: {a: {type: }}`,
    message: 'Each Resource must contain a Type key.',
  },
  {
    reason: 'a type that is a number',
    text: `${HEAD}resources: {a: {type: 5}}`,
    message: 'Resource a type type must be string',
  },
  {
    reason: 'a slash in a name',
    text: `${HEAD}resources: {a/b: {type: T}}`,
    message: 'Resource name may not contain "/"',
  },
  {
    reason: 'an unknown key of a resource',
    text: `${HEAD}resources: {a: {type: T, foo: 1}}`,
    message: '"foo" is not a valid keyword inside a resource definition',
  },
  {
    reason: 'a key of a resource that came later',
    text: 'heat_template_version: 2015-10-15\nresources: {a: {type: T, condition: c}}',
    message: 'Invalid keyword(s) inside a resource definition: condition',
  },
  {
    reason: 'properties in a list',
    text: `${HEAD}resources: {a: {type: T, properties: []}}`,
    message: 'Resource a properties type must be object',
  },
  {
    reason: 'metadata that is text',
    text: `${HEAD}resources: {a: {type: T, metadata: x}}`,
    message: 'Resource a metadata type must be object',
  },
  {
    reason: 'depends_on that is a map',
    text: `${HEAD}resources: {a: {type: T, depends_on: {}}}`,
    message: 'Resource a depends_on type must be list or string',
  },
  {
    reason: 'depends_on with a number',
    text: `${HEAD}resources: {a: {type: T, depends_on: [1]}}`,
    message: 'Resource a depends_on must be a list of strings',
  },
  {
    reason: 'an unknown deletion policy',
    text: `${HEAD}resources: {a: {type: T, deletion_policy: Keep}}`,
    message: 'Invalid deletion policy "Keep"',
  },
  {
    reason: 'a deletion policy in lower case before 2016-10-14',
    text: 'heat_template_version: 2015-10-15\nresources: {a: {type: T, deletion_policy: delete}}',
    message: 'Invalid deletion policy "delete"',
  },
  {
    reason: 'a condition that is a list',
    text: `${HEAD}resources: {a: {type: T, condition: []}}`,
    message: 'Resource a condition type must be string_or_boolean',
  },
  {
    reason: 'an external id that is a list',
    text: `${HEAD}resources: {a: {type: T, external_id: []}}`,
    message: 'Resource a external_id type must be string',
  },
  {
    reason: 'an empty output',
    text: `${HEAD}outputs: {a: {}}`,
    message: `${OUTPUT}Each output definition must contain a value key.`,
  },
  {
    reason: 'an output that is null',
    text: `${HEAD}outputs: {a: }`,
    message: `${OUTPUT}Output definitions must be a map. Found a NoneType instead`,
  },
  {
    reason: 'an output without value',
    text: `${HEAD}outputs: {a: {description: x}}`,
    message: `${OUTPUT}Each output definition must contain a value key.`,
  },
  {
    reason: 'an output with another key',
    text: `${HEAD}outputs: {a: {value: x, foo: 1}}`,
    message: '"foo" is not a valid keyword inside a output definition',
  },
  {
    reason: 'an output that is text',
    text: `${HEAD}outputs: {a: x}`,
    message: '"outputs" must contain a map of output maps. Found a [<class \'str\'>] instead',
  },
  {
    reason: 'parameter groups that are no list',
    text: `${HEAD}parameter_groups: {a: 1}`,
    message: 'Parameter Groups error: parameter_groups: The parameter_groups should be a list.',
  },
  {
    reason: 'a group without parameters',
    text: `${HEAD}parameter_groups: [{label: g}]`,
    message: 'Parameter Groups error: parameter_groups.g: The parameters must be provided for each parameter group.',
  },
  {
    reason: 'a group whose parameters are no list',
    text: `${HEAD}parameter_groups: [{label: g, parameters: a}]`,
    message: 'Parameter Groups error: parameter_groups.g: The parameters of parameter group should be a list.',
  },
  {
    reason: 'a parameter in two groups',
    text: `${HEAD}parameters: {a: {type: string}}\nparameter_groups: [{label: g, parameters: [a]}, {label: h, parameters: [a]}]`,
    message:
      'Parameter Groups error: parameter_groups.h: The a parameter must be assigned to one parameter group only.',
  },
  {
    reason: 'a group of an unknown parameter, without label',
    text: `${HEAD}parameter_groups: [{parameters: [a]}]`,
    message: 'Parameter Groups error: parameter_groups.: The grouped parameter a does not reference a valid parameter.',
  },
])('a template is refused for $reason', ({ text, message }) => {
  expect(errors(text)).toEqual([message]);
});

test.each([
  { reason: 'no map', yaml: 'string', message: 'Invalid parameter (p), expected a mapping' },
  { reason: 'no type', yaml: '{default: x}', message: 'Missing parameter type for parameter: p' },
  { reason: 'an unknown type', yaml: '{type: String}', message: 'Invalid type (String)' },
  { reason: 'an unknown key', yaml: '{type: string, foo: 1}', message: "Invalid key 'foo' for parameter (p)" },
  {
    reason: 'tags that are no list',
    yaml: '{type: string, tags: a}',
    message: 'Tags property should be a list for parameter: p',
  },
  {
    reason: 'constraints that are no list',
    yaml: '{type: string, constraints: {length: {min: 1}}}',
    message: 'Invalid parameter constraints for parameter p, expected a list',
  },
  {
    reason: 'a constraint that is text',
    yaml: '{type: string, constraints: [x]}',
    message: 'Invalid parameter constraints, expected a mapping',
  },
  {
    reason: 'an unknown constraint',
    yaml: '{type: string, constraints: [{allowed_valus: [a]}]}',
    message: "Invalid key 'allowed_valus' for parameter constraints",
  },
  {
    reason: 'an unknown bound',
    yaml: '{type: number, constraints: [{range: {mn: 1}}]}',
    message: "Invalid key 'mn' for range constraint",
  },
  {
    reason: 'a constraint with nothing but a description',
    yaml: '{type: string, constraints: [{description: x}]}',
    message: 'No constraint expressed',
  },
  {
    reason: 'a range without bounds',
    yaml: '{type: number, constraints: [{range: {}}]}',
    message: 'A range constraint must have a min value and/or a max value specified.',
  },
  {
    reason: 'a length that is a fraction',
    yaml: '{type: string, constraints: [{length: {min: 1.5}}]}',
    message: 'min/max length must be integral',
  },
  {
    reason: 'a bound that is no number',
    yaml: '{type: number, constraints: [{range: {min: x}}]}',
    message: "could not convert string to float: 'x'",
  },
  {
    reason: 'allowed values that are no list',
    yaml: '{type: string, constraints: [{allowed_values: a}]}',
    message: 'AllowedValues must be a list',
  },
  {
    reason: 'a pattern that is no text',
    yaml: '{type: string, constraints: [{allowed_pattern: 1}]}',
    message: 'AllowedPattern must be a string',
  },
  {
    reason: 'a modulo of zero',
    yaml: '{type: number, constraints: [{modulo: {step: 0, offset: 0}}]}',
    message: 'step cannot be 0.',
  },
  {
    reason: 'a modulo with a large offset',
    yaml: '{type: number, constraints: [{modulo: {step: 2, offset: 2}}]}',
    message: 'offset must be smaller (by absolute value) than step.',
  },
  {
    reason: 'a modulo with signs that differ',
    yaml: '{type: number, constraints: [{modulo: {step: 2, offset: -1}}]}',
    message: 'step and offset must be both positive or both negative.',
  },
  {
    reason: 'a range on text',
    yaml: '{type: string, constraints: [{range: {min: 1}}]}',
    message: "Parameter 'p' is invalid: Range constraint invalid for string",
  },
  {
    reason: 'a length on a number',
    yaml: '{type: number, constraints: [{length: {min: 1}}]}',
    message: "Parameter 'p' is invalid: Length constraint invalid for number",
  },
])('a parameter is refused for $reason', ({ yaml, message }) => {
  expect(errors(`${HEAD}parameters: {p: ${yaml}}`)).toEqual([message]);
});

test('tags and modulo are unknown before their versions', () => {
  const old = 'heat_template_version: 2016-10-14\n';
  expect(errors(`${old}parameters: {p: {type: string, tags: [a]}}`)).toEqual(["Invalid key 'tags' for parameter (p)"]);
  const modulo = '{type: number, constraints: [{modulo: {step: 2, offset: 1}}]}';
  expect(errors(`${old}parameters: {p: ${modulo}}`)).toEqual(['No constraint expressed']);
});

test('a default of null is no default', () => {
  expect(
    readHot(`${HEAD}parameters: {p: {type: string, default: }}`).parameters.get('p')?.defaultValue,
  ).toBeUndefined();
  expect(readHot(`${HEAD}parameters: {p: {type: boolean, default: no}}`).parameters.get('p')?.defaultValue).toBe(false);
});

test('all mistakes are reported at once, each with its place and what was probably meant', () => {
  const diagnostics = parse(`${HEAD}
parameters:
  p: {typ: string}
resources:
  a:
    type: T
    dependsOn: b
outputz: {}
`);
  expect(diagnostics.map(({ message, at, hint }) => [message, at?.line, hint])).toEqual([
    ["Invalid key 'typ' for parameter (p)", 4, 'did you mean "type"?'],
    ['Missing parameter type for parameter: p', 4, undefined],
    ['"dependsOn" is not a valid keyword inside a resource definition', 8, 'did you mean "depends_on"?'],
    ['The template section is invalid: outputz', 9, 'did you mean "outputs"?'],
  ]);
});

function* filesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    if (statSync(path).isDirectory()) yield* filesIn(path);
    else if (/\.(ya?ml|template)$/.test(name)) yield path;
  }
}

const CORPUS = '../shared/corpus/heat/hot';

(existsSync(CORPUS) ? test : test.skip)('public templates are read without a complaint', () => {
  for (const path of filesIn(CORPUS)) {
    const text = readFileSync(path, 'utf8');
    if (!text.includes('heat_template_version')) continue;
    const { template, diagnostics } = parseTemplate(text);
    const all = [...diagnostics, ...(template ? validateTemplate(template) : [])];
    expect([path, all.map(formatDiagnostic)]).toEqual([path, []]);
  }
});
