import { RejectedError } from '../../../src/engine/model/errors.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const refused = () => new RejectedError('no such thing', { reasonClass: 'BadRequest' });

function inner(value: string, more: Parameters<typeof hot>[0] = {}) {
  const template = hot({ one: { value }, two: { needs: ['one'] }, ...more }, { id: { get_resource: 'two' } });
  return { 'inner.yaml': JSON.stringify(template) };
}

const outer = hot({ a: {}, n: { type: 'inner.yaml' }, b: { value: { get_attr: ['n', 'id'] } } });

async function childOf(id: string, name = 'n') {
  const record = await bench.record(id, name);
  const child = await bench.engine.store.reads.stack(record.childStackId ?? '');
  if (!child) throw new Error(`no child stack of ${name}`);
  return child;
}

test('a template resource is a stack of its own, between its neighbours', async () => {
  const { id } = await bench.create(outer, { files: inner('1'), timeoutMins: 30, tags: ['t'] });
  expect(bench.cloud.deeds()).toEqual(['create a', 'create one', 'create two', 'create b']);
  const child = await childOf(id);
  expect([child.parentId, child.rootId, child.nestedDepth, child.disableRollback, child.timeoutMins]).toEqual([
    id,
    id,
    1,
    true,
    30,
  ]);
  expect(child.name).toMatch(/^web-n-[a-z2-7]{12}$/);
  expect(bench.cloud.named('b')[0]?.properties.value).toBe(bench.cloud.named('two')[0]?.id);
  expect((await bench.stacks.list(bench.caller, {})).map(({ name }) => name)).toEqual(['web']);
  expect(await bench.stacks.list(bench.caller, { showNested: true })).toHaveLength(2);
  const nested = await bench.stacks.events(bench.caller, id, { nestedDepth: 2 });
  expect(nested.map(({ event }) => event.resourceName)).toContain('two');
  expect((await bench.events(id)).some((line) => line.startsWith('two '))).toBe(false);
});

test('a failure inside is told with its path, once', async () => {
  bench.cloud.rule({ name: 'two', verb: 'create', error: refused });
  const { id, statusReason } = await bench.create(outer, { files: inner('1') });
  expect(statusReason).toBe('Resource CREATE failed: BadRequest: resources.n.resources.two: no such thing');
  expect((await bench.record(id, 'n')).statusReason).toBe('BadRequest: resources.n.resources.two: no such thing');
  expect((await childOf(id)).statusReason).toBe('Resource CREATE failed: BadRequest: resources.two: no such thing');
  const diagnosis = await bench.stacks.diagnosis(bench.caller, id);
  expect(diagnosis?.causes.map(({ path }) => path)).toEqual([['n', 'two']]);
});

test('two levels down the path has three names', async () => {
  const files = { 'middle.yaml': JSON.stringify(hot({ m: { type: 'inner.yaml' } })), ...inner('1') };
  bench.cloud.rule({ name: 'one', verb: 'create', error: refused });
  const stack = await bench.create(hot({ top: { type: 'middle.yaml' } }), { files });
  expect(stack.statusReason).toBe(
    'Resource CREATE failed: BadRequest: resources.top.resources.m.resources.one: no such thing',
  );
});

test('rollback of the parent takes the child away', async () => {
  bench.cloud.rule({ name: 'b', verb: 'create', error: refused });
  const stack = await bench.create(outer, { files: inner('1'), disableRollback: false });
  expect([stack.action, stack.status]).toEqual(['ROLLBACK', 'COMPLETE']);
  expect(bench.cloud.inventory()).toEqual([]);
  expect(await bench.engine.store.lists.countStacks({ nested: true })).toBe(1);
});

test('an update of the inner template updates the members that changed, and a second one nothing', async () => {
  const { id } = await bench.create(outer, { files: inner('1') });
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, outer, { files: inner('2', { three: {} }) })).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from).sort()).toEqual(['create three', 'update one']);
  expect((await childOf(id)).action).toBe('UPDATE');
  const calls = bench.cloud.calls.length;
  await bench.update(id, outer, { files: inner('2', { three: {} }) });
  expect(bench.cloud.calls.slice(calls)).toEqual([]);
});

