import { Workload } from '../../../src/engine/operations/workload.js';

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const waits = (): void => undefined;

function bench(enough: number) {
  const workload = new Workload(enough);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const leaves: (() => void)[] = [];
  const begin = (index: number) =>
    workload.whenRoom(waits, async ({ leave }) => {
      begun.push(index);
      leaves[index] = leave;
      await new Promise<void>((resolve) => {
        ends[index] = resolve;
      });
    });
  return {
    workload,
    begun,
    ends,
    leaves,
    all: (count: number) => Array.from({ length: count }, (_, one) => begin(one)),
  };
}

test('begins while there is room, and then one for each that ends, in the order of the asking', async () => {
  const { begun, ends, all } = bench(2);
  const works = all(5);
  await settle();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await settle();
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  for (const end of ends) end();
  await Promise.all(works);
});

test('what only waits makes room, once', async () => {
  const { begun, leaves, ends, all } = bench(1);
  void all(3);
  await settle();
  leaves[0]?.();
  leaves[0]?.();
  await settle();
  expect(begun).toEqual([0, 1]);
  ends[0]?.();
  await settle();
  expect(begun).toEqual([0, 1]);
});

test('what has begun goes on whatever else is worked on; what has not waits for it', async () => {
  const { workload, begun, all } = bench(1);
  workload.add();
  workload.add();
  void all(1);
  workload.remove();
  await settle();
  expect(begun).toEqual([]);
  workload.remove();
  await settle();
  expect(begun).toEqual([0]);
});

test('work that fails gives its place up', async () => {
  const { workload, begun, all } = bench(1);
  await expect(workload.whenRoom(waits, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  void all(1);
  await settle();
  expect(begun).toEqual([0]);
});

test('a parent waits from the asking to the end of the work', async () => {
  const workload = new Workload(1);
  const told: boolean[] = [];
  await workload.whenRoom(
    (isWaiting) => told.push(isWaiting),
    async () => expect(told).toEqual([true]),
  );
  expect(told).toEqual([true, false]);
});
