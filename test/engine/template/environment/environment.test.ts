import type { JsonMap } from '../../../../src/engine/model/value.js';
import {
  childEnvironment,
  hooksFor,
  restrictedActionsFor,
} from '../../../../src/engine/template/environment/child-environment.js';
import {
  type Environment,
  environmentDocument,
  environmentOf,
} from '../../../../src/engine/template/environment/environment.js';
import { mergeEnvironments } from '../../../../src/engine/template/environment/merge-environments.js';
import { matchesNamePattern } from '../../../../src/engine/template/environment/name-pattern.js';
import { parseEnvironment } from '../../../../src/engine/template/environment/parse-environment.js';
import { type ResolvedType, resolveType } from '../../../../src/engine/template/environment/resolve-type.js';
import type { ParameterType } from '../../../../src/engine/template/template.js';

function read(text: string): Environment {
  const { environment, diagnostics } = parseEnvironment(text);
  expect(diagnostics).toEqual([]);
  if (!environment) throw new Error('no environment');
  return environment;
}

test('all sections are read', () => {
  const environment = read(`
parameters: {a: 1}
parameter_defaults: {b: [x]}
resource_registry:
  My::Server: file:///s.yaml
  resources:
    web: {hooks: pre-create, restricted_actions: [update, replace]}
encrypted_param_names: [a]
event_sinks: [{type: zaqar-queue, target: q, ttl: 60}]
parameter_merge_strategies: {default: merge}
moved: {old: new}
`);
  expect(environment).toMatchObject({ parameters: { a: 1 }, parameter_defaults: { b: ['x'] }, moved: { old: 'new' } });
  expect(environment.event_sinks).toEqual([{ type: 'zaqar-queue', target: 'q', ttl: 60 }]);
});

test.each(['', '---', '# only a comment\n', '{}', null])('nothing (%j) is an empty environment', (input) => {
  expect(parseEnvironment(input)).toEqual({ environment: environmentOf({}), diagnostics: [] });
});

test('the API’s form has its sections even when empty', () => {
  expect(environmentDocument(environmentOf({ parameters: { v: 'one' } }))).toEqual({
    resource_registry: { resources: {} },
    parameters: { v: 'one' },
    parameter_defaults: {},
    event_sinks: [],
    encrypted_param_names: [],
  });
});

test.each([
  ['a list', '[1]', 'The environment is not a valid YAML mapping data type.', undefined],
  ['an unknown section', 'parameter: {a: 1}', 'environment has wrong section "parameter"', undefined],
  ['an empty section', 'parameters:', 'environment has empty section "parameters"', undefined],
  ['a section of the wrong kind', 'parameters: [a]', 'environment section "parameters" must be a map', undefined],
  [
    'an unknown hook',
    'resource_registry: {resources: {r: {hooks: pre-cook}}}',
    "Invalid hook type \"pre-cook\" for resource breakpoint, acceptable hook types are: ('pre-create', 'pre-update', 'pre-delete', 'post-create', 'post-update', 'post-delete')",
    'InvalidBreakPointHook',
  ],
  [
    'an unknown hook in a list',
    'resource_registry: {resources: {r: {hooks: [pre-create, x]}}}',
    "Invalid hook type \"['pre-create', 'x']\" for resource breakpoint, acceptable hook types are: ('pre-create', 'pre-update', 'pre-delete', 'post-create', 'post-update', 'post-delete')",
    'InvalidBreakPointHook',
  ],
  [
    'an unknown restricted action',
    'resource_registry: {resources: {r: {restricted_actions: delete}}}',
    "Invalid restricted_action type \"delete\" for resource, acceptable restricted_action types are: ('update', 'replace')",
    'InvalidRestrictedAction',
  ],
])('%s is refused', (_, text, message, heatType) => {
  const { environment, diagnostics } = parseEnvironment(text);
  expect(environment).toBeUndefined();
  expect(diagnostics[0]).toMatchObject({ message, severity: 'error' });
  expect(diagnostics[0]?.heatType).toBe(heatType);
});

