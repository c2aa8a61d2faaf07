import { RejectedError, UnavailableError } from '../../../src/engine/model/errors.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const refused = () => new RejectedError('no such thing', { reasonClass: 'BadRequest' });

/** A call that waits until it is let go. */
function gate() {
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { until, open };
}

describe('delete', () => {
  test('goes in reverse order and leaves a stack that can still be shown', async () => {
    const { id } = await bench.create(hot({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] } }));
    const from = (await bench.events(id)).length;
    const stack = await bench.delete(id);
    expect([stack.action, stack.status, stack.statusReason]).toEqual([
      'DELETE',
      'COMPLETE',
      'Stack DELETE completed successfully',
    ]);
    expect(stack.deletedAt).toBeDefined();
    const events = await bench.engine.store.lists.events({ stackIds: [id] });
    expect(events.slice(from).map(({ resourceName, action, status }) => `${resourceName} ${action}_${status}`)).toEqual(
      [
        'web DELETE_IN_PROGRESS',
        'c DELETE_IN_PROGRESS',
        'c DELETE_COMPLETE',
        'b DELETE_IN_PROGRESS',
        'b DELETE_COMPLETE',
        'a DELETE_IN_PROGRESS',
        'a DELETE_COMPLETE',
        'web DELETE_COMPLETE',
      ],
    );
    await expect(bench.stacks.find(bench.caller, 'web')).rejects.toThrow('The Stack (web) could not be found.');
    expect((await bench.create(hot({ a: {} }))).status).toBe('COMPLETE');
  });

  test.each([
    { policy: 'Retain', left: 1, copies: 0 },
    { policy: 'Snapshot', left: 0, copies: 1 },
    { policy: 'Delete', left: 0, copies: 0 },
  ])('obeys the policy $policy', async ({ policy, left, copies }) => {
    bench.cloud.latencyMs = 100;
    const { id } = await bench.create(hot({ a: { section: { deletion_policy: policy } } }));
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.named('a')).toHaveLength(left);
    expect(bench.cloud.deeds().filter((deed) => deed === 'snapshot a')).toHaveLength(copies);
  });

  test('what cannot be deleted does not keep the others; the next delete goes on', async () => {
    bench.cloud.rule({ name: 'b', verb: 'delete', times: 1, error: refused });
    const { id } = await bench.create(hot({ a: {}, b: {}, c: { needs: ['b'] }, d: {} }));
    const stack = await bench.delete(id);
    expect([stack.action, stack.status, stack.statusReason]).toEqual([
      'DELETE',
      'FAILED',
      'Resource DELETE failed: BadRequest: resources.b: no such thing',
    ]);
    expect(await bench.states(id)).toEqual(['b: DELETE_FAILED']);
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual([]);
  });

  test('a retain list leaves things alone, force leaves behind what will not go', async () => {
    bench.cloud.rule({ name: 'b', verb: 'delete', error: refused });
    const { id } = await bench.create(hot({ a: {}, b: {} }));
    await bench.stacks.delete(bench.caller, id, { retain: ['a'] });
    expect((await bench.settled(id)).status).toBe('FAILED');
    await bench.stacks.delete(bench.caller, id, { force: true });
    expect((await bench.settled(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {}', 'Fake::Thing b {}']);
  });

  test('what is gone already is deleted all the same', async () => {
    const { id } = await bench.create(hot({ a: {} }));
    bench.cloud.things.clear();
    expect((await bench.delete(id)).status).toBe('COMPLETE');
  });

  test('a conflict is tried again with back-off', async () => {
    const { id } = await bench.create(hot({ a: {} }));
    bench.cloud.rule({ name: 'a', verb: 'delete', times: 4, error: () => new UnavailableError('in use') });
    expect((await bench.delete(id)).status).toBe('COMPLETE');
  });

  test('takes over a create that is running: what runs is stopped, nothing is left', async () => {
    bench.cloud.rule({ name: 'b', verb: 'create', until: new Promise(() => undefined) });
    const id = await bench.begin(hot({ a: {}, b: { needs: ['a'] } }));
    await bench.until(() => bench.cloud.calls.some(({ name }) => name === 'b'));
    const stack = await bench.delete(id);
    expect([stack.action, stack.status]).toEqual(['DELETE', 'COMPLETE']);
    expect(bench.cloud.inventory()).toEqual([]);
    const events = (await bench.engine.store.lists.events({ stackIds: [id] })).map(
      (event) => `${event.resourceName} ${event.action}_${event.status} ${event.reason}`,
    );
    expect(events).toContain('b CREATE_FAILED CREATE aborted (user triggered cancel)');
  });

  test('takes over an update that is running', async () => {
    const { id } = await bench.create(hot({ a: { fixed: '1' } }));
    const { until } = gate();
    bench.cloud.rule({ name: 'a', verb: 'create', until });
    await bench.beginUpdate(id, hot({ a: { fixed: '2' } }));
    await bench.until(() => bench.cloud.calls.filter(({ verb }) => verb === 'create').length === 2);
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual([]);
  });

  test('of a stack whose template can no longer be read still works', async () => {
    const { id } = await bench.create(hot({ a: {} }));
    await bench.engine.store.db
      .updateTable('templates')
      .set({ body: '{"document":{},"text":"nonsense","files":{},"environment":{}}' })
      .execute();
    const stack = await bench.engine.store.reads.stack(id);
    bench.engine.operations.loader.forget(stack?.templateId ?? '');
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual([]);
  });
});

describe('cancel', () => {
  async function running() {
    const { id } = await bench.create(hot({ a: { value: '1' }, b: { needs: ['a'], value: '1' } }));
    const { until, open } = gate();
    bench.cloud.rule({ name: 'a', verb: 'update', times: 1, until });
    await bench.beginUpdate(id, hot({ a: { value: '2' }, b: { needs: ['a'], value: '2' } }));
    await bench.until(() => bench.cloud.calls.some(({ verb }) => verb === 'update'));
    return { id, open };
  }

  test('with rollback lets what runs finish and goes back to the former template', async () => {
    const { id, open } = await running();
    const ended = bench.act(id, 'cancel_update');
    open();
    const stack = await ended;
    expect([stack.action, stack.status, stack.statusReason]).toEqual([
      'ROLLBACK',
      'COMPLETE',
      'Stack ROLLBACK completed successfully',
    ]);
    expect(bench.cloud.named('a')[0]?.properties.value).toBe('1');
    expect(bench.cloud.named('b')[0]?.properties.value).toBe('1');
    const calls = bench.cloud.calls.length;
    expect((await bench.update(id, hot({ a: { value: '1' }, b: { needs: ['a'], value: '1' } }))).status).toBe(
      'COMPLETE',
    );
    expect(bench.cloud.calls.slice(calls).filter(({ verb }) => verb !== 'read')).toEqual([]);
  });

  test('without rollback ends as failed; what ran is finished', async () => {
    const { id, open } = await running();
    await bench.stacks.action(bench.caller, id, 'cancel_without_rollback');
    open();
    const stack = await bench.settled(id);
    expect([stack.action, stack.status, stack.statusReason]).toEqual(['UPDATE', 'FAILED', 'Stack UPDATE cancelled']);
    expect(await bench.states(id)).toEqual(['a: UPDATE_COMPLETE', 'b: CREATE_COMPLETE']);
  });

  test('of a create without rollback keeps what is there', async () => {
    const { until, open } = gate();
    bench.cloud.rule({ name: 'a', verb: 'create', until });
    const id = await bench.begin(hot({ a: {}, b: { needs: ['a'] } }), { disableRollback: false });
    await bench.until(() => bench.cloud.calls.length > 0);
    await bench.stacks.action(bench.caller, id, 'cancel_without_rollback');
    open();
    const stack = await bench.settled(id);
    expect([stack.action, stack.status, stack.statusReason]).toEqual(['CREATE', 'FAILED', 'Stack CREATE cancelled']);
    expect(await bench.states(id)).toEqual(['a: CREATE_COMPLETE', 'b: INIT_COMPLETE']);
  });

  test('a call that does not end is stopped when the grace time is over', async () => {
    const { id } = await running();
    const stack = await bench.act(id, 'cancel_update');
    expect([stack.action, stack.status]).toEqual(['ROLLBACK', 'COMPLETE']);
    expect(bench.cloud.inventory().map((line) => line.replace(/a-\d+/, 'a'))).toEqual([
      'Fake::Thing a {"value":"1"}',
      'Fake::Thing b {"needs":["a"],"value":"1"}',
    ]);
  });

  test('without rollback gives a call that does not end the grace time too', async () => {
    const { id } = await running();
    const stack = await bench.act(id, 'cancel_without_rollback');
    expect([stack.action, stack.status, stack.statusReason]).toEqual(['UPDATE', 'FAILED', 'Stack UPDATE cancelled']);
    expect(await bench.states(id)).toEqual(['a: UPDATE_FAILED', 'b: CREATE_COMPLETE']);
    expect((await bench.record(id, 'a')).statusReason).toBe('UPDATE aborted (user triggered cancel)');
  });

  test('is refused when there is nothing to cancel', async () => {
    const { id } = await bench.create(hot({ a: {} }));
    await expect(bench.act(id, 'cancel_update')).rejects.toThrow(
      'Cancelling update when stack is CREATE_COMPLETE is not supported.',
    );
  });
});

describe('supersede', () => {
  test('a newer update takes over at the next node; what ran is decided on anew', async () => {
    const { id } = await bench.create(hot({ a: { fixed: '1' }, b: { needs: ['a'] } }));
    const { until, open } = gate();
    bench.cloud.rule({ name: 'a', verb: 'create', times: 1, until });
    await bench.beginUpdate(id, hot({ a: { fixed: '2' }, b: { needs: ['a'], value: 'never' } }));
    await bench.until(() => bench.cloud.calls.filter(({ verb }) => verb === 'create').length === 3);
    await bench.beginUpdate(id, hot({ a: { fixed: '3' }, b: { needs: ['a'], value: 'always' } }));
    open();
    const stack = await bench.settled(id);
    expect([stack.action, stack.status]).toEqual(['UPDATE', 'COMPLETE']);
    expect(bench.cloud.inventory().map((line) => line.replace(/a-\d+/, 'a'))).toEqual([
      'Fake::Thing a {"fixed":"3"}',
      'Fake::Thing b {"needs":["a"],"value":"always"}',
    ]);
    const operations = await bench.engine.store.reads.operations(id);
    expect(operations.map(({ action, status }) => `${action} ${status}`).sort()).toEqual([
      'CREATE COMPLETE',
      'UPDATE COMPLETE',
      'UPDATE SUPERSEDED',
    ]);
  });

  test('many updates that pile up lose no intermediate resource', async () => {
    bench.cloud.latencyMs = 10;
    const { id } = await bench.create(hot({ a: { fixed: '0' } }));
    for (let number = 1; number <= 12; number++) {
      await bench.beginUpdate(id, hot({ a: { fixed: String(number) }, [`x${number}`]: { needs: ['a'] } }));
      await bench.turns(number * 7);
    }
    expect((await bench.settled(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory().map((line) => line.replace(/a-\d+/, 'a'))).toEqual([
      'Fake::Thing a {"fixed":"12"}',
      'Fake::Thing x12 {"needs":["a"]}',
    ]);
  });

  test('a failing superseded update still rolls back to the last good state, not to what it superseded', async () => {
    const { id } = await bench.create(hot({ a: { value: 'good' } }), { disableRollback: false });
    const { until, open } = gate();
    bench.cloud.rule({ name: 'a', verb: 'update', times: 1, until });
    await bench.beginUpdate(id, hot({ a: { value: 'middle' } }));
    await bench.until(() => bench.cloud.calls.some(({ verb }) => verb === 'update'));
    bench.cloud.rule({ name: 'z', verb: 'create', error: refused });
    await bench.beginUpdate(id, hot({ a: { value: 'bad' }, z: { needs: ['a'] } }));
    open();
    const stack = await bench.settled(id);
    expect([stack.action, stack.status]).toEqual(['ROLLBACK', 'COMPLETE']);
    expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {"value":"good"}']);
  });
});

test('an engine that is closed leaves what runs as it is; the next one goes on', async () => {
  await bench.close();
  const { CrashCamera } = await import('../../helpers/crash-images.js');
  const camera = await CrashCamera.start();
  const { until } = gate();
  camera.bench.cloud.rule({ name: 'b', verb: 'create', times: 1, until });
  const id = await camera.bench.begin(hot({ a: {}, b: { needs: ['a'] } }));
  await camera.bench.until(() => camera.bench.cloud.calls.some(({ name }) => name === 'b'));
  await camera.bench.close(10);
  bench = await EngineBench.start({ dataDir: camera.liveFolder, fake: camera.bench.cloud });
  expect(bench.engine.resumed).toBe(1);
  expect((await bench.settled(id)).status).toBe('COMPLETE');
  expect(await bench.events(id)).toEqual([
    'web CREATE_IN_PROGRESS',
    'a CREATE_IN_PROGRESS',
    'a CREATE_COMPLETE',
    'b CREATE_IN_PROGRESS',
    'b CREATE_COMPLETE',
    'web CREATE_COMPLETE',
  ]);
});
