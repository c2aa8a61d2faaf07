import type { YaqlFunction } from '../context.js';
import {
  any,
  dict,
  extension,
  fn,
  int,
  items,
  lambda,
  list,
  method,
  nullable,
  optional,
  rest,
  rule,
  sequence,
  set,
} from '../functions.js';
import { itemAt } from '../python-text.js';
import {
  asPythonList,
  isCollection,
  isEqual,
  isList,
  YaqlDict,
  YaqlSet,
  YaqlStream,
  type YaqlValue,
} from '../values.js';
import { YaqlError } from '../yaql-error.js';
import { contains } from './operators.js';
import { distinctItems } from './queries.js';
import { nextOf, streamOf, toList } from './streams.js';

const collection = items('collection');

function* flattenStreams(values: Iterable<YaqlValue>): Generator<YaqlValue> {
  for (const value of values) {
    if (value instanceof YaqlStream && value.isIterator) yield* flattenStreams(value);
    else yield value;
  }
}

function* flatten(values: Iterable<YaqlValue>): Generator<YaqlValue> {
  for (const value of values) {
    if (isCollection(value)) yield* flatten(value);
    else yield value;
  }
}

/** Items with those at `position` (count of them, or all further ones if negative) replaced by others. */
function* splice(values: Iterable<YaqlValue>, position: bigint, count: bigint, replacement: Iterable<YaqlValue>) {
  let index = 0n;
  let written = false;
  for (const value of values) {
    const isHit = index >= position && (count < 0n || index < position + count);
    if (!isHit) yield value;
    else if (!written) {
      written = true;
      yield* replacement;
    }
    index++;
  }
}

function* insertAll(
  values: Iterable<YaqlValue>,
  position: bigint,
  inserted: Iterable<YaqlValue>,
  beforeStart: boolean,
) {
  if (beforeStart && position < 0n) yield* inserted;
  let index = -1n;
  for (const value of values) {
    index++;
    if (index === position) yield* inserted;
    yield value;
  }
  if (position > index) yield* inserted;
}

function without(source: YaqlDict, keys: Iterable<YaqlValue>): YaqlDict {
  const copy = new YaqlDict(source.entries());
  for (const key of keys) copy.remove(key);
  return copy;
}

function pairs(values: Iterable<YaqlValue>, charge: (...values: unknown[]) => void): YaqlDict {
  const result = new YaqlDict();
  for (const value of values) {
    if (!isCollection(value) && typeof value !== 'string')
      throw new YaqlError('dict() takes a collection of [key, value] pairs');
    const iterator = value[Symbol.iterator]();
    const key = nextOf(iterator);
    const item = nextOf(iterator);
    if (key === undefined || item === undefined) throw new YaqlError('StopIteration');
    result.set(key, item);
    charge(result);
  }
  return result;
}

type Merge = (left: YaqlValue, right: YaqlValue) => YaqlValue;

function typeName(value: YaqlValue): string {
  if (value === null) return "<class 'NoneType'>";
  if (typeof value === 'string') return "<class 'str'>";
  if (typeof value === 'boolean') return "<class 'bool'>";
  if (typeof value === 'bigint') return "<class 'int'>";
  if (typeof value === 'number') return "<class 'float'>";
  return isList(value) ? "<class 'tuple'>" : "<class 'yaql.language.utils.FrozenDict'>";
}

function mergeDicts(left: YaqlDict, right: YaqlDict, lists: Merge, values: Merge, levels: bigint): YaqlDict {
  const result = new YaqlDict(left.entries());
  for (const [key, theirs] of right.entries()) {
    const ours = left.get(key);
    if (ours === undefined) {
      result.set(key, theirs);
      continue;
    }
    const isDeep = levels !== 1n && (theirs instanceof YaqlDict || isList(theirs));
    if (isDeep && (theirs instanceof YaqlDict ? !(ours instanceof YaqlDict) : !isList(ours))) {
      throw new YaqlError(`Cannot merge ${typeName(ours)} with ${typeName(theirs)}`);
    }
    if (isDeep && theirs instanceof YaqlDict && ours instanceof YaqlDict) {
      result.set(key, mergeDicts(ours, theirs, lists, values, levels === 0n ? 0n : levels - 1n));
    } else result.set(key, isDeep ? lists(ours, theirs) : values(ours, theirs));
  }
  return result;
}

