import { RejectedError } from '../../../src/engine/model/errors.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const INNER = JSON.stringify(hot({ inside: {} }));
const files = { 'inner.yaml': INNER };
const OLD = hot({ a: { value: '1' }, b: { needs: ['a'] }, child: { type: 'inner.yaml' } });
const moved = { a: 'a2', child: 'child2' };

const refused = () => new RejectedError('no', { reasonClass: 'BadRequest' });

async function idsByName(id: string) {
  return Object.fromEntries((await bench.records(id)).map(({ name, physicalId }) => [name, physicalId]));
}

test('renames come with other changes, and no driver hears of them', async () => {
  const { id } = await bench.create(OLD, { files });
  const before = await idsByName(id);
  const from = bench.cloud.ledger.length;
  const next = hot({ a2: { value: '2' }, b: { needs: ['a2'] }, child2: { type: 'inner.yaml' }, c: {} });
  expect((await bench.update(id, next, { files, moved })).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from).sort()).toEqual(['create c', 'update a']);
  expect(await idsByName(id)).toMatchObject({ a2: before.a, b: before.b, child2: before.child });
  // The mapping may stay.
  expect((await bench.update(id, next, { files, moved })).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toHaveLength(2);
});

describe.each(['by itself', 'when asked to', 'when it is cancelled'])(
  'an update with renames that is undone %s',
  (how) => {
    test('gives the old names back and leaves the things alone', async () => {
      const { id } = await bench.create(OLD, { files });
      const before = await idsByName(id);
      const from = bench.cloud.ledger.length;
      const stuck = new Promise<never>(() => undefined);
      bench.cloud.rule({
        name: 'c',
        verb: 'create',
        ...(how === 'when it is cancelled' ? { until: stuck } : { error: refused }),
      });
      const next = hot({
        a2: { value: '1' },
        b: { needs: ['a2'] },
        child2: { type: 'inner.yaml' },
        c: { needs: ['a2'] },
      });
      await bench.beginUpdate(id, next, { files, moved, disableRollback: how !== 'by itself' });
      if (how === 'when it is cancelled') {
        await bench.until(() => bench.cloud.calls.some(({ name }) => name === 'c'));
        await bench.stacks.action(bench.caller, id, 'cancel_update');
      } else if (how === 'when asked to') {
        expect((await bench.settled(id)).status).toBe('FAILED');
        await bench.stacks.rollBack(bench.caller, id);
      }
      const stack = await bench.settled(id);
      expect(`${stack.action}_${stack.status}`).toBe('ROLLBACK_COMPLETE');
      expect(await idsByName(id)).toEqual(before);
      expect(bench.cloud.deeds(from)).toEqual([]);
    });
  },
);

test.each([
  ['to a name that the template does not have', { a: 'nobody' }],
  ['of a name that the template still has', { b: 'c' }],
])('a rename %s is refused', async (_, wrong) => {
  const { id } = await bench.create(OLD, { files });
  const stack = await bench.update(id, hot({ b: {}, c: {}, child: { type: 'inner.yaml' } }), { files, moved: wrong });
  expect(stack.statusReason).toContain('cannot move');
  expect(bench.cloud.deeds()).not.toContain('delete a');
});
