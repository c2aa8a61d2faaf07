import { pythonStr } from '../../model/python-text.js';
import type { Json } from '../../model/value.js';

const TRUE_WORDS = ['t', 'true', 'on', 'y', 'yes', '1'];
const FALSE_WORDS = ['f', 'false', 'off', 'n', 'no', '0'];

/** The boolean that a text means, as Heat reads it; undefined if none. */
export function readBoolean(value: Json): boolean | undefined {
  const word = pythonStr(value).trim().toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  return FALSE_WORDS.includes(word) ? false : undefined;
}

/** The number that a value means, as Python's `int` or `float` reads it; undefined if none. */
export function readNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const isNumber = /^[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/.test(text);
  if (!isNumber || /_(?!\d)|(?<!\d)_/.test(text)) return undefined;
  const number = Number(text.replaceAll('_', ''));
  return Number.isFinite(number) ? number : undefined;
}

/** A value in the form of its declared type, for comparison; a value that does not fit stays as it is. */
export function toSchemaType(value: Json, type: string): Json {
  switch (type) {
    case 'string':
      return pythonStr(value);
    case 'number':
    case 'integer':
      return readNumber(value) ?? value;
    case 'boolean':
      return readBoolean(value) ?? value;
    default:
      return value;
  }
}
