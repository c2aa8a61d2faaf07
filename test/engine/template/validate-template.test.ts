import { type Diagnostic, formatDiagnostic } from '../../../src/engine/model/diagnostic.js';
import { parseTemplate } from '../../../src/engine/template/parse-template.js';
import { validateTemplate } from '../../../src/engine/template/validate-template.js';
import { fakeScope, readHot } from './hot/fake-scope.js';

const HEAD = 'heat_template_version: 2021-04-16\n';

function check(text: string): Diagnostic[] {
  return validateTemplate(readHot(HEAD + text));
}

test.each([
  {
    reason: 'an unknown resource in a property',
    text: 'resources: {r: {type: T, properties: {p: {get_resource: x}}}}',
    message: 'The specified reference "x" (in r.Properties.p) is incorrect.',
  },
  {
    reason: 'one deep inside of other functions',
    text: 'resources: {r: {type: T, properties: {p: [1, {str_replace: {template: a, params: {k: {get_attr: [x, y]}}}}]}}}',
    message: 'The specified reference "x" (in r.Properties.p[1].str_replace.params.k) is incorrect.',
  },
  {
    reason: 'one in metadata',
    text: 'resources: {r: {type: T, metadata: {m: {get_attr: [x, y]}}}}',
    message: 'The specified reference "x" (in r.Metadata.m) is incorrect.',
  },
  {
    reason: 'one in depends_on',
    text: 'resources: {r: {type: T, depends_on: x}}',
    message: 'The specified reference "x" (in r) is incorrect.',
  },
  {
    reason: 'one in an output',
    text: 'outputs: {o: {value: {get_attr: [x, y]}}}',
    message: 'outputs.o.value.get_attr: The specified reference "x" (in unknown) is incorrect.',
  },
  {
    reason: 'an unknown condition of a resource',
    text: 'resources: {r: {type: T, condition: x}}',
    message: 'resources.r.condition: Invalid condition "x"',
  },
  {
    reason: 'an unknown condition of an output',
    text: 'outputs: {o: {value: 1, condition: x}}',
    message: 'outputs.o.condition: Invalid condition "x"',
  },
  {
    reason: 'an unknown condition in a function',
    text: 'resources: {r: {type: T, properties: {p: {if: [x, 1, 2]}}}}',
    message: 'resources.r.properties.p.if: Invalid condition "x"',
  },
  {
    reason: 'an unknown condition in another condition',
    text: 'conditions: {c: {not: x}}',
    message: 'conditions.c.not: Invalid condition "x"',
  },
  {
    reason: 'conditions in a circle',
    text: 'conditions: {a: {not: b}, b: {and: [a, true]}}',
    message: 'Condition validation error: Circular definition for condition "a"',
  },
  {
    reason: 'a condition of itself',
    text: 'conditions: {a: {not: a}}',
    message: 'Condition validation error: Circular definition for condition "a"',
  },
  {
    reason: 'names used twice',
    text: 'parameters: {b: {type: string}, a: {type: string}, c: {type: string}}\nresources: {a: {type: T}, b: {type: T}}',
    message: "Duplicate names {'a', 'b'}",
  },
  {
    reason: 'resources in a circle',
    text: 'resources: {a: {type: T, depends_on: b}, b: {type: T, properties: {p: {get_resource: c}}}, c: {type: T, metadata: {m: {get_attr: [a, x]}}}}',
    message: 'Circular Dependency Found: a -> b -> c -> a',
  },
  {
    reason: 'a resource that depends on itself',
    text: 'resources: {a: {type: T, depends_on: a}}',
    message: 'Circular Dependency Found: a -> a',
  },
  {
    reason: 'an external resource that depends on another',
    text: 'resources: {a: {type: T}, b: {type: OS::Nova::Server, external_id: i, depends_on: a}}',
    message: 'Invalid dependency with external OS::Nova::Server resource: i',
  },
  {
    reason: 'a wrong call in a property',
    text: 'resources: {r: {type: T, properties: {p: {get_attr: x}}}}',
    message: 'resources.r.properties.p.get_attr: Argument to "get_attr" must be a list',
  },
  {
    reason: 'an unknown parameter',
    text: 'resources: {r: {type: T, properties: {p: {get_param: x}}}}',
    message: 'Property error: resources.r.properties.p: The Parameter (x) was not provided.',
  },
  {
    reason: 'a resource in a condition',
    text: 'conditions: {c: {equals: [{get_resource: r}, 1]}}\nresources: {r: {type: T}}',
    message: 'conditions.c.equals[0].get_resource: The function "get_resource" is invalid in this context',
  },
])('$reason is reported', ({ text, message }) => {
  expect(check(text).map(formatDiagnostic)).toEqual([message]);
});

