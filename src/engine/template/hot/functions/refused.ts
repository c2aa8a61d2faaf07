import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction, reportCall } from '../define-function.js';

/** A function that older versions of HOT had. */
export function removedFunction(name: string): HotFunction {
  const message = `The template version is invalid: The function ${name} is not supported in this version of HOT.`;
  return defineFunction({
    name,
    summary: 'No longer a part of HOT.',
    inspect: (_argument, context, at) => reportCall(context, name, message, at),
    evaluateLazily(_argument, _scope, _evaluate, at) {
      throw new EvaluationError(message, at, 'InvalidTemplateVersion');
    },
  });
}

/** A function that cannot be used in a condition. */
export function misplacedFunction(name: string): HotFunction {
  const message = `The function "${name}" is invalid in this context`;
  return defineFunction({
    name,
    summary: 'Not a function for conditions.',
    inspect: (_argument, context, at) => reportCall(context, name, message, at),
    evaluateLazily(_argument, _scope, _evaluate, at) {
      throw new EvaluationError(message, at);
    },
  });
}
