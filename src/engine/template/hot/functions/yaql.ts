import { isMap, type JsonMap, type Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction, reportCall } from '../define-function.js';
import { evaluateYaql } from '../yaql/evaluate-yaql.js';
import { parseYaql } from '../yaql/parse-yaql.js';
import { YaqlError } from '../yaql/yaql-error.js';

const EXAMPLE = `yaql:
              expression: $.data.var1.sum()
              data:
                var1: [3, 2, 1]`;

const NOT_TEXT = 'The "expression" argument to yaql must contain a string.';

/** The text of a mistake in an expression; undefined if it can be parsed. */
function mistakeIn(expression: string): string | undefined {
  try {
    parseYaql(expression);
    return undefined;
  } catch (error) {
    if (error instanceof YaqlError) return `Bad expression ${error.message}.`;
    throw error;
  }
}

/** `yaql`: the value of a YAQL expression over some data. */
export const yaql: HotFunction = defineFunction({
  name: 'yaql',
  summary: 'The value of a YAQL expression; its data is $.data.',
  examine(argument: Value) {
    if (!isMap(argument)) throw new EvaluationError('Arguments to "yaql" must be a map.');
    const known = Object.keys(argument).every((key) => key === 'expression' || key === 'data');
    if (!known || !Object.hasOwn(argument, 'expression')) {
      throw new EvaluationError(`"yaql" syntax should be ${EXAMPLE}`);
    }
  },
  inspect(argument, context, at) {
    if (argument.kind !== 'map') return;
    const expression = argument.entries.find((entry) => entry.key === 'expression')?.value;
    if (expression === undefined || expression.kind === 'call') return;
    const text = expression.kind === 'literal' ? expression.value : undefined;
    const mistake = typeof text === 'string' ? mistakeIn(text) : NOT_TEXT;
    if (mistake !== undefined) reportCall(context, 'yaql', mistake, expression.at ?? at);
  },
  evaluate(argument, _scope, at) {
    const { expression, data = {} } = argument as JsonMap;
    if (typeof expression !== 'string') throw new EvaluationError(NOT_TEXT, at);
    const mistake = mistakeIn(expression);
    if (mistake !== undefined) throw new EvaluationError(mistake, at);
    try {
      return evaluateYaql(expression, { data });
    } catch (error) {
      if (error instanceof YaqlError) throw new EvaluationError(error.message, at);
      throw error;
    }
  },
});
