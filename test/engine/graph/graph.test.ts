import fc from 'fast-check';
import { DependencyGraph } from '../../../src/engine/graph/dependency-graph.js';
import { Scheduler } from '../../../src/engine/graph/scheduler.js';
import { remainingPathLengths, topologicalOrder, transpose } from '../../../src/engine/graph/topology.js';
import { walkGraph } from '../../../src/engine/operations/walk-graph.js';

/** Any acyclic graph, its nodes numbered in any order. */
const dags = fc.integer({ min: 0, max: 40 }).chain((size) =>
  fc
    .tuple(
      fc.array(fc.array(fc.nat(Math.max(0, size - 1)), { maxLength: 4 }), { minLength: size, maxLength: size }),
      fc.shuffledSubarray(
        Array.from({ length: size }, (_, index) => index),
        { minLength: size, maxLength: size },
      ),
    )
    .map(([needs, places]) => {
      const requires: number[][] = Array.from({ length: size }, () => []);
      needs.forEach((all, rank) => {
        const node = places[rank] ?? 0;
        requires[node] = [...new Set(all.filter((other) => other < rank).map((other) => places[other] ?? 0))];
      });
      return requires;
    }),
);

test('an order puts each node after all that it requires, once', () => {
  fc.assert(
    fc.property(dags, (requires) => {
      const order = topologicalOrder(requires);
      expect([...(order ?? [])].sort((a, b) => a - b)).toEqual(requires.map((_, index) => index));
      const place = new Map(order?.map((node, index) => [node, index]));
      requires.forEach((needed, node) => {
        for (const other of needed) expect(place.get(other)).toBeLessThan(place.get(node) ?? -1);
      });
    }),
  );
});

test('a cycle has no order', () => {
  expect(topologicalOrder([[1], [2], [0]])).toBeUndefined();
  expect(topologicalOrder([[0]])).toBeUndefined();
  expect(topologicalOrder([[], [0, 2], [1]])).toBeUndefined();
});

test('a chain of a hundred thousand does not overflow the stack', () => {
  const requires = Array.from({ length: 100_000 }, (_, node) => (node === 0 ? [] : [node - 1]));
  expect(topologicalOrder(requires)).toHaveLength(100_000);
  expect(remainingPathLengths(requires)[0]).toBe(100_000);
});

test('turning the edges twice gives the same edges', () => {
  fc.assert(
    fc.property(dags, (requires) => {
      const twice = transpose(transpose(requires)).map((others) => [...others].sort((a, b) => a - b));
      expect(twice).toEqual(requires.map((others) => [...others].sort((a, b) => a - b)));
    }),
  );
});

test('of the ready nodes that with the longest chain behind it goes first', () => {
  // 0 <- 1 <- 2, 3 alone, 4 <- 5
  const scheduler = new Scheduler([[], [0], [1], [], [], [4]]);
  expect([scheduler.next(), scheduler.next(), scheduler.next(), scheduler.next()]).toEqual([0, 4, 3, undefined]);
  scheduler.complete(4);
  scheduler.complete(0);
  expect([scheduler.next(), scheduler.next()]).toEqual([1, 5]);
  expect(scheduler.unfinished).toBe(4);
});

test('a failed node blocks what needs it, directly or not, and nothing else', () => {
  const scheduler = new Scheduler([[], [0], [1], [], [3, 1]]);
  expect(scheduler.blockedBy(1).sort()).toEqual([2, 4]);
  expect(scheduler.blockedBy(3)).toEqual([4]);
});

