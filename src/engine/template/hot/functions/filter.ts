import type { Json, Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { equalityKey, isFalsy } from '../python-values.js';

/** `filter`: a list without the given values. */
export const filter: HotFunction = defineFunction({
  name: 'filter',
  summary: 'A list without the values that are to be left out.',
  examine(argument: Value) {
    if (!Array.isArray(argument)) throw new EvaluationError('Argument to "filter" must be a list');
    if (argument.length === 2) return;
    throw new EvaluationError(
      `"filter" expected 2 arguments of the form [values, sequence] but got ${argument.length} arguments instead`,
    );
  },
  evaluate(argument) {
    const [values = null, sequence = null] = argument as Json[];
    if (isFalsy(sequence)) return sequence;
    if (!Array.isArray(sequence)) throw new EvaluationError('"filter" only works with lists');
    if (isFalsy(values)) return sequence;
    if (!Array.isArray(values)) throw new EvaluationError('"filter" filters a list of values');
    const unwanted = new Set(values.map(equalityKey));
    return sequence.filter((item) => !unwanted.has(equalityKey(item)));
  },
});
