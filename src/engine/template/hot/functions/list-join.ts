import { pythonRepr } from '../../../model/python-text.js';
import { type Json, sortedJson, type Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { joinWithin } from '../../size-limit.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { isFalsy } from '../python-values.js';

/** Joins the items of a list; null counts as empty text. `name` stands in error texts. */
export function joinTexts(name: string, delimiter: Json, items: Json): string {
  const list = items ?? [];
  if (!Array.isArray(list)) throw new EvaluationError(`"${name}" must operate on a list`);
  if (typeof delimiter !== 'string') throw new EvaluationError(`"${name}" delimiter must be a string`);
  const texts = list.map((item) => {
    if (item === null) return '';
    if (typeof item === 'string') return item;
    throw new EvaluationError(`Items to join must be strings not ${pythonRepr(item).slice(0, 200)}`);
  });
  return joinWithin(name, texts, delimiter);
}

/** `list_join` until 2015-04-30: one list of texts. */
export const listJoin: HotFunction = defineFunction({
  name: 'list_join',
  summary: 'The texts of a list, joined with a delimiter.',
  examine(argument: Value) {
    if (Array.isArray(argument) && argument.length === 2) return;
    throw new EvaluationError('Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"]]');
  },
  evaluate(argument) {
    const [delimiter = null, items = null] = argument as Json[];
    return joinTexts('list_join', delimiter, items);
  },
});

/** `list_join` since 2015-10-15: any number of lists; maps and lists in them are written as JSON. */
export const listJoinMultiple: HotFunction = defineFunction({
  name: 'list_join',
  summary: 'The items of one or more lists, joined with a delimiter; maps and lists are written as JSON.',
  examine(argument: Value) {
    if (Array.isArray(argument) && argument.length >= 2) return;
    throw new EvaluationError(
      'Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"] ...]',
    );
  },
  evaluate(argument) {
    const [delimiter = null, ...lists] = argument as Json[];
    const items: Json[] = [];
    for (const list of lists) {
      if (isFalsy(list)) continue;
      if (!Array.isArray(list)) throw new EvaluationError('"list_join" must operate on a list');
      for (const item of list) items.push(item);
    }
    if (typeof delimiter !== 'string') throw new EvaluationError('"list_join" delimiter must be a string');
    const texts = items.map((item) => {
      if (item === null) return '';
      if (typeof item === 'string') return item;
      if (typeof item === 'object') return sortedJson(item);
      throw new EvaluationError(`Items to join must be string, map or list not ${pythonRepr(item).slice(0, 200)}`);
    });
    return joinWithin('list_join', texts, delimiter);
  },
});