describe('walking', () => {
  interface Observed {
    readonly started: number[];
    readonly mostAtOnce: number;
  }

  async function walk(
    requires: number[][],
    concurrency: number,
    options: { failing?: ReadonlySet<number>; keepGoing?: boolean; turns?: (node: number) => number } = {},
  ): Promise<Observed & { readonly failed: number[]; readonly skipped: number }> {
    const started: number[] = [];
    const done = new Set<number>();
    let running = 0;
    let mostAtOnce = 0;
    const result = await walkGraph({
      requires,
      concurrency,
      isStopped: () => false,
      ...(options.keepGoing ? { keepGoing: true } : {}),
      visit: async (node) => {
        started.push(node);
        for (const needed of requires[node] ?? [])
          if (!done.has(needed)) throw new Error(`${node} started before ${needed}`);
        mostAtOnce = Math.max(mostAtOnce, ++running);
        for (let turn = 0; turn < (options.turns?.(node) ?? 1); turn++) await undefined;
        running--;
        if (options.failing?.has(node)) throw new Error('failed on purpose');
        done.add(node);
      },
    });
    return { started, mostAtOnce, failed: result.failures.map(({ node }) => node), skipped: result.skipped };
  }

  test('respects every edge, visits each node once, and keeps within its limit', async () => {
    await fc.assert(
      fc.asyncProperty(dags, fc.integer({ min: 1, max: 6 }), fc.nat(5), async (requires, concurrency, turns) => {
        const { started, mostAtOnce, failed, skipped } = await walk(requires, concurrency, {
          turns: (node) => (node * 7 + turns) % 6,
        });
        expect([...started].sort((a, b) => a - b)).toEqual(requires.map((_, index) => index));
        expect(mostAtOnce).toBeLessThanOrEqual(concurrency);
        expect([failed, skipped]).toEqual([[], 0]);
      }),
    );
  });

  test('after a failure starts nothing new, or with keepGoing only what does not need it', async () => {
    await fc.assert(
      fc.asyncProperty(dags, fc.nat(39), fc.boolean(), async (requires, culprit, keepGoing) => {
        fc.pre(culprit < requires.length);
        const { started, failed, skipped } = await walk(requires, 3, { failing: new Set([culprit]), keepGoing });
        expect(failed).toEqual([culprit]);
        expect(started.length + skipped).toBe(requires.length);
        const blocked = new Set(new Scheduler(requires).blockedBy(culprit));
        expect(started.filter((node) => blocked.has(node))).toEqual([]);
        if (keepGoing) expect(skipped).toBe(blocked.size);
      }),
    );
  });

  test('nodes that wait give their place to others', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const started: number[] = [];
    const walked = walkGraph({
      requires: [[], [], []],
      concurrency: 1,
      isStopped: () => false,
      visit: async (node, waiting) => {
        started.push(node);
        if (node === 2) return release();
        waiting(true);
        await gate;
        waiting(false);
      },
    });
    await walked;
    expect(started).toEqual([0, 1, 2]);
  });

  test('a walk that is stopped ends when what runs has ended', async () => {
    let isStopped = false;
    const started: number[] = [];
    const result = await walkGraph({
      requires: [[], [0], [1]],
      concurrency: 2,
      isStopped: () => isStopped,
      visit: async (node) => {
        started.push(node);
        isStopped = node === 1;
      },
    });
    expect([started, result.skipped]).toEqual([[0, 1], 1]);
  });
});

test('the graph knows both directions, and why each edge is there', () => {
  const graph = new DependencyGraph(
    ['a', 'b', 'c'],
    [
      { from: 'b', to: 'a', reason: 'properties.x' },
      { from: 'b', to: 'a', reason: 'depends_on' },
      { from: 'c', to: 'b', reason: 'metadata' },
      { from: 'c', to: 'nobody', reason: 'depends_on' },
    ],
  );
  expect(graph.requirementsOf('b')).toEqual(['a']);
  expect(graph.dependantsOf('a')).toEqual(['b']);
  expect(graph.requires).toEqual([[], [0], [1]]);
  expect(graph.toGraph().edge('b', 'a')).toEqual(['properties.x', 'depends_on']);
  expect(graph.requirementsOf('nobody')).toEqual([]);
});
