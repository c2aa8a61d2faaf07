import type { Constraint } from '../model/constraint.js';
import { dumpJson } from '../model/python-json.js';
import { pythonStr } from '../model/python-text.js';
import { isMap, type Json, sameValue, sortedJson, Unknown, type Value } from '../model/value.js';
import { PatternError, SafePattern } from '../template/constraints/safe-pattern.js';

/** Answers for a custom constraint: what is wrong with the value, or undefined. */
export type CustomCheck = (constraint: string, value: Json) => string | undefined;

function sizeOf(value: Value): number | undefined {
  // Python counts code points.
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : undefined;
}

const outOfRange = (size: number, min: number | undefined, max: number | undefined): boolean =>
  (min !== undefined && size < min) || (max !== undefined && size > max);

const isAllowed = (value: Value, allowed: readonly Json[]): boolean =>
  value instanceof Unknown ||
  (Array.isArray(value)
    ? value.every((item) => isAllowed(item, allowed))
    : allowed.some((one) => sameValue(one, value) || (typeof value === 'string' && String(one) === value)));

/** True if the value breaks the constraint; parts that are not known yet break nothing. Custom constraints are asked elsewhere. */
export function breaksConstraint(constraint: Constraint, value: Value): boolean {
  switch (constraint.kind) {
    case 'length': {
      const size = sizeOf(value);
      return size !== undefined && outOfRange(size, constraint.min, constraint.max);
    }
    case 'range':
      return typeof value === 'number' && outOfRange(value, constraint.min, constraint.max);
    case 'modulo':
      return typeof value === 'number' && (value - constraint.offset) % constraint.step !== 0;
    case 'allowed_values':
      return !isAllowed(value, constraint.values);
    case 'allowed_pattern':
      return typeof value === 'string' && !matches(constraint.pattern, value);
    case 'custom':
      return false;
  }
}

/** A pattern that takes too long for a text does not match it. */
function matches(pattern: string, text: string): boolean {
  try {
    return SafePattern.compile(pattern).matchesFromStart(text);
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

const bound = (limit: number | undefined): string => (limit === undefined ? 'None' : String(limit));

/** Heat's text for a broken constraint (hot.md §2.3); `shown` is the value as it may be quoted. */
export function constraintMessage(constraint: Constraint, value: Value, shown: Json): string {
  if (constraint.description !== undefined) return constraint.description;
  switch (constraint.kind) {
    case 'length':
      return `length (${sizeOf(value) ?? 0}) is out of range (min: ${bound(constraint.min)}, max: ${bound(constraint.max)})`;
    case 'range':
      return `${pythonStr(shown)} is out of range (min: ${bound(constraint.min)}, max: ${bound(constraint.max)})`;
    case 'modulo':
      return `${pythonStr(shown)} is not a multiple of ${constraint.step} with an offset of ${constraint.offset}`;
    case 'allowed_values':
      return `${dumpJson(shown)} is not an allowed value ${sortedJson([...constraint.values])}`;
    case 'allowed_pattern':
      return `"${pythonStr(shown)}" does not match pattern "${constraint.pattern}"`;
    case 'custom':
      return `"${pythonStr(shown)}" does not validate ${constraint.name}`;
  }
}