test('a mistake has its place', () => {
  const { diagnostics } = parseEnvironment(
    'parameters: {}\nresource_registry:\n  resources:\n    r:\n      hooks: x\n',
  );
  expect(diagnostics[0]).toMatchObject({ path: ['resource_registry', 'resources', 'r', 'hooks'], at: { line: 5 } });
});

describe('types', () => {
  const registry = (entries: JsonMap) => environmentOf({ resource_registry: entries });
  const known = (name: string) => name.startsWith('OS::') && name !== 'OS::Gone::Type';

  test.each<readonly [string, JsonMap, string, string | undefined, ResolvedType | undefined]>([
    ['nothing maps it', {}, 'OS::Nova::Server', 'r', { kind: 'type', name: 'OS::Nova::Server' }],
    ['nobody knows it', {}, 'My::Type', 'r', undefined],
    ['an alias', { 'My::Alias': 'OS::Nova::Server' }, 'My::Alias', 'r', { kind: 'type', name: 'OS::Nova::Server' }],
    ['a chain of aliases', { A: 'B', B: 'OS::Nova::Server' }, 'A', 'r', { kind: 'type', name: 'OS::Nova::Server' }],
    [
      'a template',
      { 'My::Server': 'file:///s.yaml' },
      'My::Server',
      'r',
      { kind: 'template', key: 'file:///s.yaml', name: 'My::Server', path: ['My::Server'] },
    ],
    [
      'a template’s name as type',
      {},
      'http://x/s.template',
      'r',
      { kind: 'template', key: 'http://x/s.template', name: 'http://x/s.template', path: ['http://x/s.template'] },
    ],
    [
      'a wild card to a wild card',
      { 'OS::Quantum*': 'OS::Neutron*' },
      'OS::Quantum::Net',
      'r',
      { kind: 'type', name: 'OS::Neutron::Net' },
    ],
    [
      'a wild card to one',
      { 'OS::Foo::*': 'OS::Heat::None' },
      'OS::Foo::Bar',
      'r',
      { kind: 'type', name: 'OS::Heat::None' },
    ],
    [
      'a wild card to one does not catch that one',
      { 'OS::*': 'OS::Heat::None' },
      'OS::Heat::None',
      'r',
      { kind: 'type', name: 'OS::Heat::None' },
    ],
    [
      'an exact name goes before a wild card',
      { 'OS::Nova::*': 'OS::Heat::None', 'OS::Nova::Server': 's.yaml' },
      'OS::Nova::Server',
      'r',
      { kind: 'template', key: 's.yaml', name: 'OS::Nova::Server', path: ['OS::Nova::Server'] },
    ],
    [
      'a single resource goes first',
      { 'OS::Nova::Server': 'all.yaml', resources: { web: { 'OS::Nova::Server': 'web.yaml' } } },
      'OS::Nova::Server',
      'web',
      { kind: 'template', key: 'web.yaml', name: 'OS::Nova::Server', path: ['resources', 'web', 'OS::Nova::Server'] },
    ],
    [
      'another resource is not touched',
      { resources: { web: { 'OS::Nova::Server': 'web.yaml' } } },
      'OS::Nova::Server',
      'db',
      { kind: 'type', name: 'OS::Nova::Server' },
    ],
    [
      'an alias to a template',
      { A: 'B', B: 'b.yaml' },
      'A',
      'r',
      { kind: 'template', key: 'b.yaml', name: 'B', path: ['B'] },
    ],
    [
      'a mapping to an unknown type is passed over',
      { 'OS::Nova::Server': 'OS::Gone::Type' },
      'OS::Nova::Server',
      'r',
      { kind: 'type', name: 'OS::Nova::Server' },
    ],
    ['a type mapped to itself', { 'OS::A::B': 'OS::A::B' }, 'OS::A::B', 'r', { kind: 'type', name: 'OS::A::B' }],
    ['a loop', { A: 'B', B: 'A' }, 'A', 'r', { kind: 'loop', chain: ['A', 'B', 'A'] }],
    ['a name such as constructor is no mapping', {}, 'constructor', 'constructor', undefined],
  ])('%s', (_, entries, type, resource, expected) => {
    expect(resolveType(registry(entries), type, resource, { isKnownType: known })).toEqual(expected);
  });

  test('the operator’s mappings come after the user’s', () => {
    const globalRegistry = { 'OS::Nova::Server': 'global.yaml', 'Old::Type': 'OS::Heat::None' };
    const user = registry({ 'OS::Nova::Server': 'user.yaml' });
    expect(resolveType(user, 'OS::Nova::Server', 'r', { globalRegistry })).toMatchObject({ key: 'user.yaml' });
    expect(resolveType(user, 'Old::Type', 'r', { globalRegistry })).toEqual({ kind: 'type', name: 'OS::Heat::None' });
  });

  test('a null takes entries out again', () => {
    const { resource_registry } = read(
      'resource_registry: {A::B: x.yaml, A::C: y.yaml, Z: z.yaml, "A::*": null, Z: null, K: k.yaml}'.replace(
        ', Z: null',
        '',
      ),
    );
    expect(resource_registry).toEqual({ Z: 'z.yaml', K: 'k.yaml' });
  });
});

