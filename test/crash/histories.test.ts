import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { FlakyError, RejectedError, UnavailableError, UserError } from '../../src/engine/model/errors.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { temporaryFolder } from '../helpers/crash-images.js';
import { EngineBench, hot } from '../helpers/engine-bench.js';
import { FakeClock } from '../helpers/fake-clock.js';
import type { Rule } from '../helpers/fake-cloud.js';

/** At least 500 with BATON_LONG; a few in the ordinary run. */
const RUNS = Number(process.env.BATON_HISTORIES ?? (process.env.BATON_LONG === undefined ? 25 : 500));

interface Wish {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly fixed: string;
  readonly needs: string[];
}

type Step =
  | {
      readonly kind: 'update';
      readonly template: Wish[];
      readonly turns: number;
      readonly converge: boolean;
      readonly rollback: boolean;
    }
  | { readonly kind: 'cancel' | 'stop' | 'crash' | 'settle'; readonly turns: number }
  | { readonly kind: 'unhealthy' | 'lose' | 'drift'; readonly pick: number }
  | {
      readonly kind: 'rule';
      readonly pick: number;
      readonly verb: Rule['verb'];
      readonly fault: string;
      readonly times: number;
    };

/** A stack of its own with one thing in it. */
const NESTED = 'nested.yaml';
const FILES = {
  [NESTED]: JSON.stringify({
    ...hot({ inside: { value: { get_param: 'value' }, fixed: { get_param: 'fixed' } } }),
    parameters: { value: { type: 'string' }, fixed: { type: 'string' } },
  }),
};

const TYPES = [
  'Fake::Thing',
  'Fake::Thing',
  'Fake::Thing',
  'Fake::Idempotent',
  'Fake::Unique',
  'Fake::Fixed',
  'Fake::Sturdy',
  NESTED,
];

/** Names are few, so that templates of one history overlap; each needs only earlier ones. */
const templates = fc
  .integer({ min: 5, max: 40 })
  .chain((size) =>
    fc.array(
      fc.record({
        isThere: fc.integer({ min: 0, max: 9 }),
        type: fc.constantFrom(...TYPES),
        value: fc.constantFrom('1', '2', '3'),
        fixed: fc.constantFrom('1', '1', '2'),
        needs: fc.array(fc.nat(39), { maxLength: 3 }),
      }),
      { minLength: size, maxLength: size },
    ),
  )
  .map((all): Wish[] => {
    const names = all.map((_, index) => `r${index}`);
    const there = new Set(names.filter((_, index) => (all[index]?.isThere ?? 0) > 1));
    if (there.size === 0) there.add('r0');
    return all.flatMap((one, index) => {
      const name = names[index] ?? '';
      if (!there.has(name)) return [];
      const needs = [...new Set(one.needs.filter((other) => other < index).map((other) => `r${other}`))].filter(
        (other) => there.has(other),
      );
      return [{ name, type: one.type, value: one.value, fixed: one.fixed, needs }];
    });
  });

const turns = fc.integer({ min: 0, max: 80 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      template: templates,
      turns,
      converge: fc.boolean(),
      rollback: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'stop' as const, 'crash' as const, 'crash' as const, 'settle' as const),
      turns,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('unhealthy' as const, 'lose' as const, 'drift' as const),
      pick: fc.nat(39),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('rule' as const),
      pick: fc.nat(39),
      verb: fc.constantFrom('create' as const, 'update' as const, 'delete' as const, 'poll' as const),
      fault: fc.constantFrom('refused', 'unavailable', 'lost', 'broken'),
      times: fc.integer({ min: 1, max: 8 }),
    }),
  },
);

function templateOf(wishes: readonly Wish[]): JsonMap {
  const entries = wishes.map(({ name, type, value, fixed, needs }) => {
    const own = { type, value, fixed };
    return [name, type === NESTED ? { ...own, section: { depends_on: needs } } : { ...own, needs }] as const;
  });
  return hot(Object.fromEntries(entries));
}

function ruleOf(name: string, { verb, fault, times }: Extract<Step, { kind: 'rule' }>): Rule {
  const where = { name, ...(verb === undefined ? {} : { verb }), times };
  switch (fault) {
    case 'refused':
      return { ...where, error: () => new RejectedError('no', { reasonClass: 'BadRequest' }) };
    case 'unavailable':
      return { ...where, error: () => new UnavailableError('later') };
    case 'lost':
      return { ...where, lose: true };
    default:
      return { ...where, breaks: () => new FlakyError('it broke', { reasonClass: 'ResourceInError' }) };
  }
}

class History {
  readonly #root = temporaryFolder();
  #crashes = 0;
  #isDrifted = false;
  /** Tokens of things that somebody else took away: what is made again under them is not made twice. */
  readonly #taken = new Set<string>();
  #wishes: readonly Wish[] = [];
  id = '';

  private constructor(public bench: EngineBench) {}

