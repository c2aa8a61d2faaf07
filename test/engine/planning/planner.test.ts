import fc from 'fast-check';
import type { JsonMap } from '../../../src/engine/model/value.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

async function planned(id: string, template: JsonMap) {
  const { changes } = await bench.stacks.previewUpdate(bench.caller, id, { template });
  return Object.fromEntries(changes.map(({ name, action }) => [name, action]));
}

test('what would be replaced makes what depends on it uncertain', async () => {
  const { id } = await bench.create(hot({ a: { fixed: '1' }, b: { needs: ['a'] }, c: { needs: ['b'] }, d: {} }));
  const calls = bench.cloud.calls.length;
  expect(await planned(id, hot({ a: { fixed: '2' }, b: { needs: ['a'] }, c: { needs: ['b'] }, e: {} }))).toEqual({
    a: 'replace',
    b: 'may-update',
    c: expect.stringMatching(/none|may-update/),
    d: 'delete',
    e: 'create',
  });
  expect(bench.cloud.calls.slice(calls).filter(({ verb }) => verb !== 'attribute')).toEqual([]);
});

test('planning what was applied gives an empty plan', async () => {
  const resources = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.record({
      value: fc.constantFrom('1', '2'),
      fixed: fc.constantFrom('1', '2'),
      password: fc.constantFrom('secret-1', 'secret-2'),
    }),
    { minKeys: 1 },
  );
  let count = 0;
  await fc.assert(
    fc.asyncProperty(resources, resources, async (first, second) => {
      const { id } = await bench.create(hot(first), { name: `web${++count}` });
      await bench.update(id, hot(second));
      expect(new Set(Object.values(await planned(id, hot(second))))).toEqual(new Set(['none']));
    }),
    { numRuns: 25 },
  );
});

test('the plan that is shown is the plan that runs', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' }, b: { fixed: '1' }, c: {} }));
  const template = hot({ a: { value: '2' }, b: { fixed: '2' }, d: {} });
  expect(await planned(id, template)).toEqual({ a: 'update', b: 'replace', c: 'delete', d: 'create' });
  const from = bench.cloud.ledger.length;
  await bench.update(id, template);
  expect(bench.cloud.deeds(from).sort()).toEqual(['create b', 'create d', 'delete b', 'delete c', 'update a']);
});
