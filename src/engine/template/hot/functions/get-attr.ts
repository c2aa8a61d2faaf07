import { pythonStr } from '../../../model/python-text.js';
import { type Json, Unknown, type Value } from '../../../model/value.js';
import { EvaluationError, type Expression, type Reference, type Scope } from '../../expression.js';
import { selectPath } from '../../select-path.js';
import { defineFunction, type HotFunction, type HotFunctionDefinition } from '../define-function.js';
import { isFalsy } from '../python-values.js';
import { namedResource, unknownReference } from './get-resource.js';

const FORM = 'Arguments to "get_attr" must be of the form [resource_name, attribute, (path), ...]';
const FORMS =
  'Arguments to "get_attr" can be of the next forms: [resource_name] or [resource_name, attribute, (path), ...]';

function references(argument: Expression, at: Expression['at'], scope?: Scope): readonly Reference[] {
  if (argument.kind !== 'list') return [];
  const [first, second] = argument.items;
  const resource = namedResource(first, scope);
  if (resource === undefined) return [];
  const attribute = namedResource(second, scope);
  return [attribute === undefined ? { resource, at: first?.at ?? at } : { resource, attribute, at: first?.at ?? at }];
}

function variant(
  rest: Pick<HotFunctionDefinition, 'examine' | 'summary'>,
  attributeOf: (scope: Scope, resource: string, attribute: Json | undefined, path: readonly Json[]) => Value,
): HotFunction {
  return defineFunction({
    ...rest,
    name: 'get_attr',
    references,
    evaluate(argument, scope, at) {
      const [resource, attribute, ...path] = argument as Json[];
      if (typeof resource !== 'string' || !scope.hasResource(resource)) throw unknownReference(resource, at);
      return attributeOf(scope, resource, attribute, path);
    },
  });
}

function examineList(argument: Value): void {
  if (!Array.isArray(argument)) throw new EvaluationError('Argument to "get_attr" must be a list');
  if (argument.length < 2) throw new EvaluationError(FORM);
}

/** `get_attr` of 2013-05-23: the attribute is read first, and the path is followed in what came. */
export const getAttrThenSelect: HotFunction = variant(
  { summary: "A resource's attribute, or what lies at a path inside of it.", examine: examineList },
  (scope, resource, attribute, path) => {
    const value = scope.attribute(resource, pythonStr(attribute ?? null), []);
    if (value === null || value instanceof Unknown) return value;
    return selectPath(value, path) ?? null;
  },
);

/** `get_attr` since 2014-10-16: the path goes to the resource along with the attribute. */
export const getAttr: HotFunction = variant(
  { summary: "A resource's attribute, or what lies at a path inside of it.", examine: examineList },
  (scope, resource, attribute, path) => scope.attribute(resource, pythonStr(attribute ?? null), path),
);

/** `get_attr` since 2015-10-15: without an attribute it gives all of them as a map. */
export const getAttrOrAll: HotFunction = variant(
  {
    summary: "A resource's attribute (or what lies at a path inside of it), or all of its attributes as a map.",
    examine(argument) {
      if (isFalsy(argument)) throw new EvaluationError(FORMS);
      if (!Array.isArray(argument)) throw new EvaluationError('Argument to "get_attr" must be a list');
    },
  },
  (scope, resource, attribute, path) =>
    attribute === undefined || attribute === null
      ? scope.attributes(resource)
      : scope.attribute(resource, pythonStr(attribute), path),
);