test('rollback of an update brings the child back to its former template', async () => {
  const { id } = await bench.create(outer, { files: inner('1'), disableRollback: false });
  const before = bench.cloud.inventory();
  bench.cloud.rule({ name: 'z', verb: 'create', error: refused });
  const stack = await bench.update(
    id,
    hot({ a: {}, n: { type: 'inner.yaml' }, b: { value: { get_attr: ['n', 'id'] } }, z: { needs: ['n'] } }),
    {
      files: inner('2', { three: {} }),
    },
  );
  expect([stack.action, stack.status]).toEqual(['ROLLBACK', 'COMPLETE']);
  expect(bench.cloud.inventory()).toEqual(before);
});

test('a child that failed is gone on with at the next update: only its failed members are made again', async () => {
  bench.cloud.rule({ name: 'two', verb: 'create', times: 1, error: refused });
  const { id } = await bench.create(outer, { files: inner('1') });
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, outer, { files: inner('1') })).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toEqual(['create two', 'create b']);
});

test('marked unhealthy, the whole child is replaced; failed in a check, only its failed members are', async () => {
  const { id } = await bench.create(outer, { files: inner('1') });
  const first = await childOf(id);
  await bench.stacks.markUnhealthy(bench.caller, id, 'n', true, 'no good');
  await bench.update(id, outer, { files: inner('1') });
  const second = await childOf(id);
  expect(second.id).not.toBe(first.id);
  bench.cloud.rule({ name: 'two', verb: 'check', times: 1, error: refused });
  expect((await bench.act(id, 'check')).status).toBe('FAILED');
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, outer, { files: inner('1') })).status).toBe('COMPLETE');
  expect((await childOf(id)).id).toBe(second.id);
  expect(bench.cloud.deeds(from)).toContain('create two');
  expect(bench.cloud.deeds(from)).not.toContain('create one');
});

