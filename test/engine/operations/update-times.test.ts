import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

async function times(id: string) {
  const stack = await bench.engine.operations.stack(id);
  const a = await bench.record(id, 'a');
  const b = await bench.record(id, 'b');
  return { stack: stack?.updatedAt, a: a.updateBegunAt, b: b.updateBegunAt };
}

test('a stack and its resources are updated when an update begins, and by nothing else', async () => {
  bench.cloud.latencyMs = 3000;
  const { id } = await bench.create(hot({ a: { value: '1' }, b: { value: 'same' } }));
  expect(await times(id)).toEqual({ stack: undefined, a: undefined, b: undefined });
  for (const action of ['check', 'suspend', 'resume'] as const) await bench.act(id, action);
  await bench.stacks.snapshot(bench.caller, id, 's');
  await bench.settled(id);
  expect(await times(id)).toEqual({ stack: undefined, a: undefined, b: undefined });
  const began = bench.clock.now();
  await bench.update(id, hot({ a: { value: '2' }, b: { value: 'same' } }));
  expect(bench.clock.now()).toBeGreaterThan(began);
  const updated = { stack: began, a: began, b: undefined };
  expect(await times(id)).toEqual(updated);
  await bench.act(id, 'suspend');
  expect(await times(id)).toEqual(updated);
});
