import type { Position } from '../model/diagnostic.js';
import {
  hasSecret,
  hasUnknown,
  isMap,
  NO_VALUE,
  Secret,
  setOwn,
  Unknown,
  unknownsIn,
  type Value,
} from '../model/value.js';
import type { Call, ConditionReference, Expression, Reference, Scope } from './expression.js';

/**
 * The value of an expression in a scope. Entries and items that turn out to be `NO_VALUE` are left out.
 * Throws an EvaluationError when a function is used wrongly.
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'list': {
      const items: Value[] = [];
      for (const item of expression.items) {
        const value = evaluate(item, scope);
        if (value !== NO_VALUE) items.push(value);
      }
      return items;
    }
    case 'map': {
      const map: { [key: string]: Value } = {};
      for (const entry of expression.entries) {
        const value = evaluate(entry.value, scope);
        if (value !== NO_VALUE) setOwn(map, entry.key, value);
      }
      return map;
    }
    case 'call':
      return evaluateCall(expression, scope);
  }
}

function evaluateCall(call: Call, scope: Scope): Value {
  const { fn, argument, at } = call;
  if (fn.evaluateLazily) return fn.evaluateLazily(argument, scope, (inner) => evaluate(inner, scope), at);
  if (!fn.evaluate) throw new TypeError(`function ${fn.name} cannot be evaluated`);
  const value = evaluate(argument, scope);
  return applyFunction((plain, place) => fn.evaluate?.(plain, scope, place) ?? null, value, at);
}

/** Applies a plain function to a value that may be unknown (then so is the result) or secret (likewise). */
export function applyFunction(fn: (plain: Value, at: Position) => Value, argument: Value, at: Position): Value {
  if (hasUnknown(argument)) return Unknown.merge(unknownsIn(argument));
  if (!hasSecret(argument)) return fn(argument, at);
  const result = fn(unwrapSecrets(argument), at);
  return result instanceof Unknown || result === NO_VALUE ? result : new Secret(unwrapSecrets(result) as never);
}

/** The same value with every secret replaced by what it hides. */
export function unwrapSecrets(value: Value): Value {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (isMap(value)) {
    const plain: { [key: string]: Value } = {};
    for (const key in value) setOwn(plain, key, unwrapSecrets(value[key] as Value));
    return plain;
  }
  return value;
}

/**
 * Every reference to a resource in an expression, at any depth. With a scope, names that are computed are found too, and
 * branches that are not taken are left out.
 */
export function referencesIn(expression: Expression, found: Reference[] = [], scope?: Scope): Reference[] {
  switch (expression.kind) {
    case 'literal':
      break;
    case 'list':
      for (const item of expression.items) referencesIn(item, found, scope);
      break;
    case 'map':
      for (const entry of expression.entries) referencesIn(entry.value, found, scope);
      break;
    case 'call': {
      const { fn, argument, at } = expression;
      if (fn.references) found.push(...fn.references(argument, at, scope));
      const chosen = scope && fn.chosen?.(argument, scope, (inner) => evaluate(inner, scope));
      if (chosen) for (const part of chosen) referencesIn(part, found, scope);
      else referencesIn(argument, found, scope);
      break;
    }
  }
  return found;
}

/** Every named condition that an expression looks at, at any depth. */
export function conditionsIn(expression: Expression, found: ConditionReference[] = []): ConditionReference[] {
  switch (expression.kind) {
    case 'literal':
      break;
    case 'list':
      for (const item of expression.items) conditionsIn(item, found);
      break;
    case 'map':
      for (const entry of expression.entries) conditionsIn(entry.value, found);
      break;
    case 'call':
      if (expression.fn.conditions) found.push(...expression.fn.conditions(expression.argument, expression.at));
      conditionsIn(expression.argument, found);
      break;
  }
  return found;
}
