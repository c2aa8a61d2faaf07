import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createEngine, localCaller } from '../dist/index.js';
import { groupOf } from './groups.js';
import { chain, generator, independent, randomDag } from './templates.js';
import { zeroLatencyTypes } from './zero-latency.js';

const caller = localCaller();

async function withEngine(dataDir, types, work) {
  const engine = await createEngine({ dataDir, types });
  try {
    return await work(engine);
  } finally {
    await engine.close(0);
  }
}

/** Milliseconds that it takes until what `begin` started on a stack has settled. */
async function timed(engine, begin, expected) {
  const start = performance.now();
  const { id } = await begin();
  const stack = await engine.stacks.settled(id);
  const ms = performance.now() - start;
  const status = `${stack.action}_${stack.status}`;
  if (status !== expected) throw new Error(`${status}: ${stack.statusReason}`);
  return ms;
}

function create(name, n, template, target) {
  return {
    name,
    n,
    target,
    run: (dataDir) =>
      withEngine(dataDir, zeroLatencyTypes(), async (engine) => ({
        ms: await timed(engine, () => engine.stacks.create(caller, { name: 'bench', template }), 'CREATE_COMPLETE'),
      })),
  };
}

/** Something that is done to a stack of n independent resources. */
function after(name, n, act, expected, target) {
  return {
    name,
    n,
    target,
    run: (dataDir) =>
      withEngine(dataDir, zeroLatencyTypes(), async (engine) => {
        const made = await engine.stacks.create(caller, { name: 'bench', template: independent(n) });
        await engine.stacks.settled(made.id);
        return { ms: await timed(engine, () => act(engine, made), expected) };
      }),
  };
}

function oneChanged(n) {
  const template = independent(n);
  template.resources.r7.properties.value = 'y';
  return template;
}

/** Drivers that sleep 50 to 500 ms in a random graph: how near the walk comes to its critical path. */
function sleeping(n) {
  return {
    name: `sleeping random dag ${n}`,
    n,
    run: (dataDir) => {
      const random = generator(42);
      const { template, needs } = randomDag(n, 7);
      const sleeps = needs.map(() => 50 + Math.floor(random() * 451));
      const finish = [];
      needs.forEach((before, index) => {
        finish.push(sleeps[index] + Math.max(0, ...before.map((other) => finish[other])));
      });
      const critical = Math.max(...finish);
      const types = zeroLatencyTypes((name) => sleeps[Number(name.slice(1))]);
      return withEngine(dataDir, types, async (engine) => {
        const ms = await timed(
          engine,
          () => engine.stacks.create(caller, { name: 'bench', template }),
          'CREATE_COMPLETE',
        );
        return {
          ms,
          extra: { criticalPathMs: critical, ratio: Number((ms / critical).toFixed(3)), targetRatio: 1.05 },
        };
      });
    },
  };
}

/** From the start of an engine until the first of n interrupted operations goes on. */
function recovery(n, target) {
  return {
    name: `recovery of ${n} operations`,
    n,
    target,
    async run(dataDir) {
      spawnSync(process.execPath, [fileURLToPath(new URL('./leave-running.js', import.meta.url)), dataDir, String(n)]);
      let first;
      const start = performance.now();
      const types = zeroLatencyTypes(() => {
        first ??= performance.now() - start;
        return 0;
      });
      const engine = await createEngine({ dataDir, types });
      const startedMs = performance.now() - start;
      if (engine.resumed !== n) throw new Error(`${engine.resumed} operations were resumed, not ${n}`);
      const stacks = await engine.stacks.list(caller, {});
      await Promise.all(stacks.map(({ id }) => engine.stacks.settled(id)));
      const doneMs = performance.now() - start;
      await engine.close(0);
      return { ms: first, extra: { engineReadyMs: Math.round(startedMs), allDoneMs: Math.round(doneMs) } };
    },
  };
}

export const SCENARIOS = [
  create('create independent 1000', 1000, independent(1000), 1000),
  create('create chain 1000', 1000, chain(1000), 1500),
  create('create independent 10000', 10000, independent(10000), 10000),
  after(
    'no-op update 10000',
    10000,
    (engine, made) => engine.stacks.update(caller, made.id, { template: independent(10000) }),
    'UPDATE_COMPLETE',
    2000,
  ),
  after(
    'update one property of 10000',
    10000,
    (engine, made) => engine.stacks.update(caller, made.id, { template: oneChanged(10000) }),
    'UPDATE_COMPLETE',
    2500,
  ),
  {
    name: 'preview of one change in 10000',
    n: 10000,
    target: 2000,
    run: (dataDir) =>
      withEngine(dataDir, zeroLatencyTypes(), async (engine) => {
        const made = await engine.stacks.create(caller, { name: 'bench', template: independent(10000) });
        await engine.stacks.settled(made.id);
        const start = performance.now();
        await engine.stacks.previewUpdate(caller, made.id, { template: oneChanged(10000) });
        return { ms: performance.now() - start };
      }),
  },
  after(
    'delete 10000',
    10000,
    async (engine, made) => {
      await engine.stacks.delete(caller, made.id);
      return made;
    },
    'DELETE_COMPLETE',
    8000,
  ),
  sleeping(500),
  recovery(1000, 1000),
  groupOf(1000, { create: 40_000, deleteMs: 40_000, resizeMs: 1500, firstPageMs: 100, outputsMs: 300, peakRssMb: 700 }),
];
