import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';

/** `get_file`: the text of a file that came with the template. */
export const getFile: HotFunction = defineFunction({
  name: 'get_file',
  summary: 'A function for including a file inline.',
  evaluate(argument, scope, at) {
    if (typeof argument !== 'string') throw new EvaluationError('Argument to "get_file" must be a string', at);
    const text = scope.file(argument);
    if (text === undefined) {
      throw new EvaluationError(`No content found in the "files" section for get_file path: ${argument}`, at);
    }
    return text;
  },
});
