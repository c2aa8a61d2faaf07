import { RejectedError, ThrottledError } from '../../../src/engine/model/errors.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const IDEMPOTENT = 'Fake::Idempotent';
const UNIQUE = 'Fake::Unique';
const STURDY = 'Fake::Sturdy';

/** More lost answers than a create is tried. */
function loseCreates(name: string, times: number): void {
  bench.cloud.rule({ name, verb: 'create', lose: true, times });
}

const tokensOf = (name: string) => new Set(bench.cloud.calls.filter((call) => call.name === name).map((c) => c.token));

describe('a create whose answers are lost more often than it is tried', () => {
  test('is asked for by the same token when it is removed, however often that fails too', async () => {
    loseCreates('a', 20);
    const { id } = await bench.create(hot({ a: { type: IDEMPOTENT }, b: {} }), { disableRollback: true });
    const [token] = tokensOf('a');

    const failed = await bench.update(id, hot({ b: {} }), { disableRollback: true });
    expect(`${failed.action}_${failed.status}`).toBe('UPDATE_FAILED');
    expect(failed.statusReason).toContain('resources.a: the answer was lost');
    expect(await bench.record(id, 'a')).toMatchObject({ action: 'DELETE', status: 'FAILED', lost: { token } });

    bench.cloud.rules.length = 0;
    expect((await bench.update(id, hot({ b: {} }))).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual(['Fake::Thing b {}']);
    expect(bench.cloud.doubles()).toEqual([]);
  });

  test('is removed with its stack as soon as the world answers', async () => {
    loseCreates('a', 20);
    const { id } = await bench.create(hot({ a: { type: IDEMPOTENT } }), { disableRollback: true });
    expect((await bench.delete(id)).status).toBe('FAILED');
    expect((await bench.delete(id)).status).toBe('FAILED');
    expect(bench.cloud.inventory()).toHaveLength(1);
    bench.cloud.rules.length = 0;
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual([]);
  });

  test('is out of the way before it is made anew: it may hold the name', async () => {
    loseCreates('a', 20);
    const { id } = await bench.create(hot({ a: { type: IDEMPOTENT } }), { disableRollback: true });
    bench.cloud.rules.length = 0;
    expect((await bench.update(id, hot({ a: { type: IDEMPOTENT } }))).status).toBe('COMPLETE');
    expect(bench.cloud.ledger.map(({ verb }) => verb)).toEqual(['create', 'delete', 'create']);
    expect(bench.cloud.inventory()).toHaveLength(1);
  });

  test('has nothing to remove if the world then refuses it by its token', async () => {
    bench.cloud.rule({ name: 'a', verb: 'create', times: 6, error: () => new ThrottledError('later') });
    bench.cloud.rule({ name: 'a', verb: 'create', error: () => new RejectedError('no') });
    const { id } = await bench.create(hot({ a: { type: IDEMPOTENT } }), { disableRollback: true });
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.logs.join('\n')).toContain('a lost create left nothing behind');
  });

  test('is found although its last try was turned away', async () => {
    bench.cloud.rule({ name: 'a', verb: 'create', lose: true, times: 1 });
    bench.cloud.rule({ name: 'a', verb: 'create', error: () => new ThrottledError('later') });
    const { id } = await bench.create(hot({ a: { type: IDEMPOTENT } }), { disableRollback: true });
    expect(bench.cloud.inventory()).toHaveLength(1);
    bench.cloud.rules.length = 0;
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual([]);
  });

  test('goes before its replacement where two cannot stand side by side', async () => {
    loseCreates('a', 6);
    bench.cloud.rule({ name: 'a', verb: 'find', times: 6, error: () => new ThrottledError('later') });
    const { id } = await bench.create(hot({ a: { type: UNIQUE } }), { disableRollback: true });
    expect(bench.cloud.inventory()).toHaveLength(1);
    const from = bench.cloud.ledger.length;
    expect((await bench.update(id, hot({ a: { type: UNIQUE } }))).status).toBe('COMPLETE');
    expect(bench.cloud.deeds(from)).toEqual(['delete a', 'create a']);
  });

  test('survives a visit that only looks', async () => {
    loseCreates('a', 6);
    const { id } = await bench.create(hot({ a: { type: IDEMPOTENT } }), { disableRollback: true });
    expect((await bench.act(id, 'check')).status).toBe('FAILED');
    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual([]);
  });
});

test('an update whose answers are lost is not taken for undone: what is wanted then is told to the world', async () => {
  const { id } = await bench.create(hot({ a: { type: STURDY, value: '1' } }));
  bench.cloud.rule({ name: 'a', verb: 'update', lose: true, times: 6 });
  expect((await bench.update(id, hot({ a: { type: STURDY, value: '2' } }), { disableRollback: true })).status).toBe(
    'FAILED',
  );
  expect((await bench.update(id, hot({ a: { type: STURDY, value: '1' } }))).status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Sturdy a {"value":"1"}']);
});

test('an update that fails on its way is not taken for undone either, whatever was tried before', async () => {
  const { id } = await bench.create(hot({ a: { type: STURDY, value: '1' } }));
  bench.cloud.latencyMs = 50;
  const fails = () => bench.cloud.rule({ name: 'a', verb: 'poll', times: 1, error: () => new RejectedError('broken') });
  const bring = (value: string) => bench.update(id, hot({ a: { type: STURDY, value } }), { disableRollback: true });
  fails();
  expect((await bring('2')).status).toBe('FAILED');
  expect((await bench.record(id, 'a')).tried).toEqual({ value: '2' });
  // Going back is refused before anything happens: the second value may still be there.
  bench.cloud.rule({ name: 'a', verb: 'update', times: 1, error: () => new RejectedError('no') });
  expect((await bring('1')).status).toBe('FAILED');
  expect((await bring('1')).status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Sturdy a {"value":"1"}']);
  expect((await bench.record(id, 'a')).tried).toBeUndefined();
});