test('a diagnostic has its place, its path and what was probably meant', () => {
  const text = `resources:
  server: {type: T}
  r:
    type: T
    properties:
      p: {get_resource: serve}
`;
  expect(check(text)).toEqual([
    {
      severity: 'error',
      code: 'unknown-reference',
      message: 'The specified reference "serve" (in r.Properties.p) is incorrect.',
      path: ['resources', 'r', 'properties', 'p', 'get_resource'],
      at: { line: 7, column: 25 },
      heatType: 'InvalidTemplateReference',
      hint: 'did you mean "server"?',
    },
  ]);
});

test('a parameter taken for a resource, and a resource for a parameter, are told apart', () => {
  const text =
    'parameters: {p: {type: string}}\nresources: {r: {type: T, properties: {a: {get_resource: p}, b: {get_param: r}}}}';
  expect(check(text).map(({ hint }) => hint)).toEqual([
    '"p" is a parameter, not a resource',
    '"r" is a resource: use get_resource',
  ]);
});

test('all mistakes are reported', () => {
  const text =
    'resources: {r: {type: T, properties: {a: {get_resource: x}, b: {get_resource: y}}, depends_on: [z], condition: c}}';
  expect(check(text)).toHaveLength(4);
});

const either = `
parameters: {first: {type: boolean}}
conditions: {first: {equals: [{get_param: first}, true]}}
resources:
  a: {type: T, properties: {p: {if: [first, {get_resource: b}, 1]}}}
  b: {type: T, properties: {p: {if: [first, 1, {get_resource: a}]}}}
`;

test('a circle through branches that are never taken together is none', () => {
  expect(check(either)).toEqual([]);
  const template = readHot(HEAD + either);
  for (const first of [true, false]) {
    expect(validateTemplate(template, fakeScope({ conditions: { first }, resources: { a: {}, b: {} } }))).toEqual([]);
  }
});

test('with a scope, a circle through branches that are taken is one', () => {
  const template = readHot(HEAD + either.replace('[first, 1, {get_resource: a}]', '[first, {get_resource: a}, 1]'));
  const run = (first: boolean) => validateTemplate(template, fakeScope({ conditions: { first } }));
  expect(run(true).map(({ message }) => message)).toEqual(['Circular Dependency Found: a -> b -> a']);
  expect(run(false)).toEqual([]);
});

test('a resource whose condition is false is in no circle', () => {
  const text =
    'conditions: {c: false}\nresources: {a: {type: T, depends_on: b}, b: {type: T, depends_on: a, condition: c}}';
  const template = readHot(HEAD + text);
  expect(validateTemplate(template)).toEqual([]);
  expect(validateTemplate(template, fakeScope({ conditions: { c: false } }))).toEqual([]);
  expect(validateTemplate(template, fakeScope({ conditions: { c: true } }))).toHaveLength(1);
});

test('a circle of ten thousand is found without a deep stack', () => {
  const resources: { [name: string]: object } = {};
  for (let index = 0; index < 10_000; index++) {
    resources[`r${index}`] = { type: 'T', depends_on: `r${(index + 1) % 10_000}` };
  }
  const { template } = parseTemplate({ heat_template_version: 'pike', resources } as never);
  const diagnostics = template ? validateTemplate(template) : [];
  expect(diagnostics.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Circular Dependency Found: r0 -> r1 -> .*\(9980 more\).* -> r9999 -> r0$/),
  ]);
});

test('ten thousand unknown names do not take long', () => {
  const resources: { [name: string]: object } = {};
  for (let index = 0; index < 10_000; index++) resources[`r${index}`] = { type: 'T', depends_on: `s${index}` };
  const { template } = parseTemplate({ heat_template_version: 'pike', resources } as never);
  const start = performance.now();
  expect(template && validateTemplate(template)).toHaveLength(10_000);
  expect(performance.now() - start).toBeLessThan(3000);
});

test('Ref in the first version means a resource or a parameter', () => {
  const text = `heat_template_version: 2013-05-23
parameters: {p: {type: string}}
resources: {r: {type: T, properties: {a: {Ref: p}, b: {Ref: "OS::stack_name"}, c: {Ref: s}, d: {Ref: x}}}, s: {type: T}}`;
  expect(validateTemplate(readHot(text)).map(({ message }) => message)).toEqual([
    'The specified reference "x" (in r.Properties.d) is incorrect.',
  ]);
});

test('CloudFormation templates are checked too', () => {
  const { template, diagnostics } = parseTemplate(`
AWSTemplateFormatVersion: 2010-09-09
Resources:
  A: {Type: "AWS::SNS::Topic", DependsOn: B}
  B: {Type: "AWS::SNS::Topic", Properties: {TopicName: !Ref A}}
  C: {Type: "AWS::SNS::Topic", Properties: {TopicName: !Ref X}}
`);
  expect(diagnostics).toEqual([]);
  expect((template ? validateTemplate(template) : []).map(({ message }) => message).sort()).toEqual([
    'Circular Dependency Found: A -> B -> A',
    'The specified reference "X" (in C.Properties.TopicName) is incorrect.',
  ]);
});
