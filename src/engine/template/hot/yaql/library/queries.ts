import type { YaqlFunction } from '../context.js';
import {
  any,
  byName,
  extension,
  fn,
  int,
  items,
  lambda,
  method,
  nullable,
  optional,
  rest,
  stream,
} from '../functions.js';
import {
  asPythonList,
  isCollection,
  isEqual,
  isList,
  isTrue,
  YaqlDict,
  YaqlSet,
  YaqlStream,
  type YaqlValue,
} from '../values.js';
import { YaqlError } from '../yaql-error.js';
import { chain, memorized, nextOf, sliceAt, streamOf, toList } from './streams.js';

/** Marks an argument that was not given, where null is a value of its own. */
const ABSENT = Symbol('absent');
const absent = (name: string) => optional(any(name), ABSENT as typeof ABSENT);
const collection = items('collection');

/** Python's StopIteration has no message. */
function stopIteration(): YaqlError {
  return new YaqlError('StopIteration');
}

function reduce(
  values: Iterable<YaqlValue>,
  step: (total: YaqlValue, value: YaqlValue) => YaqlValue,
  seed: YaqlValue | typeof ABSENT,
): YaqlValue {
  const iterator = values[Symbol.iterator]();
  let total: YaqlValue;
  if (seed === ABSENT) {
    const first = nextOf(iterator);
    if (first === undefined) throw new YaqlError('reduce() of empty iterable with no initial value');
    total = first;
  } else total = seed;
  for (let value = nextOf(iterator); value !== undefined; value = nextOf(iterator)) total = step(total, value);
  return total;
}

function* takeCount(values: Iterable<YaqlValue>, count: bigint): Generator<YaqlValue> {
  if (count < 0n) throw new YaqlError('Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.');
  const iterator = values[Symbol.iterator]();
  for (let taken = 0n; taken < count; taken++) {
    const value = nextOf(iterator);
    if (value === undefined) return;
    yield value;
  }
}

function* distinct(values: Iterable<YaqlValue>, key: (value: YaqlValue) => YaqlValue, charge: (seen: YaqlSet) => void) {
  const seen = new YaqlSet();
  for (const value of values) {
    if (!seen.add(key(value))) continue;
    charge(seen);
    yield value;
  }
}

/** The items of a collection without the later ones that equal an earlier one. */
export function distinctItems(values: Iterable<YaqlValue>, charge: (seen: YaqlSet) => void): YaqlValue[] {
  return [...distinct(values, (value) => value, charge)];
}

function* zipped(parts: Iterable<YaqlValue>[], fill: YaqlValue | typeof ABSENT): Generator<YaqlValue> {
  const iterators = parts.map((part) => part[Symbol.iterator]());
  while (iterators.length > 0) {
    const row: YaqlValue[] = [];
    let live = 0;
    for (const iterator of iterators) {
      const value = nextOf(iterator);
      if (value !== undefined) live++;
      else if (fill === ABSENT) return;
      row.push(value ?? (fill as YaqlValue));
    }
    if (live === 0) return;
    yield row;
  }
}

