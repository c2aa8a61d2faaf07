import type {
  ChildMember,
  ChildView,
  ComposedType,
  ComposeInput,
} from '../../../../src/engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../../../src/engine/model/value.js';
import { TypeBench } from '../../../helpers/type-bench.js';

function groupOf(typeName: string): ComposedType {
  const { composed } = new TypeBench().type(typeName);
  if (!composed) throw new Error(`${typeName} is no group`);
  return composed;
}

const group = groupOf('OS::Heat::ResourceGroup');

function input(properties: JsonMap, more: Partial<ComposeInput> = {}): ComposeInput {
  return {
    name: 'g',
    physicalName: 's-g-x',
    properties,
    previous: undefined,
    members: [],
    data: {},
    updatePolicy: {},
    files: {},
    ...more,
  };
}

function member(name: string, more: Partial<ChildMember> = {}): ChildMember {
  return {
    name,
    uuid: `u${name}`,
    type: 'T',
    physicalId: `p${name}`,
    reference: `p${name}`,
    status: 'CREATE_COMPLETE',
    createdAt: Number(name) || 0,
    properties: {},
    ...more,
  };
}

const def = (value: Json = 'v'): JsonMap => ({ type: 'T', properties: { value } });
const old = (...names: string[]) =>
  names.map((name) => member(name, { declaration: { type: 'T', properties: { value: 'old' } } }));
const resourcesOf = (step: { readonly stack: { readonly template: JsonMap | string } } | undefined): JsonMap =>
  ((step?.stack.template as JsonMap | undefined)?.resources ?? {}) as JsonMap;

/** Names of the members that have the new declaration, per step, with all names behind a colon. */
function story(steps: ReturnType<ComposedType['child']>): string[] {
  return steps.map((step) => {
    const resources = resourcesOf(step);
    const fresh = Object.keys(resources).filter((name) => JSON.stringify(resources[name]).includes('"new"'));
    return `${fresh.join(',')}:${Object.keys(resources).join(',')}`;
  });
}

describe('the members of a ResourceGroup', () => {
  test('are numbered, and get their number in all texts but not in keys, type or metadata', () => {
    const [step] = group.child(
      input({
        count: 2,
        resource_def: {
          type: 'T%index%',
          metadata: { m: '%index%' },
          properties: { name: 's-%index%', deep: [{ '%index%': '%index%' }], gone: null },
        },
      }),
    );
    expect(step?.stack.template).toEqual({
      heat_template_version: '2015-04-30',
      resources: {
        0: { type: 'T%index%', metadata: { m: '%index%' }, properties: { name: 's-0', deep: [{ '%index%': '0' }] } },
        1: { type: 'T%index%', metadata: { m: '%index%' }, properties: { name: 's-1', deep: [{ '%index%': '1' }] } },
      },
    });
  });

  test('share one declaration where the number does not occur, so that thousands cost little', () => {
    const [step] = group.child(input({ count: 1000, index_var: '$n$$', resource_def: def() }));
    const resources = resourcesOf(step);
    expect(Object.keys(resources)).toHaveLength(1000);
    expect(resources['0']).toBe(resources['999']);
  });

  test.each([
    { reason: 'a name that is there', list: ['1'], names: ['0', '2', '3'], blacklist: '1' },
    { reason: 'a number', list: [1], names: ['0', '2', '3'], blacklist: '1' },
    { reason: 'a reference', list: ['p2'], names: ['0', '1', '3'], blacklist: '2' },
    { reason: 'something unknown', list: ['nobody', '77'], names: ['0', '1', '2'], blacklist: undefined },
  ])('$reason is removed and never used again', ({ list, names, blacklist }) => {
    const properties = { count: 3, resource_def: def(), removal_policies: [{ resource_list: list }] };
    const [step] = group.child(
      input(properties, {
        previous: { count: 3, resource_def: def() },
        members: ['0', '1', '2'].map((name) => member(name)),
      }),
    );
    expect(Object.keys(resourcesOf(step))).toEqual(names);
    expect(step?.data?.name_blacklist).toBe(blacklist);
  });

  test('earlier removals are kept in mode append and forgotten in mode update', () => {
    const properties = { count: 2, resource_def: def(), removal_policies: [{ resource_list: ['3'] }] };
    const more = { previous: properties, members: [member('0'), member('3')], data: { name_blacklist: '1,2' } };
    const [appended] = group.child(input({ ...properties, removal_policies_mode: 'append' }, more));
    const [updated] = group.child(input({ ...properties, removal_policies_mode: 'update' }, more));
    expect(appended?.data?.name_blacklist).toBe('1,2,3');
    expect(Object.keys(resourcesOf(appended))).toEqual(['0', '4']);
    expect(updated?.data?.name_blacklist).toBe('3');
    expect(Object.keys(resourcesOf(updated))).toEqual(['0', '1']);
  });

  test('a group of none is not checked: templates switch parts off that way', () => {
    expect(group.sample?.(input({ count: 0, resource_def: def() }))).toBeUndefined();
    expect(Object.keys(resourcesOf(group.sample?.(input({ count: 500, resource_def: def() }))))).toEqual(['0']);
  });
});

