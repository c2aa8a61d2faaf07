import type { Json, Value } from '../../../model/value.js';
import { EvaluationError, type Scope } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';

type Part = 'metadata' | 'deletion_policy' | 'update_policy';

/** A function that reads a part of the resource in the parent stack; `parts` are the names that the language gives them. */
export function facadeFunction(name: string, parts: ReadonlyMap<string, Part>): HotFunction {
  const partOf = (argument: Value) => (typeof argument === 'string' ? parts.get(argument) : undefined);
  return defineFunction({
    name,
    summary: 'What the resource in the parent stack says that this template stands in for.',
    examine(argument: Value) {
      if (partOf(argument) !== undefined) return;
      throw new EvaluationError(`Incorrect arguments to "${name}" should be one of: ${[...parts.keys()].join(', ')}`);
    },
    evaluate(argument: Json, scope: Scope, at) {
      const part = partOf(argument);
      const value = part === undefined ? undefined : scope.facade(part);
      if (value === undefined) {
        throw new EvaluationError(`"${name}" works only in the template of a resource in another stack`, at);
      }
      return value;
    },
  });
}

/** `resource_facade`: metadata or a policy of the resource that this template stands in for. */
export const resourceFacade: HotFunction = facadeFunction(
  'resource_facade',
  new Map([
    ['metadata', 'metadata'],
    ['deletion_policy', 'deletion_policy'],
    ['update_policy', 'update_policy'],
  ]),
);
