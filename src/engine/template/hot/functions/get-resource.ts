import { pythonStr } from '../../../model/python-text.js';
import { hasUnknown } from '../../../model/value.js';
import { evaluate } from '../../evaluate.js';
import { EvaluationError, type Expression, type Reference, type Scope } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';

/** The resource that an expression names; a computed name is known only in a scope. */
export function namedResource(expression: Expression | undefined, scope?: Scope): string | undefined {
  if (expression?.kind === 'literal') return typeof expression.value === 'string' ? expression.value : undefined;
  if (expression?.kind !== 'call' || !scope) return undefined;
  try {
    const value = evaluate(expression, scope);
    return !hasUnknown(value) && typeof value === 'string' ? value : undefined;
  } catch (error) {
    // A name that cannot be computed makes no edge; evaluating the property reports why.
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

/** Heat's error for a reference to a resource that is not in the template. */
export function unknownReference(name: unknown, at: Expression['at']): EvaluationError {
  const text = pythonStr(name as never);
  return new EvaluationError(
    `The specified reference "${text}" (in unknown) is incorrect.`,
    at,
    'InvalidTemplateReference',
  );
}

/** `get_resource`: what identifies a resource, usually its physical id. */
export const getResource: HotFunction = defineFunction({
  name: 'get_resource',
  summary: 'What identifies a resource, usually its physical id.',
  references(argument, _at, scope): readonly Reference[] {
    const resource = namedResource(argument, scope);
    return resource === undefined ? [] : [{ resource, at: argument.at }];
  },
  evaluate(argument, scope, at) {
    if (typeof argument !== 'string' || !scope.hasResource(argument)) throw unknownReference(argument, at);
    return scope.reference(argument);
  },
});
