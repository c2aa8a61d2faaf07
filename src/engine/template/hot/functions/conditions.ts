import { pythonStr, pythonType } from '../../../model/python-text.js';
import { type Json, NO_VALUE, Unknown, type Value } from '../../../model/value.js';
import { unwrapSecrets } from '../../evaluate.js';
import { type ConditionReference, EvaluationError, type Expression, type Scope } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { pythonEquals } from '../python-values.js';

type Evaluate = (expression: Expression) => Value;

/** Whether a condition holds: a name is looked up, a boolean is itself, and no condition at all holds. */
function holds(value: Value, scope: Scope): boolean | Unknown {
  if (value instanceof Unknown) return value;
  const plain = unwrapSecrets(value);
  if (plain === null || plain === NO_VALUE) return true;
  if (typeof plain === 'boolean') return plain;
  if (typeof plain === 'string') return scope.condition(plain);
  throw new EvaluationError(`Invalid condition "${pythonStr(plain)}"`);
}

function namesIn(expressions: readonly Expression[]): readonly ConditionReference[] {
  return expressions.flatMap((expression) =>
    expression.kind === 'literal' && typeof expression.value === 'string'
      ? [{ name: expression.value, at: expression.at }]
      : [],
  );
}

const itemsOf = (argument: Expression) => (argument.kind === 'list' ? argument.items : []);

/** `equals`: whether two values are the same. */
export const equals: HotFunction = defineFunction({
  name: 'equals',
  summary: 'True if two values are the same, without any conversion.',
  examine(argument: Value) {
    if (Array.isArray(argument) && argument.length === 2) return;
    throw new EvaluationError('Arguments to "equals" must be of the form: [value_1, value_2]');
  },
  evaluate(argument) {
    const [first = null, second = null] = argument as Json[];
    return pythonEquals(first, second);
  },
});

/** `not`: true if a condition does not hold. */
export const not: HotFunction = defineFunction({
  name: 'not',
  summary: 'True if a condition is false.',
  examine(argument: Value) {
    if (argument === null) throw new EvaluationError('Argument to "not" must be a condition');
  },
  conditions: (argument) => namesIn([argument]),
  evaluateLazily(argument, scope, evaluate) {
    const value = holds(evaluate(argument), scope);
    return value instanceof Unknown ? value : !value;
  },
});

function junction(name: 'and' | 'or', summary: string): HotFunction {
  /** The value that settles the outcome as soon as one condition has it. */
  const decisive = name === 'or';
  const examine = (argument: Value) => {
    if (!Array.isArray(argument)) {
      throw new EvaluationError(`Arguments to "${name}" must be a list of conditions`);
    }
    if (argument.length < 2) {
      throw new EvaluationError(`The minimum number of condition arguments to "${name}" is 2.`);
    }
  };
  return defineFunction({
    name,
    summary,
    examine,
    conditions: (argument) => namesIn(itemsOf(argument)),
    evaluateLazily(argument, scope, evaluate) {
      if (argument.kind !== 'list') examine(null);
      const unknown: Unknown[] = [];
      for (const item of itemsOf(argument)) {
        const value = holds(evaluate(item), scope);
        if (value === decisive) return decisive;
        if (value instanceof Unknown) unknown.push(value);
      }
      return unknown.length > 0 ? Unknown.merge(unknown) : !decisive;
    },
  });
}

/** `and`: true if all conditions hold. */
export const and: HotFunction = junction('and', 'True if all of the conditions are true.');

/** `or`: true if at least one condition holds. */
export const or: HotFunction = junction('or', 'True if at least one of the conditions is true.');

/** `contains`: whether a list has an item, or a text a part. */
export const contains: HotFunction = defineFunction({
  name: 'contains',
  summary: 'True if a value is an item of a list, or a text is part of a text.',
  examine(argument: Value) {
    if (!Array.isArray(argument) || argument.length === 0) {
      throw new EvaluationError(
        'Incorrect arguments to "contains" should be: "contains" : [ "value1", [ "value1", "value2"]]',
      );
    }
    if (argument.length !== 2) {
      throw new EvaluationError('Arguments to "contains" must be of the form: [value1, [value1, value2]]');
    }
  },
  evaluate(argument, _scope, at) {
    const [value = null, sequence = null] = argument as Json[];
    if (Array.isArray(sequence)) return sequence.some((item) => pythonEquals(item, value));
    if (typeof sequence !== 'string') {
      throw new EvaluationError('Second argument to "contains" should be a sequence.', at);
    }
    if (typeof value !== 'string') {
      throw new EvaluationError(`'in <string>' requires string as left operand, not ${pythonType(value)}`, at);
    }
    return sequence.includes(value);
  },
});

function choice(summary: string, elseIsOptional: boolean): HotFunction {
  const examine = (argument: Value) => {
    if (Array.isArray(argument) && (argument.length === 3 || (elseIsOptional && argument.length === 2))) return;
    throw new EvaluationError('Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]');
  };
  const choose = (argument: Expression, scope: Scope, evaluate: Evaluate): Expression | Unknown | undefined => {
    const [condition, whenTrue, whenFalse] = itemsOf(argument);
    if (!condition || !whenTrue) return undefined;
    const value = holds(evaluate(condition), scope);
    if (value instanceof Unknown) return value;
    return value ? whenTrue : whenFalse;
  };
  return defineFunction({
    name: 'if',
    summary,
    startsWithCondition: true,
    examine,
    conditions: (argument) => namesIn(itemsOf(argument).slice(0, 1)),
    chosen(argument, scope, evaluate) {
      try {
        const part = choose(argument, scope, evaluate);
        if (part instanceof Unknown) return undefined;
        return part === undefined ? [] : [part];
      } catch (error) {
        // A condition that cannot be evaluated chooses nothing; evaluating the call reports why.
        if (error instanceof EvaluationError) return undefined;
        throw error;
      }
    },
    evaluateLazily(argument, scope, evaluate) {
      if (argument.kind !== 'list') examine(null);
      else examine(argument.items.map(() => null));
      const part = choose(argument, scope, evaluate);
      if (part === undefined) return NO_VALUE;
      return part instanceof Unknown ? part : evaluate(part);
    },
  });
}

/** `if`: one of two values. */
export const ifElse: HotFunction = choice('One of two values, as a condition is true or false.', false);

/** `if` since 2021-04-16: without a second value, the place is left out when the condition is false. */
export const ifOptionalElse: HotFunction = choice(
  'One of two values, as a condition is true or false; without a second value nothing at all when it is false.',
  true,
);