/** Building and changing lists, dictionaries and sets; nothing is changed in place. */
export const collectionLibrary: readonly YaqlFunction[] = [
  ...fn('list', [rest(any('args'))], (_, args) => [...flattenStreams(args)]),
  ...method('toList', [collection], (_, values) => toList(values)),
  ...fn('#list', [rest(any('args'))], (run, args) => {
    run.charge(...args);
    return args;
  }),
  ...method('flatten', [collection], (_, values) => streamOf(() => flatten(values))),
  ...fn('dict|#map', [rest(rule('args'))], (run, rules) => {
    const result = new YaqlDict();
    for (const { source, destination } of rules) {
      result.set(source(), destination());
      run.charge(result);
    }
    return result;
  }),
  // Takes no rules either, but stands in the same table as the overload that does.
  ...fn('dict', [items('items')], (run, values) => pairs(values, run.charge)).map((found) => ({
    ...found,
    takesRules: true,
  })),
  ...method(
    'toDict',
    [collection, lambda('keySelector'), optional(nullable(lambda('valueSelector')), null)],
    (run, values, key, value) => {
      const result = new YaqlDict();
      for (const item of values) {
        result.set(key(item), value ? value(item) : item);
        run.charge(result);
      }
      return result;
    },
  ),
  ...fn('#indexer', [dict('dict'), any('key')], (_, source, key) => itemAt(source, key)),
  ...fn(
    '#indexer',
    [dict('dict'), any('key'), any('default')],
    (_, source, key, fallback) => source.get(key) ?? fallback,
  ),
  ...fn('#indexer', [list('list'), int('index')], (_, values, index) => {
    const value = values.at(Number(index));
    if (value === undefined) throw new YaqlError('tuple index out of range');
    return value;
  }),
  ...method(
    'get',
    [dict('dict'), any('key'), optional(any('default'), null)],
    (_, source, key, fallback) => source.get(key) ?? fallback,
  ),
  ...method('set', [dict('dict'), any('key'), any('value')], (_, source, key, value) =>
    new YaqlDict(source.entries()).set(key, value),
  ).map((found) => ({ ...found, takesRules: true })),
  ...method(
    'set',
    [dict('dict'), dict('replacements')],
    (_, source, added) => new YaqlDict([...source.entries(), ...added.entries()]),
  ).map((found) => ({ ...found, takesRules: true })),
  ...method('set', [dict('dict'), rest(rule('args'))], (_, source, rules) => {
    const result = new YaqlDict(source.entries());
    for (const each of rules) result.set(each.source(), each.destination());
    return result;
  }),
  ...method('keys', [dict('dict')], (_, source) =>
    YaqlStream.again(() => [...source.entries()].map(([key]) => key)[Symbol.iterator](), false),
  ),
  ...method('values', [dict('dict')], (_, source) =>
    YaqlStream.again(() => [...source.entries()].map(([, value]) => value)[Symbol.iterator](), false),
  ),
  ...method('items', [dict('dict')], (_, source) =>
    YaqlStream.again(
      () => [...source.entries()].map(([key, value]): YaqlValue => [key, value])[Symbol.iterator](),
      false,
    ),
  ),
  ...method('contains', [collection, any('value')], (_, values, value) => contains(values, value)),
  ...method('containsKey', [dict('dict'), any('key')], (_, source, key) => source.has(key)),
  ...method('containsValue', [dict('dict'), any('value')], (_, source, value) =>
    [...source.entries()].some(([, item]) => isEqual(item, value)),
  ),
  ...fn('isList', [any('arg')], (_, arg) => isList(arg)),
  ...fn('isDict', [any('arg')], (_, arg) => arg instanceof YaqlDict),
  ...fn('isSet', [any('arg')], (_, arg) => arg instanceof YaqlSet),
  ...extension('len', [dict('dict')], (_, source) => BigInt(source.size)),
  ...extension('len', [list('sequence')], (_, values) => BigInt(values.length)),
  ...extension('len', [set('set')], (_, values) => BigInt(values.size)),
  ...method('delete', [collection, int('position'), optional(int('count'), 1n)], (_, values, position, count) =>
    streamOf(() => splice(values, position, count, [])),
  ),
  ...method('delete', [dict('dict'), rest(any('keys'))], (_, source, keys) => without(source, keys)),
  ...method('deleteAll', [dict('dict'), items('keys')], (_, source, keys) => without(source, keys)),
  ...method(
    'replace',
    [sequence('collection'), int('position'), any('value'), optional(int('count'), 1n)],
    (_, values, position, value, count) => streamOf(() => splice(values, position, count, [value])),
  ),
  ...method(
    'replaceMany',
    [collection, int('position'), items('values'), optional(int('count'), 1n)],
    (_, values, position, replacement, count) => streamOf(() => splice(values, position, count, replacement)),
  ),
  ...method('insert', [list('collection'), int('position'), any('value')], (_, values, position, value) => {
    const copy = [...values];
    copy.splice(Number(position), 0, value);
    return asPythonList(copy);
  }),
  ...method('insert', [sequence('collection'), int('position'), any('value')], (_, values, position, value) =>
    streamOf(() => insertAll(values, position, [value], false)),
  ),
  ...method('insertMany', [collection, int('position'), items('values')], (_, values, position, inserted) =>
    streamOf(() => insertAll(values, position, inserted, true)),
  ),
  ...method(
    'mergeWith',
    [
      dict('dict'),
      dict('another'),
      optional(nullable(lambda('listMerger')), null),
      optional(nullable(lambda('itemMerger')), null),
      optional(int('maxLevels'), 0n),
    ] as const,
    (run, source, another, listMerger, itemMerger, levels) => {
      const lists: Merge =
        listMerger ??
        ((left, right) =>
          distinctItems([...(left as readonly YaqlValue[]), ...(right as readonly YaqlValue[])], run.charge));
      return mergeDicts(source, another, lists, itemMerger ?? ((_, right) => right), levels);
    },
  ),
  ...fn('set', [rest(any('args'))], (_, args) => new YaqlSet(flattenStreams(args))),
  ...method('toSet', [collection], (_, values) => new YaqlSet(values)),
  ...method('union', [set('left'), set('right')], (_, left, right) => new YaqlSet([...left, ...right])),
  ...method(
    'intersect',
    [set('left'), set('right')],
    (_, left, right) => new YaqlSet([...left].filter((item) => right.has(item))),
  ),
  ...method(
    'difference',
    [set('left'), set('right')],
    (_, left, right) => new YaqlSet([...left].filter((item) => !right.has(item))),
  ),
  ...method(
    'symmetricDifference',
    [set('left'), set('right')],
    (_, left, right) =>
      new YaqlSet([...[...left].filter((item) => !right.has(item)), ...[...right].filter((item) => !left.has(item))]),
  ),
  ...method('add', [set('set'), rest(any('values'))], (_, values, added) => new YaqlSet([...values, ...added])),
  ...method('remove', [set('set'), rest(any('values'))], (_, values, removed) => {
    const gone = new YaqlSet(removed);
    return new YaqlSet([...values].filter((item) => !gone.has(item)));
  }),
];
