import { RejectedError } from '../../../src/engine/model/errors.js';
import type { JsonMap } from '../../../src/engine/model/value.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

/** A CloudFormation template with one thing, `a`. */
function cfn(fixed: string, policies: JsonMap, Type = 'Fake::Thing'): JsonMap {
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: { a: { Type, Properties: { fixed }, ...policies } } };
}

/** How many things named `a` there are, and how many copies of them. */
const world = () => ({
  things: bench.cloud.named('a').length,
  copies: bench.cloud.deeds().filter((deed) => deed === 'snapshot a').length,
});

const asCfn = { origin: 'cfn' } as object;
const refused = () => new RejectedError('no', { reasonClass: 'BadRequest' });

describe.each(['Fake::Thing', 'Fake::Unique'])('UpdateReplacePolicy of a %s', (type) => {
  test.each([
    ['Delete', { things: 1, copies: 0 }],
    ['Retain', { things: 2, copies: 0 }],
    ['Snapshot', { things: 1, copies: 1 }],
  ])('%s', async (UpdateReplacePolicy, is) => {
    const { id } = await bench.create(cfn('1', { UpdateReplacePolicy, DeletionPolicy: 'Delete' }, type), asCfn);
    expect((await bench.update(id, cfn('2', { UpdateReplacePolicy }, type))).status).toBe('COMPLETE');
    expect(world()).toEqual(is);
  });

  test('says nothing of a deletion, and DeletionPolicy nothing of a replacement', async () => {
    const keeps = { UpdateReplacePolicy: 'Delete', DeletionPolicy: 'Retain' };
    const { id } = await bench.create(cfn('1', keeps, type), asCfn);
    await bench.update(id, cfn('2', keeps, type));
    expect(world()).toEqual({ things: 1, copies: 0 });
    await bench.delete(id);
    expect(world()).toEqual({ things: 1, copies: 0 });
  });
});

test.each([
  ['Delete', 0],
  ['Retain', 1],
  ['Snapshot', 0],
  ['RetainExceptOnCreate', 1],
] as const)('DeletionPolicy %s when the resource leaves the template', async (DeletionPolicy, things) => {
  const { id } = await bench.create(
    {
      ...cfn('1', { DeletionPolicy }),
      Resources: { ...(cfn('1', { DeletionPolicy }).Resources as JsonMap), b: { Type: 'Fake::Thing' } },
    },
    asCfn,
  );
  const only = { AWSTemplateFormatVersion: '2010-09-09', Resources: { b: { Type: 'Fake::Thing' } } };
  expect((await bench.update(id, only)).status).toBe('COMPLETE');
  expect(world()).toEqual({ things, copies: DeletionPolicy === 'Snapshot' ? 1 : 0 });
});

test.each([
  ['Delete', 0],
  ['Retain', 1],
  ['RetainExceptOnCreate', 0],
] as const)('DeletionPolicy %s when the creation is rolled back', async (DeletionPolicy, things) => {
  bench.cloud.rule({ name: 'b', verb: 'create', error: refused });
  const template = cfn('1', { DeletionPolicy });
  const stack = await bench.create(
    { ...template, Resources: { ...(template.Resources as JsonMap), b: { Type: 'Fake::Thing', DependsOn: 'a' } } },
    { ...asCfn, disableRollback: false },
  );
  expect(`${stack.action}_${stack.status}`).toBe('ROLLBACK_COMPLETE');
  expect(world().things).toBe(things);
});

test.each(['Delete', 'Retain', 'Snapshot'])('of HOT binds a replacement too: %s', async (policy) => {
  const template = (fixed: string) => hot({ a: { fixed, section: { deletion_policy: policy } } });
  const { id } = await bench.create(template('1'));
  expect((await bench.update(id, template('2'))).status).toBe('COMPLETE');
  expect(world().things).toBe(policy === 'Retain' ? 2 : 1);
});