  static async begin(wishes: readonly Wish[], latencyMs: number): Promise<History> {
    const history = new History(undefined as never);
    history.bench = await EngineBench.start({ dataDir: history.#folder() });
    history.bench.cloud.latencyMs = latencyMs;
    history.#wishes = wishes;
    history.id = await history.bench.begin(templateOf(wishes), { files: FILES });
    return history;
  }

  #folder(): string {
    return join(this.#root, String(this.#crashes));
  }

  async take(step: Step): Promise<void> {
    const { bench, id } = this;
    try {
      switch (step.kind) {
        case 'update':
          await bench.beginUpdate(id, templateOf(step.template), {
            files: FILES,
            converge: step.converge,
            disableRollback: !step.rollback,
          });
          this.#wishes = step.template;
          return await bench.turns(step.turns);
        case 'cancel':
        case 'stop':
          await bench.stacks.action(
            bench.caller,
            id,
            step.kind === 'cancel' ? 'cancel_update' : 'cancel_without_rollback',
          );
          return await bench.turns(step.turns);
        case 'settle':
          await bench.settled(id);
          return;
        case 'crash':
          await bench.turns(step.turns);
          return await this.#crash();
        case 'unhealthy':
          return await bench.stacks.markUnhealthy(bench.caller, id, this.#pick(step.pick), true, 'bad');
        case 'lose':
        case 'drift':
          return this.#disturb(step.pick, step.kind === 'lose');
        case 'rule':
          return bench.cloud.rule(ruleOf(this.#thing(step.pick), step));
      }
    } catch (error) {
      // Not everything can be done at every moment; that it is refused is all right.
      if (!(error instanceof UserError)) throw error;
    }
  }

  #pick(pick: number): string {
    return this.#wishes[pick % this.#wishes.length]?.name ?? 'r0';
  }

  /** The name of the thing that a resource stands for. */
  #thing(pick: number): string {
    const wish = this.#wishes[pick % this.#wishes.length];
    return wish?.type === NESTED ? 'inside' : (wish?.name ?? 'r0');
  }

  #disturb(pick: number, isLoss: boolean): void {
    this.#isDrifted = true;
    const [thing] = this.bench.cloud.named(this.#thing(pick));
    if (!thing) return;
    if (isLoss) {
      this.bench.cloud.things.delete(thing.id);
      this.#taken.add(thing.token);
    } else thing.properties.value = 'drifted';
  }

  /** The files and the world as they are now; what the old engine still does, it does to others. */
  async #crash(): Promise<void> {
    const { bench } = this;
    const from = this.#folder();
    this.#crashes++;
    cpSync(from, this.#folder(), {
      recursive: true,
      filter: (path) => !path.endsWith('engine.lock') && !path.endsWith('-shm'),
    });
    const fake = bench.cloud.copy();
    const fakeClock = new FakeClock(bench.clock.now());
    await bench.close(0);
    this.bench = await EngineBench.start({ dataDir: this.#folder(), fake, fakeClock });
  }

  /** An undisturbed update; the world is then what the template says, and a further one does nothing. */
  async end(): Promise<void> {
    const { bench, id } = this;
    bench.cloud.rules.length = 0;
    await bench.settled(id);
    const template = templateOf(this.#wishes);
    const stack = await bench.update(id, template, { files: FILES, converge: this.#isDrifted, disableRollback: true });
    expect(`${stack.action}_${stack.status} ${stack.statusReason}`).toBe(
      'UPDATE_COMPLETE Stack UPDATE completed successfully',
    );
    expect(bench.cloud.inventory()).toEqual(await this.#wanted());
    const nested = this.#wishes.filter(({ type }) => type === NESTED).length;
    expect(await bench.engine.store.lists.countStacks({ nested: true })).toBe(1 + nested);
    expect(bench.cloud.doubles().filter((token) => !this.#taken.has(token))).toEqual([]);
    expect((await bench.records(id)).map(({ name }) => name).sort()).toEqual(
      this.#wishes.map(({ name }) => name).sort(),
    );
    expect((await bench.records(id)).filter(({ status }) => status !== 'COMPLETE')).toEqual([]);

    const deeds = bench.cloud.ledger.length;
    expect((await bench.update(id, template, { files: FILES })).status).toBe('COMPLETE');
    expect(bench.cloud.deeds(deeds)).toEqual([]);

    expect((await bench.delete(id)).status).toBe('COMPLETE');
    expect(bench.cloud.inventory()).toEqual([]);
    expect(await bench.engine.store.reads.runningOperations()).toEqual([]);
    expect(await bench.engine.store.lists.countStacks({ nested: true })).toBe(0);
  }

  async #wanted(): Promise<string[]> {
    const records = new Map((await this.bench.records(this.id)).map((record) => [record.name, record]));
    const referred = (name: string) => records.get(name)?.reference ?? records.get(name)?.physicalId;
    return this.#wishes
      .map(({ name, type, value, fixed, needs }) =>
        type === NESTED
          ? `Fake::Thing inside ${JSON.stringify({ fixed, value })}`
          : `${type} ${name} ${JSON.stringify({ fixed, needs: needs.map(referred), value })}`,
      )
      .sort();
  }

  async close(): Promise<void> {
    await this.bench.close(0);
    rmSync(this.#root, { recursive: true, force: true });
  }
}

test('whatever happens to a stack, an undisturbed update brings the world to what its template says, and a further one does nothing', async () => {
  let histories = 0;
  await fc.assert(
    fc.asyncProperty(
      templates,
      fc.array(step, { minLength: 2, maxLength: 14 }),
      fc.constantFrom(0, 0, 20),
      async (first, steps, latencyMs) => {
        histories++;
        const history = await History.begin(first, latencyMs);
        try {
          for (const one of steps) await history.take(one);
          await history.end();
        } finally {
          await history.close();
        }
      },
    ),
    {
      numRuns: RUNS,
      endOnFailure: process.env.BATON_SHRINK === undefined,
      // The same histories each time, so that a red run can be repeated; other seeds look further.
      seed: Number(process.env.BATON_SEED ?? 5),
      // One history alone: the path that a red run names.
      ...(process.env.BATON_PATH === undefined ? {} : { path: process.env.BATON_PATH }),
    },
  );
  console.log(`random histories: ${histories}`);
}, 600_000);
