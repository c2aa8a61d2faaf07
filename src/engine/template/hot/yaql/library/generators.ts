import type { YaqlFunction } from '../context.js';
import { any, bool, fn, int, items, lambda, method, nullable, optional } from '../functions.js';
import { isCollection, isTrue, YaqlSet, YaqlStream, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';
import { streamOf, toList } from './streams.js';

function* counting(start: bigint, stop: bigint | undefined, step: bigint): Generator<YaqlValue> {
  if (step === 0n && stop !== undefined) throw new YaqlError('range() arg 3 must not be zero');
  for (let value = start; stop === undefined || (step > 0n ? value < stop : value > stop); value += step) yield value;
}

function* generateMany(
  initial: YaqlValue,
  produce: (value: YaqlValue) => YaqlValue,
  select: (value: YaqlValue) => YaqlValue,
  decycle: boolean,
  depthFirst: boolean,
  charge: (...values: unknown[]) => void,
): Generator<YaqlValue> {
  const past = decycle ? new YaqlSet() : undefined;
  let queue: YaqlValue[] = [initial];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    if (past && !past.add(item)) continue;
    yield select(item);
    const produced = produce(item);
    if (!isCollection(produced)) throw new YaqlError('the producer of generateMany() must give a collection');
    queue = depthFirst ? [...produced, ...queue] : [...queue, ...produced];
    charge(past, queue);
  }
}

/** Collections that are made, not given. */
export const generatorLibrary: readonly YaqlFunction[] = [
  ...fn('range', [int('stop')], (_, stop) => YaqlStream.once(counting(0n, stop, 1n))),
  ...fn('range', [int('start'), int('stop'), optional(int('step'), 1n)], (_, start, stop, step) =>
    YaqlStream.once(counting(start, stop, step)),
  ),
  ...fn('sequence', [optional(int('start'), 0n), optional(int('step'), 1n)], (_, start, step) =>
    YaqlStream.once(counting(start, undefined, step)),
  ),
  ...method('repeat', [any('value'), optional(int('times'), -1n)], (_, value, times) =>
    streamOf(function* () {
      for (let given = 0n; times < 0n || given < times; given++) yield value;
    }),
  ),
  ...method('cycle', [items('collection')], (_, values) =>
    streamOf(function* () {
      const kept = toList(values);
      while (kept.length > 0) yield* kept;
    }),
  ),
  ...fn(
    'generate',
    [
      any('initial'),
      lambda('predicate'),
      lambda('producer'),
      optional(nullable(lambda('selector')), null),
      optional(bool('decycle'), false),
    ] as const,
    (run, initial, predicate, producer, selector, decycle) =>
      streamOf(function* () {
        const past = decycle ? new YaqlSet() : undefined;
        for (let value = initial; isTrue(predicate(value)); value = producer(value)) {
          if (past && !past.add(value)) break;
          run.charge(past);
          yield selector ? selector(value) : value;
        }
      }),
  ),
  ...fn(
    'generateMany',
    [
      any('initial'),
      lambda('producer'),
      optional(nullable(lambda('selector')), null),
      optional(bool('decycle'), false),
      optional(bool('depthFirst'), false),
    ] as const,
    (run, initial, producer, selector, decycle, depthFirst) =>
      streamOf(() =>
        generateMany(initial, producer, (item) => (selector ? selector(item) : item), decycle, depthFirst, run.charge),
      ),
  ),
];
