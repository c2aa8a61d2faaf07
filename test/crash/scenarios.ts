import { RejectedError } from '../../src/engine/model/errors.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { type EngineBench, hot } from '../helpers/engine-bench.js';
import { FakeCloud } from '../helpers/fake-cloud.js';

/** Something that can be interrupted anywhere. */
export interface Scenario {
  readonly name: string;
  readonly cloud?: () => FakeCloud;
  /** Brings about the state before; gives the stack's id. */
  readonly before?: (bench: EngineBench) => Promise<string>;
  /** What is interrupted; must have begun durably when the first picture counts. */
  readonly act: (bench: EngineBench, id: string) => Promise<unknown>;
  /** What it comes to depends on a request in the middle: pictures count from the moment when that is durable. */
  readonly late?: 'operation' | 'cancel';
}

const WIDE: JsonMap = hot({
  net: { value: 'n' },
  other: { type: 'Fake::Idempotent', value: 'o' },
  sub: { needs: ['net'], value: 's' },
  left: { needs: ['sub'], fixed: '1', password: 'sesame' },
  right: { needs: ['sub', 'other'], value: 'r', section: { metadata: { a: 1 } } },
  only: { type: 'Fake::Unique', fixed: '1', needs: ['net'] },
  last: { needs: ['left', 'right'], value: 'l' },
  going: { needs: ['net'] },
});

const CHANGED: JsonMap = hot({
  net: { value: 'n2' },
  other: { type: 'Fake::Idempotent', fixed: 'o2' },
  sub: { needs: ['net'], value: 's' },
  left: { needs: ['sub'], fixed: '2', password: 'sesame' },
  right: { needs: ['sub', 'other'], value: 'r', section: { metadata: { a: 2 } } },
  only: { type: 'Fake::Unique', fixed: '2', needs: ['net'] },
  last: { needs: ['left', 'right'], value: 'l' },
  coming: { needs: ['left'] },
});

const INNER = JSON.stringify(
  hot({ one: { value: 'i' }, two: { needs: ['one'], value: 'j' } }, { id: { get_resource: 'two' } }),
);
const INNER_CHANGED = JSON.stringify(
  hot({ one: { fixed: 'i' }, two: { needs: ['one'], value: 'j' }, three: {} }, { id: { get_resource: 'two' } }),
);
const OUTER: JsonMap = hot({ a: { value: 'x' }, nested: { type: 'inner.yaml' }, b: { needs: ['nested'] } });

function slow(): FakeCloud {
  const cloud = new FakeCloud();
  cloud.latencyMs = 50;
  return cloud;
}

/** The cloud in which a resource cannot be made, so that what was begun is rolled back. */
function refusing(name: string): () => FakeCloud {
  return () => {
    const cloud = new FakeCloud();
    cloud.rule({ name, verb: 'create', error: () => new RejectedError('no', { reasonClass: 'BadRequest' }) });
    return cloud;
  };
}

const create =
  (template: JsonMap, input: JsonMap = {}) =>
  (bench: EngineBench) =>
    bench.create(template, input).then(({ id }) => id);

