import { RejectedError } from '../../../src/engine/model/errors.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const refused = () => new RejectedError('no such thing', { reasonClass: 'BadRequest' });
const chain = hot({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] } });

describe('suspend and resume', () => {
  test('go in reverse order and back; a second time is nothing', async () => {
    const { id } = await bench.create(chain);
    const from = bench.cloud.ledger.length;
    const suspended = await bench.act(id, 'suspend');
    expect([suspended.action, suspended.status]).toEqual(['SUSPEND', 'COMPLETE']);
    await bench.act(id, 'suspend');
    const resumed = await bench.act(id, 'resume');
    expect([resumed.action, resumed.status]).toEqual(['RESUME', 'COMPLETE']);
    expect(bench.cloud.deeds(from)).toEqual([
      'suspend c',
      'suspend b',
      'suspend a',
      'resume a',
      'resume b',
      'resume c',
    ]);
    expect(await bench.states(id)).toEqual(['a: RESUME_COMPLETE', 'b: RESUME_COMPLETE', 'c: RESUME_COMPLETE']);
  });

  test('a resource that is not complete cannot be suspended', async () => {
    bench.cloud.rule({ name: 'b', verb: 'create', times: 1, error: refused });
    const { id } = await bench.create(chain);
    const stack = await bench.act(id, 'suspend');
    expect([stack.action, stack.status]).toEqual(['SUSPEND', 'FAILED']);
    expect(stack.statusReason).toBe(
      "Resource SUSPEND failed: Error: resources.b: State ('CREATE', 'FAILED') invalid for suspend",
    );
  });

  test('a failed suspend can be tried again', async () => {
    const { id } = await bench.create(chain);
    bench.cloud.rule({ name: 'b', verb: 'suspend', times: 1, error: refused });
    expect((await bench.act(id, 'suspend')).status).toBe('FAILED');
    expect((await bench.act(id, 'suspend')).status).toBe('COMPLETE');
  });
});

describe('check', () => {
  test('looks at everything, also behind what it found broken, and the next update replaces that', async () => {
    const { id } = await bench.create(chain);
    bench.cloud.rule({ name: 'a', verb: 'check', times: 1, error: refused });
    const stack = await bench.act(id, 'check');
    expect([stack.action, stack.status]).toEqual(['CHECK', 'FAILED']);
    expect(stack.statusReason).toBe("Resource CHECK failed: ['BadRequest: resources.a: no such thing']");
    expect(await bench.states(id)).toEqual(['a: CHECK_FAILED', 'b: CHECK_COMPLETE', 'c: CHECK_COMPLETE']);
    const from = bench.cloud.ledger.length;
    await bench.update(id, chain);
    expect(bench.cloud.deeds(from)).toContain('create a');
  });

  test('says when a type cannot be checked', async () => {
    const { id } = await bench.create({
      heat_template_version: '2018-08-31',
      resources: { v: { type: 'OS::Heat::None' } },
    });
    const stack = await bench.act(id, 'check');
    expect(stack.statusReason).toBe("Stack CHECK completed successfully. 'CHECK' not fully supported (see resources)");
    expect((await bench.record(id, 'v')).statusReason).toBe('CHECK not supported for OS::Heat::None');
  });

  test('a resource that was never made fails it', async () => {
    bench.cloud.rule({ name: 'a', verb: 'create', error: refused });
    const { id } = await bench.create(chain);
    const stack = await bench.act(id, 'check');
    expect(stack.statusReason).toContain('Exception: resources.b: Resource b not created yet.');
  });
});

