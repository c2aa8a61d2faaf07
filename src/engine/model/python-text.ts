import { isMap, NO_VALUE, type Value } from './value.js';

/** A string as Python's `repr` writes it: single quotes unless it has some and no double ones. */
export function pythonQuoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let shown = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\\' || character === quote) shown += `\\${character}`;
    else if (character === '\n') shown += '\\n';
    else if (character === '\r') shown += '\\r';
    else if (character === '\t') shown += '\\t';
    else if (code < 32 || (code >= 0x7f && code < 0xa1) || code === 0xad)
      shown += `\\x${code.toString(16).padStart(2, '0')}`;
    else shown += character;
  }
  return `${quote}${shown}${quote}`;
}

/** A value as Python's `repr` writes it, because Heat's messages quote values so: `'x'`, `True`, `None`, `{'a': [1]}`. */
export function pythonRepr(value: Value): string {
  if (value === null || value === NO_VALUE) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return pythonQuoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (isMap(value)) {
    const entries = Object.keys(value).map((key) => `${pythonQuoted(key)}: ${pythonRepr(value[key] as Value)}`);
    return `{${entries.join(', ')}}`;
  }
  return String(value);
}

/** A value as Python's `str` writes it, which is what Heat puts into texts: as `repr`, but text stands without quotes. */
export function pythonStr(value: Value): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** The name of a value's Python type, e.g. `str`. */
export function pythonType(value: Value): string {
  if (value === null || value === NO_VALUE) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  return Array.isArray(value) ? 'list' : 'dict';
}

/** `['a', 'b']`. */
export function pythonList(items: readonly string[]): string {
  return `[${items.map(pythonQuoted).join(', ')}]`;
}

/** `{'a', 'b'}`. */
export function pythonSet(items: readonly string[]): string {
  return `{${items.map(pythonQuoted).join(', ')}}`;
}
