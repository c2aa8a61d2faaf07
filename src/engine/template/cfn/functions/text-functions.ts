import type { Position } from '../../../model/diagnostic.js';
import { isMap, Secret, Unknown, type Value } from '../../../model/value.js';
import { unwrapSecrets } from '../../evaluate.js';
import { EvaluationError, type TemplateFunction } from '../../expression.js';
import { joinWithin, MAX_VALUE_SIZE } from '../../size-limit.js';
import { scalarText } from '../source-nodes.js';
import { USAGE } from './usage.js';

/** A variable of Fn::Sub's text, or `${!Literal}`; without braces inside, so that no text takes long to search. */
const VARIABLE = /\$\{([^{}]*)\}/g;
const NESTED = /\$\{[^{}!][^{}]*\$\{[^{}]*\}/;

/** True if the text of an Fn::Sub names a variable within the name of another one. */
export function hasNestedVariable(text: string): boolean {
  return NESTED.test(text);
}

/** The variables that the text of an Fn::Sub names, each once. */
export function subVariables(text: string): string[] {
  const names = [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '');
  return [...new Set(names.filter((name) => !name.startsWith('!')).map((name) => name.trim()))];
}

/** Fn::Sub with the argument `[text, variables]`; every variable that the text names is among them. */
export const sub: TemplateFunction = {
  name: 'Fn::Sub',
  summary: 'Puts the values of variables into a text that names them.',
  evaluate(argument, _scope, at) {
    const [text, variables] = Array.isArray(argument) ? argument : [];
    if (typeof text !== 'string' || !isMap(variables)) throw new EvaluationError(USAGE.sub, at);
    let length = text.length;
    return text.replace(VARIABLE, (whole, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      const key = name.trim();
      if (!Object.hasOwn(variables, key)) return whole;
      const value = variables[key] ?? null;
      // An attribute that has no value reads as nothing; a list cannot stand in a text.
      const plain = value === null ? '' : scalarText(value);
      if (plain === undefined) throw new EvaluationError(USAGE.subValue, at);
      length += plain.length;
      if (length > MAX_VALUE_SIZE)
        throw new EvaluationError(`Fn::Sub would make more than ${MAX_VALUE_SIZE} characters`, at);
      return plain;
    });
  },
};

/** Fn::Join: `[delimiter, items]`. */
export const join: TemplateFunction = {
  name: 'Fn::Join',
  summary: 'Joins texts with a delimiter between them.',
  evaluate(argument, _scope, at) {
    const [delimiter, items] = Array.isArray(argument) ? argument : [];
    const separator = scalarText(delimiter ?? null);
    if (separator === undefined || !Array.isArray(items)) throw new EvaluationError(USAGE.join, at);
    const texts = items.map((item) => {
      const text = item === null ? '' : scalarText(item);
      if (text === undefined) throw new EvaluationError(USAGE.join, at);
      return text;
    });
    return joinWithin('Fn::Join', texts, separator);
  },
};

/** Fn::Split: `[delimiter, text]`. */
export const split: TemplateFunction = {
  name: 'Fn::Split',
  summary: 'Cuts a text into a list wherever a delimiter stands.',
  evaluate(argument, _scope, at) {
    const [delimiter, source] = Array.isArray(argument) ? argument : [];
    const text = scalarText(source ?? null);
    if (typeof delimiter !== 'string' || delimiter === '' || text === undefined) {
      throw new EvaluationError(USAGE.split, at);
    }
    return text.split(delimiter);
  },
};

/** Fn::Select: `[index, list]`; only the chosen item has to be known. */
export const select: TemplateFunction = {
  name: 'Fn::Select',
  summary: 'Gives one item of a list by its index, counted from 0.',
  evaluateLazily(argument, _scope, evaluate, at) {
    const [indexExpression, listExpression] = argument.kind === 'list' ? argument.items : [];
    if (!indexExpression || !listExpression) throw new EvaluationError(USAGE.select, at);
    const index = evaluate(indexExpression);
    const list = evaluate(listExpression);
    if (index instanceof Unknown) return index;
    if (list instanceof Unknown) return list;
    const key = unwrapSecrets(index);
    const items = list instanceof Secret ? list.reveal() : list;
    const item = isMap(items) ? chosenByKey(items, key) : chosenByIndex(items, key, at);
    return list instanceof Secret ? new Secret(item as never) : item;
  },
};

/** Heat's addition: a map may be asked by key; a key that is not there gives nothing. */
function chosenByKey(items: { readonly [key: string]: Value }, key: Value): Value {
  const name = scalarText(key);
  return name !== undefined && Object.hasOwn(items, name) ? (items[name] ?? '') : '';
}

function chosenByIndex(items: Value, index: Value, at: Position): Value {
  const position = indexOf(index);
  if (position === undefined) throw new EvaluationError(USAGE.selectIndex, at);
  if (!Array.isArray(items)) throw new EvaluationError(USAGE.select, at);
  const list: readonly Value[] = items;
  const item = list[position];
  if (item !== undefined) return item;
  throw new EvaluationError(`Template error: Fn::Select cannot select nonexistent value at index ${position}`, at);
}

/** An index of Fn::Select: a whole number, or text that reads as one. */
export function indexOf(value: Value): number | undefined {
  const text = scalarText(value);
  return text !== undefined && /^-?\d+$/.test(text.trim()) ? Number(text) : undefined;
}

/** Fn::Base64. */
export const base64: TemplateFunction = {
  name: 'Fn::Base64',
  summary: 'Encodes a text as Base64.',
  evaluate(argument, _scope, at) {
    const text = scalarText(argument);
    if (text === undefined) throw new EvaluationError(USAGE.base64, at);
    return Buffer.from(text, 'utf8').toString('base64');
  },
};

/** Fn::ToJsonString. */
export const toJsonString: TemplateFunction = {
  name: 'Fn::ToJsonString',
  summary: 'Writes a map or list as JSON text.',
  evaluate(argument, _scope, at) {
    if (!Array.isArray(argument) && !isMap(argument)) throw new EvaluationError(USAGE.toJsonString, at);
    return JSON.stringify(argument);
  },
};

/** Fn::Length; the items themselves need not be known. */
export const length: TemplateFunction = {
  name: 'Fn::Length',
  summary: 'Gives the number of items in a list.',
  evaluateLazily(argument, _scope, evaluate, at) {
    const value = evaluate(argument);
    if (value instanceof Unknown) return value;
    const list = value instanceof Secret ? value.reveal() : value;
    if (!Array.isArray(list)) throw new EvaluationError(USAGE.length, at);
    return list.length;
  },
};