describe('nested stacks', () => {
  const parent = environmentOf({
    parameters: { a: 1 },
    parameter_defaults: { b: 2 },
    resource_registry: {
      'My::Server': 'server.yaml',
      resources: {
        group: { '0': { 'OS::Nova::Server': 'special.yaml' }, hooks: 'pre-create' },
        'gr*': { inner: { hooks: 'pre-update' } },
        other: { x: { hooks: 'pre-delete' } },
      },
    },
  });

  test('get the parent’s environment without its parameters, and what is said of their own resources', () => {
    const child = childEnvironment(parent, 'group');
    expect(child.parameters).toEqual({});
    expect(child.parameter_defaults).toEqual({ b: 2 });
    expect(child.resource_registry).toEqual({
      'My::Server': 'server.yaml',
      resources: { '0': { 'OS::Nova::Server': 'special.yaml' }, inner: { hooks: 'pre-update' } },
    });
    expect(hooksFor(child, 'inner')).toEqual(['pre-update']);
    expect(hooksFor(child, '0')).toEqual([]);
  });

  test('do not see the mapping that led to them', () => {
    const child = childEnvironment(parent, 'group', ['My::Server']);
    expect(child.resource_registry['My::Server']).toBeUndefined();
    expect(parent.resource_registry['My::Server']).toBe('server.yaml');
  });
});

test('hooks and restricted actions of all matching patterns count', () => {
  const environment = read(`
resource_registry:
  resources:
    "*_db": {hooks: [post-update, pre-create]}
    main_db: {hooks: pre-delete, restricted_actions: replace}
    "main*": {restricted_actions: [update]}
`);
  expect(hooksFor(environment, 'main_db')).toEqual(['pre-create', 'pre-delete', 'post-update']);
  expect(restrictedActionsFor(environment, 'main_db')).toEqual(['update', 'replace']);
  expect(hooksFor(environment, 'web')).toEqual([]);
});

test.each([
  ['web1', 'web?', true],
  ['web', 'web?', false],
  ['web1', 'web[0-9]', true],
  ['weba', 'web[!0-9]', true],
  ['a]b', 'a[]]b', true],
  ['Web', 'web', false],
  ['abc', '*', true],
  ['a*b', 'a[*]b', true],
  ['axbxc', 'a*b*c', true],
  ['a'.repeat(2000), `${'*a'.repeat(200)}b`, false],
])('%s fits %s: %s', (name, pattern, expected) => {
  expect(matchesNamePattern(name, pattern)).toBe(expected);
});