describe('batches of a ResourceGroup', () => {
  const update = (policy: JsonMap, count: number, names: string[], more: Partial<ComposeInput> = {}) =>
    group.child(
      input(
        { count, resource_def: def('new') },
        {
          previous: { count: names.length, resource_def: def('old') },
          members: old(...names),
          updatePolicy: { rolling_update: policy },
          ...more,
        },
      ),
    );

  test('a rolling update begins with the highest numbers', () => {
    expect(story(update({ max_batch_size: 2 }, 4, ['0', '1', '2', '3']))).toEqual(['2,3:0,1,2,3', '0,1,2,3:0,1,2,3']);
  });

  test('extra members keep the minimum in service and go in the end', () => {
    expect(story(update({ max_batch_size: 1, min_in_service: 2 }, 2, ['0', '1']))).toEqual([
      '2:0,1,2',
      '1,2:0,1,2',
      '0,1,2:0,1,2',
      '0,1:0,1',
    ]);
  });

  test('a shrinking group comes to its size while it is updated', () => {
    const told = story(update({ max_batch_size: 3, min_in_service: 1 }, 2, ['0', '1', '2', '3']));
    expect(told.at(-1)).toBe('0,1:0,1');
  });

  test('pauses stand between the batches, not after the last', () => {
    const steps = update({ max_batch_size: 1, pause_time: 2 }, 2, ['0', '1']);
    expect(steps.map((step) => step.pauseAfterMs)).toEqual([2000, undefined]);
  });

  test('pauses that are longer than the operation may take are refused', () => {
    expect(() => update({ max_batch_size: 1, pause_time: 60 }, 3, ['0', '1', '2'], { timeoutMs: 120_000 })).toThrow(
      'The current update policy will result in stack update timeout.',
    );
  });

  test('without a change of the declaration all goes at once', () => {
    const steps = group.child(
      input(
        { count: 3, resource_def: def('old') },
        {
          previous: { count: 1, resource_def: def('old') },
          members: old('0'),
          updatePolicy: { rolling_update: { max_batch_size: 1 } },
        },
      ),
    );
    expect(steps).toHaveLength(1);
  });

  test('batch_create makes members in steps', () => {
    const steps = group.child(
      input({ count: 5, resource_def: def('new') }, { updatePolicy: { batch_create: { max_batch_size: 2 } } }),
    );
    // The stack itself is made first, without members.
    expect(story(steps)).toEqual([':', '0,1:0,1', '0,1,2,3:0,1,2,3', '0,1,2,3,4:0,1,2,3,4']);
  });

  test('failed members are made anew before all others', () => {
    const members = [
      ...old('0', '1'),
      member('2', { status: 'CREATE_FAILED', declaration: { type: 'T', properties: { value: 'old' } } }),
    ];
    const steps = update({ max_batch_size: 1 }, 3, ['0', '1', '2'], { members });
    expect(story(steps)[0]).toBe('2:0,1,2');
  });

  test('a pause of more than an hour is a mistake of the template', () => {
    const type = new TypeBench().type('OS::Heat::ResourceGroup');
    const scope = {
      resources: new Map<string, string>(),
      updatePolicy: { rolling_update: { pause_time: 3601 } },
      timeoutMs: 1,
    };
    expect(type.validate?.({}, 'g', scope)).toEqual([
      'Maximum pause_time allowed is 1hr(3600s), provided 3601 seconds.',
    ]);
  });
});