describe('a template that wants the old one gone before its replacement is made', () => {
  const deeds = (from: number) => bench.cloud.deeds(from);

  test('says so in HOT', async () => {
    const template = (fixed: string) =>
      hot({ a: { fixed, section: { update_policy: { replacement: 'delete_first' } } } });
    const { id } = await bench.create(template('1'));
    const from = bench.cloud.ledger.length;
    expect((await bench.update(id, template('2'))).status).toBe('COMPLETE');
    expect(deeds(from)).toEqual(['delete a', 'create a']);
  });

  test('says so in CloudFormation, and a rollback does the same the other way round', async () => {
    const wanted = { UpdatePolicy: { Replacement: 'DeleteFirst' } };
    const { id } = await bench.create(cfn('1', wanted), { ...asCfn, disableRollback: false });
    const from = bench.cloud.ledger.length;
    bench.cloud.rule({ name: 'b', verb: 'create', error: refused });
    const next = cfn('2', wanted);
    const resources = { ...(next.Resources as JsonMap), b: { Type: 'Fake::Thing', DependsOn: 'a' } };
    expect((await bench.update(id, { ...next, Resources: resources })).action).toBe('ROLLBACK');
    expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {"fixed":"1"}']);
    expect(deeds(from).slice(0, 2)).toEqual(['delete a', 'create a']);
  });

  test('is told of a word that means nothing', async () => {
    const wrong = hot({ a: { section: { update_policy: { replacement: 'now' } } } });
    await expect(bench.create(wrong)).rejects.toThrow('replacement: "now" is not understood: say "delete_first"');
  });
});

describe('what is left behind', () => {
  const left = async (id: string) =>
    ((await bench.stacks.diagnosis(bench.caller, id))?.left ?? []).map(
      ({ path, type, physicalId }) => `${path.join('.')} ${type} ${physicalId}`,
    );

  test('is listed with its ids, whatever the reason and however deep it was', async () => {
    const inner = JSON.stringify(hot({ deep: { section: { deletion_policy: 'Retain' } }, gone: {} }));
    const { id } = await bench.create(
      hot({ asked: {}, stuck: {}, policy: { section: { deletion_policy: 'Retain' } }, child: { type: 'inner.yaml' } }),
      { files: { 'inner.yaml': inner } },
    );
    bench.cloud.rule({ name: 'stuck', verb: 'delete', error: refused });
    await bench.stacks.delete(bench.caller, id, { retain: ['asked'], force: true });
    expect((await bench.settled(id)).status).toBe('COMPLETE');
    const all = [...bench.cloud.things.values()].map((thing) => thing.id);
    expect(all).toHaveLength(4);
    const path = (name: string) => (name === 'deep' ? 'child.deep' : name);
    expect((await left(id)).sort()).toEqual(
      [...bench.cloud.things.values()].map((thing) => `${path(thing.name)} Fake::Thing ${thing.id}`).sort(),
    );
    const events = await bench.engine.store.lists.events({ stackIds: [id] });
    const stuck = events.filter(({ resourceName, action }) => resourceName === 'stuck' && action === 'DELETE');
    expect(stuck.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'IN_PROGRESS state changed',
      'FAILED BadRequest: resources.stuck: no',
      'COMPLETE the resource is left behind',
    ]);
  });

  test('is also the copy that a policy has made before', async () => {
    const { id } = await bench.create(hot({ a: { section: { deletion_policy: 'Snapshot' } } }));
    await bench.delete(id);
    const [copy] = bench.cloud.ledger.filter(({ verb }) => verb === 'snapshot');
    expect(await left(id)).toEqual([`a Fake::Thing copy ${copy?.id}`]);
  });

  test('is nothing after an ordinary deletion, and nothing that baton did not make', async () => {
    const { id } = await bench.create(hot({ a: {} }));
    const [thing] = bench.cloud.named('a');
    const { id: other } = await bench.create(hot({ x: { section: { external_id: thing?.id ?? '' } } }), {
      name: 'other',
    });
    await bench.delete(other);
    expect(await left(other)).toEqual([]);
    await bench.delete(id);
    expect(await left(id)).toEqual([]);
  });
});