test('suspend, resume and delete reach the members', async () => {
  const { id } = await bench.create(outer, { files: inner('1') });
  await bench.act(id, 'suspend');
  expect([...bench.cloud.things.values()].every(({ isSuspended }) => isSuspended)).toBe(true);
  expect((await childOf(id)).action).toBe('SUSPEND');
  await bench.act(id, 'resume');
  const child = await childOf(id);
  expect((await bench.delete(id)).status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual([]);
  expect((await bench.engine.store.reads.stack(child.id))?.deletedAt).toBeDefined();
});

test('cancelling the parent stops the child, and a delete takes both over', async () => {
  const never = new Promise(() => undefined);
  bench.cloud.rule({ name: 'one', verb: 'create', until: never });
  const id = await bench.begin(outer, { files: inner('1') });
  await bench.until(() => bench.cloud.calls.some(({ name }) => name === 'one'));
  expect((await bench.delete(id)).status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual([]);
  expect(await bench.engine.store.reads.runningOperations()).toEqual([]);
});

test('an update that is cancelled while its child works tells that it fails with it, as Heat does', async () => {
  const { id } = await bench.create(hot({ n: { type: 'x.yaml' } }), {
    files: { 'x.yaml': JSON.stringify(hot({ c: {} })) },
  });
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  bench.cloud.rule({ name: 'c', verb: 'update', times: 1, until });
  const files = { 'x.yaml': JSON.stringify(hot({ c: { value: '2' } })) };
  await bench.beginUpdate(id, hot({ n: { type: 'x.yaml' } }), { files });
  await bench.until(() => bench.cloud.calls.some(({ verb }) => verb === 'update'));
  await bench.stacks.action(bench.caller, id, 'cancel_update');
  open();
  expect((await bench.settled(id)).status).toBe('COMPLETE');
  expect(await bench.events(id, { reasons: true })).toContain(
    'web UPDATE_FAILED Resource UPDATE failed: resources.n: Stack UPDATE cancelled',
  );
});

test('cancel without rollback ends the child as cancelled too', async () => {
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  bench.cloud.rule({ name: 'one', verb: 'create', until });
  const id = await bench.begin(outer, { files: inner('1') });
  await bench.until(() => bench.cloud.calls.some(({ name }) => name === 'one'));
  await bench.stacks.action(bench.caller, id, 'cancel_without_rollback');
  open();
  const stack = await bench.settled(id);
  expect([stack.action, stack.status, stack.statusReason]).toEqual(['CREATE', 'FAILED', 'Stack CREATE cancelled']);
  const child = await childOf(id);
  expect([child.status, child.statusReason]).toEqual(['FAILED', 'Stack CREATE cancelled']);
  expect(bench.cloud.deeds().sort()).toEqual(['create a', 'create one']);
});

test('a parent that is superseded leaves no child running', async () => {
  bench.cloud.latencyMs = 100;
  const { id } = await bench.create(outer, { files: inner('1') });
  await bench.beginUpdate(id, outer, { files: inner('2') });
  await bench.turns(10);
  await bench.beginUpdate(id, hot({ a: {} }), {});
  expect((await bench.settled(id)).status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {}']);
  expect(await bench.engine.store.reads.runningOperations()).toEqual([]);
});

test('nesting deeper than allowed is refused before anything is made', async () => {
  const files: { [name: string]: string } = { ...inner('1') };
  for (let level = 1; level <= 6; level++) {
    const type = level === 1 ? 'inner.yaml' : `level${level - 1}.yaml`;
    files[`level${level}.yaml`] = JSON.stringify(hot({ x: { type } }));
  }
  await expect(bench.create(hot({ top: { type: 'level6.yaml' } }), { files })).rejects.toThrow(
    'Recursion depth exceeds 5.',
  );
  expect((await bench.create(hot({ top: { type: 'level4.yaml' } }), { files })).status).toBe('COMPLETE');
});

test('a nested stack abandons and adopts with its parent', async () => {
  const { id } = await bench.create(outer, { files: inner('1') });
  const data = await bench.stacks.abandon(bench.caller, id);
  const deeds = bench.cloud.ledger.length;
  const stack = await bench.create(outer, { name: 'adopted', adoptData: data, files: inner('1') });
  expect(`${stack.action}_${stack.status} ${stack.statusReason}`).toBe(
    'ADOPT_COMPLETE Stack ADOPT completed successfully',
  );
  expect((await childOf(stack.id)).action).toBe('ADOPT');
  expect(bench.cloud.deeds(deeds)).toEqual([]);
  await bench.delete(stack.id);
  expect(bench.cloud.inventory()).toEqual([]);
});

test.each([
  ['check', 'CHECK'],
  ['suspend', 'SUSPEND'],
] as const)('%s of a nested stack that somebody has deleted fails with its name', async (action, word) => {
  const { id } = await bench.create(outer, { files: inner('1') });
  const child = await childOf(id);
  await bench.delete(child.id);
  const stack = await bench.act(id, action);
  expect([stack.action, stack.status]).toEqual([word, 'FAILED']);
  expect(stack.statusReason).toContain(`EntityNotFound: resources.n: The Stack (${child.name}) could not be found.`);
});

test('a nested stack that a check finds gone is made anew by the next update; until then its outputs are errors', async () => {
  const files = inner('1');
  const template = { ...outer, outputs: { id: { value: { get_attr: ['n', 'id'] } } } };
  const { id } = await bench.create(template, { files });
  await bench.delete((await childOf(id)).id);
  await bench.act(id, 'check');
  expect(await bench.stacks.outputs(bench.caller, id)).toMatchObject([
    { name: 'id', error: 'The Referenced Attribute (n id) is incorrect.' },
  ]);
  const from = (await bench.events(id)).length;
  expect((await bench.update(id, template, { files })).status).toBe('COMPLETE');
  expect(await bench.events(id, { from })).not.toContain('n UPDATE_IN_PROGRESS');
  expect(bench.cloud.named('two')).toHaveLength(1);
});