function view(members: readonly ChildMember[]): ChildView {
  return {
    stackId: 'child-id',
    stackName: 'child',
    arn: 'arn:child',
    members: async () => members,
    outputs: async () => ({}),
    memberAttribute: async (name, attribute, path) => [name, attribute, ...path].join('/'),
  };
}

describe('attributes of a ResourceGroup', () => {
  const child = view([member('0'), member('2')]);
  const properties = { count: 2, resource_def: def() };
  const data = { name_blacklist: '1' };
  test.each<{ name: string; path?: Json[]; value: Json | undefined }>([
    { name: 'refs', value: ['p0', 'p2'] },
    { name: 'refs', path: [1], value: 'p2' },
    { name: 'refs_map', value: { 0: 'p0', 2: 'p2' } },
    { name: 'attributes', path: ['ip', 0], value: { 0: '0/ip/0', 2: '2/ip/0' } },
    { name: 'attributes', value: undefined },
    { name: 'ip', value: ['0/ip', '2/ip'] },
    { name: 'ip', path: ['a'], value: ['0/ip/a', '2/ip/a'] },
    { name: 'resource.2', value: 'p2' },
    { name: 'resource.2.ip', path: [0], value: '2/ip/0' },
    { name: 'removed_rsrc_list', value: ['1'] },
  ])('$name $path', async ({ name, path = [], value }) => {
    expect(await group.attribute(child, properties, name, path, data)).toEqual(value);
  });

  test('a member that is not there is named', async () => {
    const named = { ...child, resourceName: 'group' };
    await expect(group.attribute(named, properties, 'resource.1', [], data)).rejects.toThrow(
      "Member '1' not found in group resource 'group'.",
    );
    expect(await group.attribute(named, properties, 'resource.1.ip', [], data)).toBeUndefined();
  });

  test('a reference gives the nested stack', async () => {
    expect(await group.reference?.(child, {})).toBe('child-id');
  });
});

describe('a ResourceChain', () => {
  const chain = groupOf('OS::Heat::ResourceChain');

  test('has members one after the other, all with the same properties', () => {
    const [step] = chain.child(input({ resources: ['A', 'B'], resource_properties: { p: 1 } }));
    expect(resourcesOf(step)).toEqual({
      0: { type: 'A', properties: { p: 1 } },
      1: { type: 'B', properties: { p: 1 }, depends_on: ['0'] },
    });
  });

  test('has them side by side when concurrent', () => {
    const [step] = chain.child(input({ resources: ['A', 'B'], concurrent: true }));
    expect(resourcesOf(step)).toEqual({ 0: { type: 'A' }, 1: { type: 'B' } });
  });

  test('gives references and attributes of its members', async () => {
    const child = view([member('0'), member('1')]);
    const properties = { resources: ['A', 'B'] };
    expect(await chain.attribute(child, properties, 'refs', [])).toEqual(['p0', 'p1']);
    expect(await chain.attribute(child, properties, 'attributes', ['ip'])).toEqual({ 0: '0/ip', 1: '1/ip' });
    expect(await chain.attribute(child, properties, 'resource.1.ip', [])).toBe('1/ip');
  });
});
