import type { Constraint } from '../../model/constraint.js';
import { dumpJson } from '../../model/python-json.js';
import { pythonStr } from '../../model/python-text.js';
import { type Json, MASK } from '../../model/value.js';
import type { Language, ParameterType } from '../template.js';
import { builtInConstraint } from './custom-constraints.js';
import { PatternError, SafePattern } from './safe-pattern.js';
import { toSchemaType } from './schema-value.js';

/** What a constrained value is; resource properties also know integers, lists and maps. */
export type ConstrainedType = ParameterType | 'integer' | 'list' | 'map' | 'any';

export interface ConstraintOptions {
  /** CloudFormation's patterns are Java's and must match the whole value; Heat's are Python's. */
  readonly language?: Language;
  /** The value must not be shown in the text. */
  readonly hidden?: boolean;
}

function shownBound(bound: number | undefined): string {
  return bound === undefined ? 'None' : String(bound);
}

function isOutside(value: number, min: number | undefined, max: number | undefined): boolean {
  return (min !== undefined && value < min) || (max !== undefined && value > max);
}

/** The length as Python's `len` has it: characters, items or entries. */
function lengthOf(value: Json, type: ConstrainedType): number {
  if (Array.isArray(value)) return value.length;
  if (value !== null && typeof value === 'object') return Object.keys(value).length;
  const isText = type === 'string' || type === 'any' || typeof value === 'string';
  return isText ? [...pythonStr(value)].length : 0;
}

function modulo(value: number, step: number): number {
  const rest = value % step;
  return rest !== 0 && rest < 0 !== step < 0 ? rest + step : rest;
}

function isAllowed(value: Json, allowed: readonly Json[], type: ConstrainedType): boolean {
  const texts = new Set(allowed.map((item) => dumpJson(item)));
  if (Array.isArray(value)) {
    // Items of a list of text are text, even where the template wrote numbers.
    const asText = new Set(allowed.map((item) => dumpJson(pythonStr(item))));
    return value.every((item) => texts.has(dumpJson(item)) || asText.has(dumpJson(item)));
  }
  const wanted = toSchemaType(value, type);
  return allowed.some((item) => dumpJson(toSchemaType(item, type)) === dumpJson(wanted));
}

function matches(pattern: string, text: string, language: Language | undefined): boolean {
  const compiled = SafePattern.compile(pattern, { dialect: language === 'cfn' ? 'java' : 'python' });
  return language === 'cfn' ? compiled.matchesWhole(text) : compiled.matchesFromStart(text);
}

/** Heat's text for a value that breaks a constraint, or undefined if it keeps it. Constraints that only a service can check pass. */
export function checkConstraint(
  constraint: Constraint,
  value: Json,
  type: ConstrainedType,
  options: ConstraintOptions = {},
): string | undefined {
  const text = problem(constraint, value, type, options);
  return text === undefined ? undefined : (constraint.description ?? text);
}

function problem(
  constraint: Constraint,
  value: Json,
  type: ConstrainedType,
  options: ConstraintOptions,
): string | undefined {
  const shown = options.hidden ? MASK : value;
  switch (constraint.kind) {
    case 'length': {
      const length = lengthOf(value, type);
      if (!isOutside(length, constraint.min, constraint.max)) return undefined;
      return `length (${length}) is out of range (min: ${shownBound(constraint.min)}, max: ${shownBound(constraint.max)})`;
    }
    case 'range': {
      if (!isOutside(Number(value), constraint.min, constraint.max)) return undefined;
      return `${pythonStr(shown)} is out of range (min: ${shownBound(constraint.min)}, max: ${shownBound(constraint.max)})`;
    }
    case 'modulo':
      if (modulo(Number(value), constraint.step) === constraint.offset) return undefined;
      return `${pythonStr(shown)} is not a multiple of ${constraint.step} with an offset of ${constraint.offset}`;
    case 'allowed_values':
      if (isAllowed(value, constraint.values, type)) return undefined;
      return `${dumpJson(shown)} is not an allowed value ${dumpJson([...constraint.values])}`;
    case 'allowed_pattern':
      return patternProblem(constraint.pattern, pythonStr(value), pythonStr(shown), options.language);
    case 'custom':
      return builtInConstraint(constraint.name, value, shown);
  }
}

function patternProblem(pattern: string, text: string, shown: string, language: Language | undefined) {
  try {
    return matches(pattern, text, language) ? undefined : `"${shown}" does not match pattern "${pattern}"`;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return `"${shown}" cannot be matched with pattern "${pattern}": ${error.message}`;
  }
}
