import { NO_VALUE, Unknown, type Value } from '../../../model/value.js';
import { EvaluationError, type TemplateFunction } from '../../expression.js';
import { scalarText } from '../source-nodes.js';
import { literalText } from './reference-functions.js';
import { USAGE } from './usage.js';

/** The value of a named condition: `Condition: name`. */
export const condition: TemplateFunction = {
  name: 'Condition',
  summary: 'Gives the value of another condition.',
  evaluate(name, scope, at) {
    if (typeof name !== 'string') throw new EvaluationError(USAGE.condition, at);
    return scope.condition(name);
  },
};

/** Fn::If: `[condition, then, else]`; only the chosen branch is evaluated. */
export const ifElse: TemplateFunction = {
  name: 'Fn::If',
  summary: 'Gives one of two values, as a condition says.',
  evaluateLazily(argument, scope, evaluate, at) {
    const [test, then, otherwise] = argument.kind === 'list' ? argument.items : [];
    if (!test || !then || !otherwise) throw new EvaluationError(USAGE.ifElements, at);
    const name = literalText(test);
    const chosen = name === undefined ? evaluate(test) : scope.condition(name);
    if (chosen instanceof Unknown) return chosen;
    return evaluate(truth(chosen, USAGE.ifCondition) ? then : otherwise);
  },
  chosen(argument, scope, evaluate) {
    const [test, then, otherwise] = argument.kind === 'list' ? argument.items : [];
    if (!test || !then || !otherwise) return undefined;
    try {
      const name = literalText(test);
      const chosen = name === undefined ? evaluate(test) : scope.condition(name);
      return chosen instanceof Unknown ? undefined : [truth(chosen, USAGE.ifCondition) ? then : otherwise];
    } catch (error) {
      // A condition that cannot be evaluated chooses nothing; evaluating the call reports why.
      if (error instanceof EvaluationError) return undefined;
      throw error;
    }
  },
};

/** Fn::And. */
export const and: TemplateFunction = {
  name: 'Fn::And',
  summary: 'True if all of its conditions are.',
  evaluate: (argument) => operands(argument, USAGE.and).every((item) => truth(item, USAGE.and)),
};

/** Fn::Or. */
export const or: TemplateFunction = {
  name: 'Fn::Or',
  summary: 'True if any of its conditions is.',
  evaluate: (argument) => operands(argument, USAGE.or).some((item) => truth(item, USAGE.or)),
};

/** Fn::Not, with a list of one condition. */
export const not: TemplateFunction = {
  name: 'Fn::Not',
  summary: 'True if its condition is false.',
  evaluate: (argument) => !truth(operands(argument, USAGE.not)[0] ?? null, USAGE.not),
};

/** Fn::Equals; numbers and booleans are compared by their text, as all of CloudFormation's values are. */
export const equals: TemplateFunction = {
  name: 'Fn::Equals',
  summary: 'True if two values are the same.',
  evaluate(argument, _scope, at) {
    if (!Array.isArray(argument) || argument.length !== 2) throw new EvaluationError(USAGE.equals, at);
    return sameText(argument[0] ?? null, argument[1] ?? null);
  },
};

/** True if two values read the same; lists are compared item by item. */
export function sameText(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameText(item, b[index] ?? null));
  }
  const text = scalarText(a);
  return text === undefined ? JSON.stringify(a) === JSON.stringify(b) : text === scalarText(b);
}

function operands(argument: Value, usage: string): readonly Value[] {
  if (!Array.isArray(argument)) throw new EvaluationError(usage);
  return argument;
}

function truth(value: Value, usage: string): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  if (value === NO_VALUE) return false;
  throw new EvaluationError(usage);
}