/** Walking, filtering, joining and folding collections. */
export const queryLibrary: readonly YaqlFunction[] = [
  ...method('where|filter', [collection, lambda('predicate')], (_, values, predicate) =>
    streamOf(function* () {
      for (const value of values) if (isTrue(predicate(value))) yield value;
    }),
  ),
  ...method('select|map', [collection, lambda('selector')], (_, values, selector) =>
    streamOf(function* () {
      for (const value of values) yield selector(value);
    }),
  ),
  ...method('selectMany', [collection, lambda('selector')], (_, values, selector) =>
    streamOf(function* () {
      for (const value of values) {
        const inner = selector(value);
        if (isCollection(inner)) yield* inner;
        else yield inner;
      }
    }),
  ),
  ...method('skip', [collection, int('count')], (_, values, count) =>
    streamOf(function* () {
      let seen = 0n;
      for (const value of values) if (seen++ >= count) yield value;
    }),
  ),
  ...method('limit|take', [collection, int('count')], (_, values, count) => streamOf(() => takeCount(values, count))),
  ...extension('append', [collection, rest(any('args'))], (_, values, args) => YaqlStream.once(chain(values, args))),
  ...extension('concat', [rest(items('collections'))], (_, parts) => YaqlStream.once(chain(...parts))),
  ...extension('distinct', [collection, optional(nullable(lambda('keySelector')), null)], (run, values, key) =>
    streamOf(() => distinct(values, (value) => (key ? key(value) : value), run.charge)),
  ),
  ...extension('enumerate', [collection, optional(int('start'), 0n)], (_, values, start) =>
    streamOf(function* () {
      let index = start;
      for (const value of values) yield [index++, value];
    }),
  ),
  ...extension('any', [collection, optional(nullable(lambda('predicate')), null)], (_, values, predicate) => {
    for (const value of values) if (!predicate || isTrue(predicate(value))) return true;
    return false;
  }),
  ...extension('all', [collection, optional(nullable(lambda('predicate')), null)], (_, values, predicate) => {
    for (const value of values) if (!isTrue(predicate ? predicate(value) : value)) return false;
    return true;
  }),
  ...extension('len', [stream('collection')], (_, values) => countOf(values)),
  ...method('count', [collection], (_, values) => countOf(values)),
  ...method('memorize', [collection], (run, values) =>
    Array.isArray(values) ? values : memorized(values, run.charge),
  ),
  ...method('sum', [collection, absent('initial')], (run, values, initial) =>
    reduce(values, (total, value) => run.call('#operator_+', [total, value]), initial),
  ),
  ...method('max', [collection, absent('initial')], (run, values, initial) =>
    reduce(values, (total, value) => run.call('max', [total, value]), initial),
  ),
  ...method('min', [collection, absent('initial')], (run, values, initial) =>
    reduce(values, (total, value) => run.call('min', [total, value]), initial),
  ),
  ...method('first', [collection, absent('default')], (_, values, fallback) => {
    const value = nextOf(values[Symbol.iterator]());
    if (value !== undefined) return value;
    if (fallback === ABSENT) throw stopIteration();
    return fallback;
  }),
  ...method('single', [collection], (_, values) => {
    const iterator = values[Symbol.iterator]();
    const value = nextOf(iterator);
    if (value === undefined) throw stopIteration();
    if (nextOf(iterator) !== undefined) throw new YaqlError('Collection contains more than one item');
    return value;
  }),
  ...method('last', [collection, absent('default')], (_, values, fallback) => {
    let last: YaqlValue | typeof ABSENT = fallback;
    for (const value of values) last = value;
    if (last === ABSENT) throw stopIteration();
    return last;
  }),
  ...method(
    'groupBy',
    [
      collection,
      lambda('keySelector'),
      optional(nullable(lambda('valueSelector')), null),
      optional(nullable(lambda('aggregator')), null),
    ] as const,
    (run, values, key, value, aggregate) => {
      const groups = new YaqlDict();
      for (const item of values) {
        const selected = value ? value(item) : item;
        const group = key(item);
        const members = groups.get(group);
        if (isList(members)) (members as YaqlValue[]).push(selected);
        else groups.set(group, asPythonList([selected]));
        run.charge(groups);
      }
      return streamOf(function* () {
        for (const [group, members] of groups.entries()) yield [group, aggregate ? aggregate(members) : members];
      });
    },
  ),
  ...method('zip', [rest(items('collections'))], (_, parts) => YaqlStream.once(zipped(parts, ABSENT))),
  ...method('zipLongest', [rest(items('collections')), byName(optional(any('default'), null))], (_, parts, fill) =>
    YaqlStream.once(zipped(parts, fill)),
  ),
  ...method(
    'join',
    [items('collection1'), items('collection2'), lambda('predicate'), lambda('selector')],
    (run, left, right, predicate, selector) => {
      const remembered = memorized(right, run.charge);
      return streamOf(function* () {
        for (const a of left) for (const b of remembered) if (isTrue(predicate(a, b))) yield selector(a, b);
      });
    },
  ),
  ...method('takeWhile', [collection, lambda('predicate')], (_, values, predicate) =>
    streamOf(function* () {
      for (const value of values) {
        if (!isTrue(predicate(value))) return;
        yield value;
      }
    }),
  ),
  ...method('skipWhile', [collection, lambda('predicate')], (_, values, predicate) =>
    streamOf(function* () {
      let skipping = true;
      for (const value of values) {
        skipping = skipping && isTrue(predicate(value));
        if (!skipping) yield value;
      }
    }),
  ),
  ...method('indexOf', [collection, any('item')], (_, values, item) =>
    indexWhere(values, (value) => isEqual(value, item)),
  ),
  ...method('lastIndexOf', [collection, any('item')], (_, values, item) =>
    lastIndexWhere(values, (value) => isEqual(value, item)),
  ),
  ...method('indexWhere', [collection, lambda('predicate')], (_, values, predicate) =>
    indexWhere(values, (value) => isTrue(predicate(value))),
  ),
  ...method('lastIndexWhere', [collection, lambda('predicate')], (_, values, predicate) =>
    lastIndexWhere(values, (value) => isTrue(predicate(value))),
  ),
  ...method('slice', [collection, int('length')], (_, values, length) =>
    streamOf(function* () {
      const iterator = values[Symbol.iterator]();
      const source = { [Symbol.iterator]: () => ({ next: () => iterator.next() }) };
      for (let part = [...takeCount(source, length)]; part.length > 0; part = [...takeCount(source, length)])
        yield part;
    }),
  ),
  ...method('splitWhere', [collection, lambda('predicate')], (_, values, predicate) =>
    streamOf(function* () {
      let part: YaqlValue[] = [];
      for (const value of toList(values)) {
        if (isTrue(predicate(value))) {
          yield part;
          part = [];
        } else part.push(value);
      }
      if (part.length > 0) yield part;
    }),
  ),
  ...method('sliceWhere', [collection, lambda('predicate')], (_, values, predicate) =>
    streamOf(function* () {
      let part: YaqlValue[] = [];
      let previous: YaqlValue | undefined;
      for (const value of toList(values)) {
        const mark = predicate(value);
        if (previous !== undefined && !isEqual(mark, previous)) {
          yield part;
          part = [];
        }
        part.push(value);
        previous = mark;
      }
      if (part.length > 0) yield part;
    }),
  ),
  ...method('splitAt', [collection, int('index')], (_, values, index) => {
    const all = toList(values);
    return asPythonList([sliceAt(all, undefined, index), sliceAt(all, index, undefined)]);
  }),
  ...method('aggregate|reduce', [collection, lambda('selector'), absent('seed')], (_, values, selector, seed) =>
    reduce(values, selector, seed),
  ),
  ...method('accumulate', [collection, lambda('selector'), absent('seed')], (_, values, selector, seed) =>
    streamOf(function* () {
      const iterator = values[Symbol.iterator]();
      let total = seed === ABSENT ? nextOf(iterator) : seed;
      if (total === undefined) throw new YaqlError('accumulate() of empty sequence with no initial value');
      yield total;
      for (let value = nextOf(iterator); value !== undefined; value = nextOf(iterator)) {
        total = selector(total, value);
        yield total;
      }
    }),
  ),
  ...method('reverse', [collection], (_, values) => YaqlStream.once([...values].reverse())),
  ...fn('isIterable', [any('value')], (_, value) => isCollection(value)),
  ...method('defaultIfEmpty', [collection, items('default')], (run, values, fallback) => {
    const remembered = Array.isArray(values) || values instanceof YaqlSet ? values : memorized(values, run.charge);
    const isEmpty = nextOf(remembered[Symbol.iterator]()) === undefined;
    return (isEmpty ? fallback : remembered) as YaqlValue;
  }),
];

function countOf(values: Iterable<YaqlValue>): bigint {
  let count = 0n;
  for (const _ of values) count++;
  return count;
}

function indexWhere(values: Iterable<YaqlValue>, holds: (value: YaqlValue) => boolean): bigint {
  let index = 0n;
  for (const value of values) {
    if (holds(value)) return index;
    index++;
  }
  return -1n;
}

function lastIndexWhere(values: Iterable<YaqlValue>, holds: (value: YaqlValue) => boolean): bigint {
  let index = 0n;
  let found = -1n;
  for (const value of values) {
    if (holds(value)) found = index;
    index++;
  }
  return found;
}
