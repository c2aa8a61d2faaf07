import { didYouMean } from '../../../model/closest.js';
import { type Json, Secret, Unknown } from '../../../model/value.js';
import { EvaluationError, type Expression } from '../../expression.js';
import { selectPath } from '../../select-path.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { HOT_PSEUDO_PARAMETERS } from '../pseudo-parameters.js';
import { isFalsy } from '../python-values.js';

function nameIn(argument: Expression): { name: string; at: Expression['at'] } | undefined {
  const first = argument.kind === 'list' ? argument.items[0] : argument;
  return first?.kind === 'literal' && typeof first.value === 'string' && first.value !== ''
    ? { name: first.value, at: first.at }
    : undefined;
}

/** `get_param`: the value of a parameter, or what lies below it at a path. */
export const getParam: HotFunction = defineFunction({
  name: 'get_param',
  summary: 'The value of a parameter, or of what lies at a path inside of it.',
  inspect(argument, context) {
    const named = nameIn(argument);
    if (!named || context.parameters.has(named.name) || HOT_PSEUDO_PARAMETERS.has(named.name)) return;
    const hint = context.resources.has(named.name)
      ? { hint: `"${named.name}" is a resource: use get_resource` }
      : didYouMean(named.name, context.parameters);
    context.diagnostics.error('unknown-parameter', `The Parameter (${named.name}) was not provided.`, {
      at: named.at,
      // Heat finds it when it evaluates a property as a whole; elsewhere the error stays what it is.
      ...(context.path[0] === 'resources' && context.path[2] === 'properties' && context.path.length > 3
        ? { path: context.path.slice(0, 4), prefix: 'Property error' }
        : { path: [...context.path, 'get_param'], heatType: 'UserParameterMissing' }),
      ...hint,
    });
  },
  evaluate(argument, scope, at) {
    if (isFalsy(argument)) throw new EvaluationError('Function "get_param" must have arguments', at);
    let name: Json | undefined = argument;
    let path: readonly Json[] = [];
    if (Array.isArray(argument)) [name, ...path] = argument;
    else if (typeof argument !== 'string') {
      throw new EvaluationError('Argument to "get_param" must be string or list', at);
    }
    if (typeof name !== 'string') throw new EvaluationError('Parameter name in "get_param" must be string', at);
    const value = scope.parameter(name);
    if (path.length === 0 || value instanceof Unknown) return value;
    // Heat: whatever cannot be found below a parameter is an empty text.
    return selectPath(value, path) ?? (value instanceof Secret ? new Secret('') : '');
  },
});
