import type { Position } from '../../../model/diagnostic.js';
import { NO_VALUE, type Value } from '../../../model/value.js';
import { EvaluationError, type Expression, type Reference, type TemplateFunction } from '../../expression.js';
import { USAGE } from './usage.js';

const REF_SUMMARY = 'Gives the value of a parameter, or the id of a resource.';
const GET_ATT_SUMMARY = 'Gives an attribute of a resource.';

/** `Ref` to a declared parameter or a pseudo parameter. */
export const parameterRef: TemplateFunction = {
  name: 'Ref',
  summary: REF_SUMMARY,
  evaluate: (name, scope, at) => scope.parameter(text(name, at)),
};

/** `Ref: AWS::NoValue`. */
export const noValueRef: TemplateFunction = { name: 'Ref', summary: REF_SUMMARY, evaluate: () => NO_VALUE };

/** `Ref` to a resource, or to a name that is not declared. */
export const resourceRef: TemplateFunction = {
  name: 'Ref',
  summary: REF_SUMMARY,
  references: resourceNamed,
  evaluate: (name, scope, at) => scope.reference(text(name, at)),
};

/** `Ref` whose name is itself the result of a function, known only when it is evaluated. */
export const computedRef: TemplateFunction = {
  name: 'Ref',
  summary: REF_SUMMARY,
  evaluate(value, scope, at) {
    const name = text(value, at);
    return scope.hasResource(name) ? scope.reference(name) : scope.parameter(name);
  },
};

/** `Fn::GetAtt` with the argument `[resource, attribute]`. */
export const getAtt: TemplateFunction = {
  name: 'Fn::GetAtt',
  summary: GET_ATT_SUMMARY,
  references: attributeNamed,
  evaluate: readAttribute,
};

/** `${Resource}` in the text of Fn::Sub. */
export const subRef: TemplateFunction = { ...resourceRef, name: 'Fn::Sub' };

/** `${Resource.Attribute}` in the text of Fn::Sub. */
export const subGetAtt: TemplateFunction = { ...getAtt, name: 'Fn::Sub' };

function resourceNamed(argument: Expression): readonly Reference[] {
  const resource = literalText(argument);
  return resource === undefined ? [] : [{ resource, at: argument.at }];
}

function attributeNamed(argument: Expression): readonly Reference[] {
  if (argument.kind !== 'list') return [];
  const [first, second] = argument.items;
  const resource = literalText(first);
  if (resource === undefined) return [];
  const attribute = literalText(second);
  return [{ resource, ...(attribute === undefined ? {} : { attribute }), at: argument.at }];
}

function readAttribute(
  argument: Value,
  scope: Parameters<NonNullable<TemplateFunction['evaluate']>>[1],
  at: Position,
): Value {
  const [resource, attribute] = Array.isArray(argument) ? argument : [];
  if (typeof resource !== 'string' || typeof attribute !== 'string') throw new EvaluationError(USAGE.getAtt, at);
  // Dots are part of the attribute's name (`Endpoint.Address`, `Outputs.Url`).
  return scope.attribute(resource, attribute, []);
}

/** The text of a literal string. */
export function literalText(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined;
}

function text(value: Value, at: Position): string {
  if (typeof value !== 'string') throw new EvaluationError(USAGE.ref, at);
  return value;
}
