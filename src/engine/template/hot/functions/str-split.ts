import { isMap, type Json, type Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { pythonInt } from '../python-values.js';

const FORM = 'should be: "str_split" : [ ",", "apples,pears", <index>]';

/** `str_split`: the parts of a text, or one of them. */
export const strSplit: HotFunction = defineFunction({
  name: 'str_split',
  summary: 'The parts of a text between delimiters, or one of them by its index.',
  examine(argument: Value) {
    if (typeof argument === 'string' || isMap(argument)) {
      throw new EvaluationError(`Incorrect arguments to "str_split" ${FORM}`);
    }
  },
  evaluate(argument, _scope, at) {
    if (!Array.isArray(argument) || argument.length < 2) {
      throw new EvaluationError(`Incorrect arguments to "str_split" ${FORM}`, at);
    }
    const [delimiter = null, text = null, index] = argument;
    if (text === null) return null;
    if (typeof text !== 'string' || (typeof delimiter !== 'string' && delimiter !== null)) {
      throw new EvaluationError(`Incorrect arguments to "str_split" ${FORM}`, at);
    }
    if (delimiter === '') throw new EvaluationError('empty separator', at);
    const parts = delimiter === null ? text.split(/\s+/).filter((part) => part !== '') : text.split(delimiter);
    return index === undefined ? parts : partAt(parts, index, at);
  },
});

function partAt(parts: readonly string[], index: Json, at: EvaluationError['at']): string {
  const place = pythonInt(index);
  if (place === undefined) throw new EvaluationError(`Incorrect index to "str_split" ${FORM}`, at);
  const part = parts.at(place);
  if (part === undefined) {
    throw new EvaluationError(`Incorrect index to "str_split" should be between 0 and ${parts.length - 1}`, at);
  }
  return part;
}
