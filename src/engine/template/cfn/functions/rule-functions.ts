import { Unknown, type Value } from '../../../model/value.js';
import { EvaluationError, type TemplateFunction } from '../../expression.js';
import { sameText } from './condition-functions.js';

/** Fn::Contains: `[list, text]`. */
export const contains: TemplateFunction = {
  name: 'Fn::Contains',
  summary: 'In rules: true if a list has a value.',
  evaluate: (argument) => {
    const [list, value] = pair('Fn::Contains', argument);
    return list.some((item) => sameText(item, value));
  },
};

/** Fn::EachMemberEquals: `[list, text]`. */
export const eachMemberEquals: TemplateFunction = {
  name: 'Fn::EachMemberEquals',
  summary: 'In rules: true if every item of a list is one value.',
  evaluate: (argument) => {
    const [list, value] = pair('Fn::EachMemberEquals', argument);
    return list.every((item) => sameText(item, value));
  },
};

/** Fn::EachMemberIn: `[list, list]`. */
export const eachMemberIn: TemplateFunction = {
  name: 'Fn::EachMemberIn',
  summary: 'In rules: true if another list has every item of a list.',
  evaluate: (argument) => {
    const [list, allowed] = pair('Fn::EachMemberIn', argument);
    if (!Array.isArray(allowed)) throw new EvaluationError('Template error: Fn::EachMemberIn requires two lists');
    const others: readonly Value[] = allowed;
    return list.every((item) => others.some((other) => sameText(item, other)));
  },
};

/** Fn::RefAll; its argument is already the list of all parameters of the type that it names. */
export const refAll: TemplateFunction = {
  name: 'Fn::RefAll',
  summary: 'In rules: the values of all parameters of a type.',
  evaluate: (values) => (Array.isArray(values) ? values.flat() : values),
};

/** Fn::ValueOf: `[parameter, attribute]`. */
export const parameterValueOf: TemplateFunction = {
  name: 'Fn::ValueOf',
  summary: 'In rules: an attribute of what a parameter names.',
  evaluate: (argument, scope) => attributes(argument, scope.parameterAttribute?.bind(scope))[0] ?? null,
};

/** Fn::ValueOfAll; its argument is already the list of `[parameter, attribute]` for all parameters of the type. */
export const valueOfAll: TemplateFunction = {
  name: 'Fn::ValueOfAll',
  summary: 'In rules: an attribute of all that the parameters of a type name.',
  evaluate: (argument, scope) => {
    if (!Array.isArray(argument)) return [];
    return argument.flatMap((item) => attributes(item, scope.parameterAttribute?.bind(scope)));
  },
};

function attributes(
  argument: Value,
  look: ((parameter: string, attribute: string) => Value) | undefined,
): readonly Value[] {
  const [parameter, attribute] = Array.isArray(argument) ? argument : [];
  if (typeof parameter !== 'string' || typeof attribute !== 'string') {
    throw new EvaluationError('Template error: Fn::ValueOf requires the name of a parameter and of an attribute');
  }
  // Without a cloud to ask, the rule stays undecided.
  const value = look ? look(parameter, attribute) : new Unknown([`${parameter}.${attribute}`]);
  return Array.isArray(value) ? value : [value];
}

function pair(name: string, argument: Value): [readonly Value[], Value] {
  const [list, value] = Array.isArray(argument) ? argument : [];
  if (!Array.isArray(list) || value === undefined) {
    throw new EvaluationError(`Template error: ${name} requires a list and a value to compare its items with`);
  }
  return [list, value];
}