describe('snapshots', () => {
  test('keep the data of the stack, and a restore brings template and resources back', async () => {
    const first = hot({ a: { value: 'old' }, b: {} });
    const { id } = await bench.create(first);
    const taken = await bench.stacks.snapshot(bench.caller, id, 'one');
    expect((await bench.settled(id)).statusReason).toBe('Stack SNAPSHOT completed successfully');
    const snapshot = await bench.stacks.getSnapshot(bench.caller, id, taken.id);
    expect([snapshot.status, snapshot.name]).toEqual(['COMPLETE', 'one']);
    expect(Object.keys(snapshot.data.resources as object).sort()).toEqual(['a', 'b']);
    await bench.update(id, hot({ a: { value: 'new' }, c: {} }));
    await bench.stacks.restore(bench.caller, id, taken.id);
    const stack = await bench.settled(id);
    expect([stack.action, stack.status]).toEqual(['RESTORE', 'COMPLETE']);
    expect(bench.cloud.named('a')[0]?.properties).toEqual({ value: 'old', other: 'from copy-of-a' });
    expect((await bench.records(id)).map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect((await bench.states(id))[0]).toBe('a: UPDATE_COMPLETE');
  });

  test('a snapshot that fails says so and keeps the stack usable', async () => {
    const { id } = await bench.create(chain);
    bench.cloud.rule({ name: 'b', verb: 'snapshot', error: refused });
    const taken = await bench.stacks.snapshot(bench.caller, id, null);
    const stack = await bench.settled(id);
    expect([stack.action, stack.status]).toEqual(['SNAPSHOT', 'FAILED']);
    expect((await bench.stacks.getSnapshot(bench.caller, id, taken.id)).status).toBe('FAILED');
    expect((await bench.update(id, chain)).status).toBe('COMPLETE');
  });

  test('deleting a snapshot and deleting its stack both take it away', async () => {
    const { id } = await bench.create(chain);
    const one = await bench.stacks.snapshot(bench.caller, id, 'one');
    await bench.settled(id);
    await bench.stacks.snapshot(bench.caller, id, 'two');
    await bench.settled(id);
    await bench.stacks.deleteSnapshot(bench.caller, id, one.id);
    expect(await bench.stacks.snapshots(bench.caller, id)).toHaveLength(1);
    await bench.delete(id);
    expect(await bench.engine.store.reads.snapshots(id)).toEqual([]);
  });
});

describe('hooks', () => {
  const environment = (...hooks: string[]) => ({ resource_registry: { resources: { b: { hooks } } } });
  const waitsAt = (id: string, hook: string) =>
    bench.until(async () => (await bench.records(id)).some(({ data }) => data.hook === hook), `the hook ${hook}`);

  test.each([
    {
      hook: 'pre-create',
      before: ['a'],
      reason: 'CREATE paused until Hook pre-create is cleared',
      state: 'b INIT_COMPLETE',
    },
    {
      hook: 'post-create',
      before: ['a', 'b'],
      reason: 'CREATE paused until Hook post-create is cleared',
      state: 'b CREATE_COMPLETE',
    },
  ])('$hook stops the resource until it is cleared', async ({ hook, before, reason, state }) => {
    const id = await bench.begin(chain, { environment: environment(hook) });
    await waitsAt(id, hook);
    expect([...bench.cloud.things.values()].map(({ name }) => name)).toEqual(before);
    expect(await bench.events(id, { reasons: true })).toContain(`${state} ${reason}`);
    await bench.stacks.signal(bench.caller, id, 'b', { unset_hook: hook });
    expect((await bench.settled(id)).status).toBe('COMPLETE');
    expect(await bench.events(id, { reasons: true })).toContain(`${state} Hook ${hook} is cleared`);
  });

  test('update hooks stop at every visit, create hooks only at creation', async () => {
    const { id } = await bench.create(chain);
    await bench.beginUpdate(id, chain, { environment: environment('pre-create', 'pre-update') });
    await waitsAt(id, 'pre-update');
    await bench.stacks.signal(bench.caller, id, 'b', { unset_hook: 'pre-update' });
    expect((await bench.settled(id)).status).toBe('COMPLETE');
    expect(await bench.events(id, { reasons: true })).toContain(
      'b CREATE_COMPLETE UPDATE paused until Hook pre-update is cleared',
    );
  });

  test.each(['pre-delete', 'post-delete'])('%s stops a deletion; the record is gone afterwards', async (hook) => {
    const { id } = await bench.create(chain, { environment: environment(hook) });
    await bench.stacks.delete(bench.caller, id);
    await waitsAt(id, hook);
    expect(bench.cloud.named('b')).toHaveLength(hook === 'pre-delete' ? 1 : 0);
    await bench.stacks.signal(bench.caller, id, 'b', { unset_hook: hook });
    expect((await bench.settled(id)).status).toBe('COMPLETE');
    expect(await bench.records(id)).toEqual([]);
  });

  test('an operation that is stopped gives its hooks up', async () => {
    const { id } = await bench.create(chain, { environment: environment('pre-update') });
    await bench.beginUpdate(id, chain, { environment: environment('pre-update') });
    await waitsAt(id, 'pre-update');
    await bench.stacks.action(bench.caller, id, 'cancel_without_rollback');
    await bench.settled(id);
    expect(await bench.events(id, { reasons: true })).toContain('b CREATE_COMPLETE Failure occurred while waiting.');
  });

  test('a deletion takes a resource from its hook without a word', async () => {
    const id = await bench.begin(chain, { environment: environment('pre-create') });
    await waitsAt(id, 'pre-create');
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    const events = await bench.engine.store.lists.events({ stackIds: [id] });
    expect(events.map(({ reason }) => reason)).not.toContain('Failure occurred while waiting.');
  });

  test('a hook that is not there cannot be cleared', async () => {
    const { id } = await bench.create(chain);
    await expect(bench.stacks.signal(bench.caller, id, 'b', { unset_hook: 'pre-create' })).rejects.toThrow(
      'The "pre-create" hook is not defined on Thing "b"',
    );
    await expect(bench.stacks.signal(bench.caller, id, 'b', { unset_hook: 'nonsense' })).rejects.toThrow(
      'Invalid hook type "nonsense" for Thing "b"',
    );
  });
});

describe('things that baton did not make', () => {
  const external = (value: string) => hot({ a: { section: { external_id: value } }, b: { needs: ['a'] } });

  test('an external resource is looked at, referred to, never changed or deleted', async () => {
    const { id: other } = await bench.create(hot({ a: {} }), { name: 'other' });
    const [thing] = bench.cloud.named('a');
    const from = bench.cloud.ledger.length;
    const { id } = await bench.create(external(thing?.id ?? ''));
    expect((await bench.record(id, 'a')).action).toBe('CHECK');
    expect(bench.cloud.named('b')[0]?.properties.needs).toEqual([thing?.id]);
    const refusal = await bench.update(id, external('elsewhere'));
    expect(refusal.statusReason).toContain(
      'NotSupported: resources.a: Update to property external_id of a (Fake::Thing) is not supported.',
    );
    await bench.delete(id);
    expect(bench.cloud.deeds(from)).toEqual(['create b', 'delete b']);
    await bench.delete(other);
  });

  test('one that is not there fails', async () => {
    const stack = await bench.create(external('nowhere'));
    expect(stack.status).toBe('FAILED');
    expect(stack.statusReason).toContain('Invalid external resource: Resource nowhere (Fake::Thing) can not be found.');
  });

  test('an abandoned stack leaves its things, and its data adopts them', async () => {
    const template = hot({ a: { value: '1' }, b: { needs: ['a'] } });
    const { id } = await bench.create(template);
    const data = await bench.stacks.abandon(bench.caller, id);
    expect(bench.cloud.deeds()).toEqual(['create a', 'create b']);
    const stack = await bench.create(template, { name: 'adopted', adoptData: data });
    expect([stack.action, stack.status]).toEqual(['ADOPT', 'COMPLETE']);
    expect(await bench.states(stack.id)).toEqual(['a: ADOPT_COMPLETE', 'b: ADOPT_COMPLETE']);
    await bench.update(stack.id, template);
    expect(bench.cloud.deeds()).toEqual(['create a', 'create b']);
    await bench.delete(stack.id);
    expect(bench.cloud.inventory()).toEqual([]);
  });

  test('data without an id fails the resource; a rollback of it only forgets', async () => {
    const template = hot({ a: {}, b: {} });
    const { id } = await bench.create(template);
    const data = await bench.stacks.abandon(bench.caller, id);
    const resources = data.resources as { [name: string]: { resource_id: string | null } };
    if (resources.b) resources.b.resource_id = null;
    const stack = await bench.create(template, { name: 'adopted', adoptData: data, disableRollback: false });
    expect([stack.action, stack.status]).toEqual(['ROLLBACK', 'COMPLETE']);
    expect(await bench.events(stack.id, { reasons: true })).toContain(
      'b ADOPT_FAILED Exception: resources.b: Resource ID was not provided.',
    );
    expect(bench.cloud.inventory()).toHaveLength(2);
  });
});
