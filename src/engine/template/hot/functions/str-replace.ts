import { pythonStr } from '../../../model/python-text.js';
import { isMap, type Json, type JsonMap, sortedJson, Unknown, type Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { MAX_VALUE_SIZE } from '../../size-limit.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { isFalsy } from '../python-values.js';

/** How the members of the family differ. */
export interface ReplaceRules {
  readonly name: string;
  /** Maps and lists are put in as JSON. */
  readonly json: boolean;
  /** Every key must be found in the template. */
  readonly strict: boolean;
  /** No value may be null or empty. */
  readonly nonEmpty: boolean;
}

function replacement(value: Json, key: string, rules: ReplaceRules): string {
  const { name } = rules;
  if (rules.nonEmpty && typeof value !== 'number' && typeof value !== 'boolean' && isFalsy(value)) {
    throw new EvaluationError(
      `${name} has an undefined or empty value for param ${key}, must be a defined non-empty value`,
    );
  }
  if (value === null) return '';
  if (typeof value !== 'object') return pythonStr(value);
  if (rules.json) return sortedJson(value);
  throw new EvaluationError(`"${name}" params must be strings or numbers, param ${key} is not valid`);
}

/**
 * Replaces all keys in a text in one pass: longer keys first, equally long ones in alphabetical order, and what was put
 * in is not looked at again.
 */
export function replaceKeys(template: string, params: JsonMap, rules: ReplaceRules): string {
  const keys = Object.keys(params).sort();
  keys.sort((a, b) => b.length - a.length);
  const missing: string[] = [];
  // Even places hold text that may still be replaced, odd ones what was put in.
  let pieces = [template];
  for (const key of keys) {
    if (key === '') throw new EvaluationError('empty separator');
    const value = replacement(params[key] ?? null, key, rules);
    const next: string[] = [];
    let length = 0;
    let found = false;
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 1) {
        next.push(piece);
        length += piece.length;
        continue;
      }
      const parts = piece.split(key);
      if (parts.length > 1) found = true;
      length += piece.length + (parts.length - 1) * value.length;
      if (length > MAX_VALUE_SIZE)
        throw new EvaluationError(`"${rules.name}" would make more than ${MAX_VALUE_SIZE} characters`);
      for (const [place, part] of parts.entries()) {
        if (place > 0) next.push(value);
        next.push(part);
      }
    }
    if (!found) missing.push(key);
    pieces = next;
  }
  if (rules.strict && missing.length > 0) {
    throw new EvaluationError(`The following params were not found in the template: ${missing.join(',')}`);
  }
  return pieces.join('');
}

function example(name: string): string {
  const lines = ['template: This is var1 template var2', 'params:', '  var1: a', '  var2: string'];
  return [`${name}:`, ...lines.map((line) => ' '.repeat(14) + line)].join('\n');
}

/** Refuses what cannot be text and parameters of a replacement. */
export function replaceChecked(template: Json, params: Json, rules: ReplaceRules): string {
  if (typeof template !== 'string') throw new EvaluationError(`"${rules.name}" template must be a string`);
  if (!isMap(params)) throw new EvaluationError(`"${rules.name}" params must be a map`);
  return replaceKeys(template, params as JsonMap, rules);
}

function variant(rules: ReplaceRules, summary: string): HotFunction {
  const { name } = rules;
  return defineFunction({
    name,
    summary,
    examine(argument: Value) {
      if (!isMap(argument)) throw new EvaluationError(`Arguments to "${name}" must be a map`);
      if (!Object.hasOwn(argument, 'params') || !Object.hasOwn(argument, 'template')) {
        throw new EvaluationError(`"${name}" syntax should be ${example(name)}`);
      }
      const params = argument.params ?? null;
      if (!isMap(params) && !(params instanceof Unknown)) {
        throw new EvaluationError(`"${name}" parameters must be a mapping`);
      }
    },
    evaluate(argument) {
      const { template = null, params = null } = argument as JsonMap;
      return replaceChecked(template, params, rules);
    },
  });
}

/** `str_replace` until 2015-04-30: only scalars can be put in. */
export const strReplace: HotFunction = variant(
  { name: 'str_replace', json: false, strict: false, nonEmpty: false },
  'A text in which placeholders are replaced by values.',
);

/** `str_replace` since 2015-10-15: maps and lists are put in as JSON. */
export const strReplaceJson: HotFunction = variant(
  { name: 'str_replace', json: true, strict: false, nonEmpty: false },
  'A text in which placeholders are replaced by values; maps and lists are put in as JSON.',
);

/** `str_replace_strict`: every placeholder must be found. */
export const strReplaceStrict: HotFunction = variant(
  { name: 'str_replace_strict', json: true, strict: true, nonEmpty: false },
  'Like str_replace, but a placeholder that the text does not have is an error.',
);

/** `str_replace_vstrict`: and no value may be empty. */
export const strReplaceVeryStrict: HotFunction = variant(
  { name: 'str_replace_vstrict', json: true, strict: true, nonEmpty: true },
  'Like str_replace_strict, but a value that is null or empty is an error, too.',
);
