import { pythonType } from '../../../model/python-text.js';
import { isMap, type Json, type JsonMap, setOwn, Unknown, type Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { MAX_VALUE_SIZE, measure } from '../../size-limit.js';
import { defineFunction, type HotFunction } from '../define-function.js';

/** More copies than this are not made: nested loops over long lists grow without bound. */
const MAX_COPIES = 100_000;

const EXAMPLE = `repeat:
              template: This is %var%
              for_each:
                %var%: ['a', 'b', 'c']`;

interface RepeatRules {
  readonly summary: string;
  /** `for_each` may name maps; their keys are gone through. */
  readonly maps: boolean;
  /** `permutations` is known. */
  readonly permutations: boolean;
}

/** A copy of the template with every variable replaced in all texts, keys included. */
function fill(names: readonly string[], values: readonly Json[], template: Json): Json {
  if (typeof template === 'string') {
    let text = template;
    for (const [index, name] of names.entries()) {
      const value = values[index] ?? null;
      if (typeof value !== 'string') {
        throw new EvaluationError(`replace() argument 2 must be str, not ${pythonType(value)}`);
      }
      text = text.replaceAll(name, () => value);
    }
    return text;
  }
  if (Array.isArray(template)) return template.map((item) => fill(names, values, item));
  if (!isMap(template)) return template;
  const map: JsonMap = {};
  for (const key of Object.keys(template)) {
    setOwn(map, fill(names, values, key) as string, fill(names, values, (template as JsonMap)[key] ?? null));
  }
  return map;
}

/** Every combination of one item of each list; the first list turns slowest. */
function* combinations(lists: readonly (readonly Json[])[]): Generator<Json[]> {
  if (lists.some((list) => list.length === 0)) return;
  const places = lists.map(() => 0);
  for (;;) {
    yield lists.map((list, index) => list[places[index] ?? 0] ?? null);
    let index = lists.length - 1;
    for (; index >= 0; index--) {
      const next = (places[index] ?? 0) + 1;
      places[index] = next < (lists[index]?.length ?? 0) ? next : 0;
      if (places[index] !== 0) break;
    }
    if (index < 0) return;
  }
}

function* pairs(lists: readonly (readonly Json[])[]): Generator<Json[]> {
  const shortest = Math.min(...lists.map((list) => list.length));
  for (let index = 0; index < shortest; index++) yield lists.map((list) => list[index] ?? null);
}

function variant(rules: RepeatRules): HotFunction {
  const nested = (argument: Value | undefined) => !rules.permutations || argument === undefined || argument === true;
  return defineFunction({
    name: 'repeat',
    summary: rules.summary,
    examine(argument: Value) {
      if (!isMap(argument)) throw new EvaluationError('Arguments to "repeat" must be a map');
      if (!Object.hasOwn(argument, 'for_each') || !Object.hasOwn(argument, 'template')) {
        throw new EvaluationError(`"repeat" syntax should be ${EXAMPLE}`);
      }
      if (rules.permutations && argument.permutations !== undefined && typeof argument.permutations !== 'boolean') {
        throw new EvaluationError('"permutations" should be boolean type for repeat function.');
      }
      const forEach = argument.for_each ?? null;
      if (!isMap(forEach) && !(forEach instanceof Unknown)) {
        throw new EvaluationError('The "for_each" argument to "repeat" must contain a map');
      }
    },
    evaluate(argument) {
      const { template = null, for_each, permutations } = argument as JsonMap;
      const forEach = for_each as JsonMap;
      const names = Object.keys(forEach);
      if (names.length === 0) throw new EvaluationError('not enough values to unpack (expected 2, got 0)');
      const allPermutations = nested(permutations);
      const mapsToo = rules.maps && allPermutations;
      const lengths = new Set<number>();
      const lists = names.map((name) => {
        const value = forEach[name] ?? null;
        if (value === null) return [];
        const list = mapsToo && isMap(value) ? Object.keys(value) : value;
        if (!Array.isArray(list)) {
          throw new EvaluationError(
            `The values of the "for_each" argument to "repeat" must be lists${mapsToo ? ' or maps' : ''}`,
          );
        }
        lengths.add(list.length);
        return list;
      });
      if (!allPermutations && lengths.size > 1) {
        throw new EvaluationError('For repeat, the length of for_each values should be equal if no nested loop.');
      }
      if (lists.reduce((copies, list) => copies * list.length, 1) > MAX_COPIES && allPermutations) {
        throw new EvaluationError(`"repeat" would make more than ${MAX_COPIES} items`);
      }
      const copies: Json[] = [];
      let size = 0;
      for (const values of allPermutations ? combinations(lists) : pairs(lists)) {
        const copy = fill(names, values, template);
        size += measure(copy);
        if (size > MAX_VALUE_SIZE)
          throw new EvaluationError(`"repeat" would make more than ${MAX_VALUE_SIZE} characters`);
        copies.push(copy);
      }
      return copies;
    },
  });
}

/** `repeat` until 2016-04-08: over lists. */
export const repeat: HotFunction = variant({
  summary: 'A list of copies of a template, one for each item of a list.',
  maps: false,
  permutations: false,
});

/** `repeat` since 2016-10-14: over lists and the keys of maps. */
export const repeatWithMap: HotFunction = variant({
  summary: 'A list of copies of a template, one for each item of a list or key of a map.',
  maps: true,
  permutations: false,
});

/** `repeat` since 2017-09-01: `permutations: false` pairs lists instead of nesting their loops. */
export const repeatWithPermutations: HotFunction = variant({
  summary: 'A list of copies of a template, one for each item of a list or key of a map, or for each combination.',
  maps: true,
  permutations: true,
});
