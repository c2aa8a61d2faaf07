import type { JsonScalar } from '../../model/value.js';

/** The YAML 1.1 patterns as PyYAML (and so Heat) reads them: octal is `017`, `1:30` is ninety, `1e3` is text. */
const INTEGER = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*(?::[0-5]?[0-9])*|0x[0-9a-fA-F_]+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;

const WORDS: ReadonlyMap<string, JsonScalar> = new Map<string, JsonScalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

function sexagesimal(text: string): number {
  return text.split(':').reduce((total, part) => total * 60 + Number(part), 0);
}

function toInteger(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/[-+_]/g, '');
  let value: number;
  if (digits.startsWith('0b')) value = Number.parseInt(digits.slice(2), 2);
  else if (digits.startsWith('0x')) value = Number.parseInt(digits.slice(2), 16);
  else if (digits.includes(':')) value = sexagesimal(digits);
  else if (digits.length > 1 && digits.startsWith('0')) value = Number.parseInt(digits, 8);
  else value = Number(digits);
  return negative && value !== 0 ? -value : value;
}

function toFloat(text: string): number {
  const negative = text.startsWith('-');
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  const value = digits.includes(':') ? sexagesimal(digits) : Number(digits);
  return negative ? -value : value;
}

/**
 * The value of an unquoted scalar by YAML 1.1's rules. Dates stay text, as in Heat; so do integers that a JavaScript
 * number cannot hold exactly and the infinities, which JSON cannot write.
 */
export function resolveScalar(text: string): JsonScalar {
  if (text.length <= 5) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const first = text.charCodeAt(0);
  // Only digits, signs and a point can begin a number.
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)) return text;
  if (INTEGER.test(text)) {
    const value = toInteger(text);
    return Number.isSafeInteger(value) ? value : text;
  }
  if (FLOAT.test(text)) {
    const value = toFloat(text);
    return Number.isFinite(value) ? value : text;
  }
  return text;
}

/** The value of an unquoted scalar in a text that is known to be JSON. */
export function resolveJsonScalar(text: string): JsonScalar {
  switch (text) {
    case 'null':
      return null;
    case 'true':
      return true;
    case 'false':
      return false;
    default: {
      const value = Number(text);
      if (!Number.isFinite(value)) return text;
      return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(text) ? text : value;
    }
  }
}