export const SCENARIOS: readonly Scenario[] = [
  { name: 'create', act: create(WIDE) },
  { name: 'create with polling', cloud: slow, act: create(WIDE) },
  { name: 'create whose rollback follows', cloud: refusing('last'), act: create(WIDE, { disableRollback: false }) },
  { name: 'create that fails', cloud: refusing('last'), act: create(WIDE) },
  { name: 'update with replacements', before: create(WIDE), act: (bench, id) => bench.update(id, CHANGED) },
  {
    name: 'update with replacements and polling',
    cloud: slow,
    before: create(WIDE),
    act: (bench, id) => bench.update(id, CHANGED),
  },
  {
    name: 'update whose rollback follows',
    cloud: refusing('coming'),
    before: create(WIDE, { disableRollback: false }),
    act: (bench, id) => bench.update(id, CHANGED),
  },
  { name: 'delete', before: create(WIDE), act: (bench, id) => bench.delete(id) },
  { name: 'delete with polling', cloud: slow, before: create(WIDE), act: (bench, id) => bench.delete(id) },
  {
    name: 'delete with snapshots and retained resources',
    cloud: slow,
    before: create(
      hot({
        kept: { section: { deletion_policy: 'Retain' } },
        copied: { value: 'c', section: { deletion_policy: 'Snapshot' } },
        gone: { needs: ['copied'] },
      }),
    ),
    act: (bench, id) => bench.delete(id),
  },
  { name: 'suspend', before: create(WIDE), act: (bench, id) => bench.act(id, 'suspend') },
  {
    name: 'resume',
    before: async (bench) => {
      const { id } = await bench.create(WIDE);
      await bench.act(id, 'suspend');
      return id;
    },
    act: (bench, id) => bench.act(id, 'resume'),
  },
  { name: 'check', before: create(WIDE), act: (bench, id) => bench.act(id, 'check') },
  {
    name: 'snapshot',
    before: create(WIDE),
    act: async (bench, id) => {
      await bench.stacks.snapshot(bench.caller, id, 'one');
      await bench.settled(id);
    },
  },
  {
    name: 'restore',
    before: async (bench) => {
      const { id } = await bench.create(WIDE);
      await bench.stacks.snapshot(bench.caller, id, 'one');
      await bench.settled(id);
      await bench.update(id, CHANGED);
      return id;
    },
    act: async (bench, id) => {
      const [snapshot] = await bench.stacks.snapshots(bench.caller, id);
      await bench.stacks.restore(bench.caller, id, snapshot?.id ?? '');
      await bench.settled(id);
    },
  },
  { name: 'nested create', act: (bench) => bench.create(OUTER, { files: { 'inner.yaml': INNER } }) },
  {
    name: 'nested update',
    before: (bench) => bench.create(OUTER, { files: { 'inner.yaml': INNER } }).then(({ id }) => id),
    act: (bench, id) => bench.update(id, OUTER, { files: { 'inner.yaml': INNER_CHANGED } }),
  },
  {
    name: 'nested create whose rollback follows',
    cloud: refusing('two'),
    act: (bench) => bench.create(OUTER, { files: { 'inner.yaml': INNER }, disableRollback: false }),
  },
  {
    name: 'nested delete',
    before: (bench) => bench.create(OUTER, { files: { 'inner.yaml': INNER } }).then(({ id }) => id),
    act: (bench, id) => bench.delete(id),
  },
  { name: 'group create', act: create(group(3, '1')) },
  {
    name: 'group update in batches',
    before: create(group(4, '1')),
    act: (bench, id) => bench.update(id, group(5, '2')),
  },
  {
    name: 'update that supersedes another',
    cloud: slow,
    before: create(WIDE),
    act: async (bench, id) => {
      await bench.beginUpdate(id, hot({ net: { value: 'n9' }, sub: { needs: ['net'], fixed: 's9' }, middle: {} }));
      await meanwhile(bench, 'net', 'update', () => bench.update(id, CHANGED));
    },
    late: 'operation',
  },
  {
    name: 'cancelled update',
    cloud: slow,
    before: create(WIDE),
    act: async (bench, id) => {
      await bench.beginUpdate(id, CHANGED);
      await meanwhile(bench, 'net', 'update', () => bench.act(id, 'cancel_update'));
    },
    late: 'operation',
  },
  {
    name: 'cancelled update with children on their way',
    cloud: slow,
    before: create(WIDE),
    act: async (bench, id) => {
      const files = { 'inner.yaml': INNER };
      await bench.beginUpdate(
        id,
        hot({ n1: { type: 'inner.yaml' }, n2: { type: 'inner.yaml' }, net: { value: 'n' } }),
        { files },
      );
      await meanwhile(bench, 'one', 'create', () => bench.act(id, 'cancel_update'));
    },
    late: 'operation',
  },
  {
    name: 'update cancelled where it is',
    cloud: slow,
    before: create(WIDE),
    act: async (bench, id) => {
      await bench.beginUpdate(id, CHANGED);
      await meanwhile(bench, 'net', 'update', () => bench.act(id, 'cancel_without_rollback'));
    },
    late: 'cancel',
  },
  {
    name: 'update cancelled where it is, with children on their way',
    cloud: slow,
    before: create(WIDE),
    act: async (bench, id) => {
      const files = { 'inner.yaml': INNER };
      await bench.beginUpdate(id, hot({ n1: { type: 'inner.yaml' }, n2: { type: 'inner.yaml' } }), { files });
      await meanwhile(bench, 'one', 'create', () => bench.act(id, 'cancel_without_rollback'));
    },
    late: 'cancel',
  },
  {
    name: 'update with renames whose rollback follows',
    cloud: refusing('coming'),
    before: (bench) => create(OUTER, { files: { 'inner.yaml': INNER }, disableRollback: false })(bench),
    act: (bench, id) =>
      bench.update(
        id,
        hot({
          a2: { fixed: 'y' },
          nested2: { type: 'inner.yaml' },
          b: { needs: ['nested2'] },
          coming: { needs: ['a2'] },
        }),
        { files: { 'inner.yaml': INNER }, moved: { a: 'a2', nested: 'nested2' } },
      ),
  },
  {
    name: 'delete of what is being updated',
    cloud: slow,
    before: create(WIDE),
    act: async (bench, id) => {
      await bench.beginUpdate(id, CHANGED);
      await meanwhile(bench, 'net', 'update', () => bench.delete(id));
    },
    late: 'operation',
  },
  {
    name: 'update that converges',
    before: async (bench) => {
      const { id } = await bench.create(WIDE);
      for (const thing of bench.cloud.named('left')) bench.cloud.things.delete(thing.id);
      for (const thing of bench.cloud.named('net')) thing.properties.value = 'drifted';
      return id;
    },
    act: (bench, id) => bench.update(id, WIDE, { converge: true }),
  },
  {
    name: 'adopt',
    before: async (bench) => {
      const { id } = await bench.create(WIDE);
      const data = await bench.stacks.abandon(bench.caller, id);
      adopted.set(bench, data);
      return '';
    },
    act: (bench) => bench.create(WIDE, { name: 'adopted', adoptData: adopted.get(bench) ?? {} }),
  },
];

/** A group of which each member is replaced in batches. */
function group(count: number, value: string): JsonMap {
  return {
    heat_template_version: '2018-08-31',
    resources: {
      before: { type: 'Fake::Thing' },
      group: {
        type: 'OS::Heat::ResourceGroup',
        depends_on: 'before',
        properties: { count, resource_def: { type: 'Fake::Thing', properties: { fixed: value, value: 'm%index%' } } },
        update_policy: { rolling_update: { max_batch_size: 2, min_in_service: 1, pause_time: 1 } },
      },
      after: { type: 'Fake::Thing', properties: { needs: { get_attr: ['group', 'refs'] } } },
    },
  } as JsonMap;
}

/** A world in which `name` takes its time once, so that something can happen meanwhile. */
async function meanwhile(
  bench: EngineBench,
  name: string,
  verb: 'create' | 'update',
  what: () => Promise<unknown>,
): Promise<void> {
  await bench.until(() => bench.cloud.calls.some((call) => call.name === name && call.verb === verb));
  await what();
}

const adopted = new WeakMap<EngineBench, JsonMap>();
