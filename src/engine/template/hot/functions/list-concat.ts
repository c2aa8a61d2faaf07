import { type Json, sortedJson } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { MAX_VALUE_SIZE } from '../../size-limit.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { equalityKey } from '../python-values.js';

function concat(name: string, argument: Json): Json[] {
  if (!Array.isArray(argument)) {
    throw new EvaluationError(
      `Incorrect arguments to "${name}" should be: "${name}" : [ [ <value 1>, <value 2> ], [ <value 3>, <value 4> ] ]`,
    );
  }
  const all: Json[] = [];
  for (const list of argument) {
    if (list === null) continue;
    if (!Array.isArray(list)) {
      throw new EvaluationError(
        `Incorrect arguments: Items to concat must be lists. ${sortedJson(argument)} contains an item that is not a list: ${sortedJson(list)}`,
      );
    }
    if (all.length + list.length > MAX_VALUE_SIZE)
      throw new EvaluationError(`"${name}" would make more than ${MAX_VALUE_SIZE} items`);
    for (const item of list) all.push(item);
  }
  return all;
}

/** The items of a list without later duplicates. */
function unique(items: readonly Json[]): Json[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = equalityKey(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** `list_concat`: several lists as one. */
export const listConcat: HotFunction = defineFunction({
  name: 'list_concat',
  summary: 'Several lists, one after the other, as one list.',
  evaluate: (argument) => concat('list_concat', argument),
});

/** `list_concat_unique`: several lists as one, each item once. */
export const listConcatUnique: HotFunction = defineFunction({
  name: 'list_concat_unique',
  summary: 'Several lists as one list in which every item stands only once.',
  evaluate: (argument) => unique(concat('list_concat_unique', argument)),
});
