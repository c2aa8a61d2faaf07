import type { Position } from '../../model/diagnostic.js';
import { type Json, NO_VALUE, setOwn, Unknown, type Value } from '../../model/value.js';
import {
  type CheckContext,
  EvaluationError,
  type Expression,
  type Scope,
  type TemplateFunction,
} from '../expression.js';

/** A function of HOT. */
export interface HotFunction extends TemplateFunction {
  /** The first item of the argument is a condition: only condition functions may stand there. */
  readonly startsWithCondition?: boolean;
}

/** What a function of HOT is defined by; the rest of `TemplateFunction` is made from it. */
export interface HotFunctionDefinition extends Omit<HotFunction, 'check' | 'evaluate'> {
  /**
   * Throws an EvaluationError if the argument has a shape that Heat refuses when it reads the template. Calls inside of
   * the argument are Unknown while the template is read, and are values when the function is evaluated.
   */
  examine?(argument: Value): void;
  /** Further checks of the template as it is written. */
  inspect?(argument: Expression, context: CheckContext, at: Position): void;
  evaluate?(argument: Json, scope: Scope, at: Position): Value;
}

const CALL = new Unknown();

/** The value of what is written in the template, where every call is Unknown. */
export function writtenValue(expression: Expression): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'list':
      return expression.items.map(writtenValue);
    case 'map': {
      const map: { [key: string]: Value } = {};
      for (const entry of expression.entries) setOwn(map, entry.key, writtenValue(entry.value));
      return map;
    }
    case 'call':
      return CALL;
  }
}

/** Reports a mistake in a call the way Heat does: the path down to the function's name, then the text. */
export function reportCall(
  context: CheckContext,
  fn: string,
  message: string,
  at: Position,
  code: 'invalid-function' | 'invalid-condition' | 'unknown-reference' = 'invalid-function',
  rest: { hint?: string } = {},
): void {
  context.diagnostics.error(code, message, { path: [...context.path, fn], at, prefix: '', ...rest });
}

/** A function of HOT, from its definition. */
export function defineFunction(definition: HotFunctionDefinition): HotFunction {
  const { examine, inspect, evaluate, ...rest } = definition;
  return {
    ...rest,
    check(argument, context, at) {
      try {
        examine?.(writtenValue(argument));
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        reportCall(context, definition.name, error.message, at);
        return;
      }
      inspect?.(argument, context, at);
    },
    ...(evaluate && {
      evaluate(argument: Value, scope: Scope, at: Position) {
        const plain = argument === NO_VALUE ? null : argument;
        examine?.(plain);
        // Never Unknown or Secret in here, see TemplateFunction.evaluate.
        return evaluate(plain as Json, scope, at);
      },
    }),
  };
}