describe('merging files', () => {
  const types = new Map<string, ParameterType>([
    ['s', 'string'],
    ['n', 'number'],
    ['l', 'comma_delimited_list'],
    ['j', 'json'],
    ['b', 'boolean'],
  ]);
  const merge = (...contents: JsonMap[]) =>
    mergeEnvironments(
      contents.map((content, index) => ({ name: `file${index + 1}`, content })),
      types,
    );
  const merging = (strategy: string, parameters: JsonMap): JsonMap => ({
    parameters,
    parameter_merge_strategies: { default: strategy },
  });

  test.each<readonly [string, string, JsonMap, JsonMap, JsonMap]>([
    ['overwriting', 'overwrite', { s: 'a', n: 1, j: { x: 1 } }, { s: 'b', j: { y: 2 } }, { s: 'b', n: 1, j: { y: 2 } }],
    ['texts are put together', 'merge', { s: 'a' }, { s: 'b' }, { s: 'ab' }],
    ['numbers are added', 'merge', { n: 1 }, { n: 2 }, { n: 3 }],
    ['lists grow', 'merge', { l: [1, 2] }, { l: [3] }, { l: [1, 2, 3] }],
    ['lists as text grow', 'merge', { l: '1,2' }, { l: '5,6' }, { l: '1,2,5,6' }],
    [
      'maps are merged one level deep',
      'merge',
      { j: { a: { x: 1 } } },
      { j: { a: { y: 2 }, b: 1 } },
      { j: { a: { y: 2 }, b: 1 } },
    ],
    [
      'maps are merged at all levels',
      'deep_merge',
      { j: { a: { x: 1, l: [1], s: 'a' } } },
      { j: { a: { y: 2, l: [2], s: 'b' } } },
      { j: { a: { x: 1, l: [1, 2], s: 'ab', y: 2 } } },
    ],
    ['JSON as text is read', 'merge', { j: '{"a": 1}' }, { j: '{"b": 2}' }, { j: { a: 1, b: 2 } }],
    ['a zero counts', 'overwrite', { n: 1 }, { n: 0 }, { n: 0 }],
    ['unknown parameters of later files are left out', 'overwrite', { s: 'a' }, { s: 'b', other: 1 }, { s: 'b' }],
  ])('%s', (_, strategy, first, second, expected) => {
    const { environment, diagnostics } = merge(merging(strategy, first), merging(strategy, second));
    expect(diagnostics).toEqual([]);
    expect(environment?.parameters).toEqual(expected);
  });

  test('a boolean cannot be merged', () => {
    const { diagnostics } = merge(merging('merge', { b: true }), merging('merge', { b: false }));
    expect(diagnostics[0]).toMatchObject({
      message: "Invalid merge strategy 'merge' for parameter 'b'.",
      heatType: 'InvalidMergeStrategyForParam',
    });
  });

  test('two files may not differ about a parameter; saying nothing means overwriting', () => {
    const { diagnostics } = merge(
      { parameters: { l: [1] } },
      { parameters: { l: [2] }, parameter_merge_strategies: { l: 'merge' } },
    );
    expect(diagnostics[0]).toMatchObject({
      message: "Conflicting merge strategy 'merge' for parameter 'l' in file 'file2'.",
      heatType: 'ConflictingMergeStrategyForParam',
    });
  });

  test('other sections are merged one level deep', () => {
    const { environment } = merge(
      { resource_registry: { A: 'a.yaml', B: 'b.yaml' }, event_sinks: [{ type: 'x' }] },
      { resource_registry: { B: 'c.yaml' }, event_sinks: [{ type: 'y' }], moved: { o: 'n' } },
    );
    expect(environment?.resource_registry).toEqual({ A: 'a.yaml', B: 'c.yaml' });
    expect(environment?.event_sinks).toHaveLength(2);
    expect(environment?.moved).toEqual({ o: 'n' });
  });

  test('a mistake names its file', () => {
    const { environment, diagnostics } = merge({ parameters: {} }, { nope: {} });
    expect(environment).toBeUndefined();
    expect(diagnostics[0]?.message).toBe('environment has wrong section "nope"');
  });
});
