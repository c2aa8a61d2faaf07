import { pythonQuoted } from '../../../model/python-text.js';
import { formatDateTime, formatTimespan } from './date-text.js';
import { isPythonList, YaqlDateTime, YaqlDict, YaqlSet, YaqlTimespan, type YaqlValue } from './values.js';
import { YaqlError } from './yaql-error.js';

/** A float as Python's `repr` writes it: `1.0`, `1e+16`, `1e-05`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${digits}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** Digits after the point as Python writes them: halves that are exact in binary go to the even neighbour. */
export function fixedDigits(value: number, places: number): string {
  const scaled = value * 10 ** places;
  const isExactHalf = Number.isInteger(scaled * 2) && !Number.isInteger(scaled) && Number.isInteger(value * 2 ** 20);
  if (!isExactHalf) return value.toFixed(places);
  const floor = Math.floor(scaled);
  return ((floor % 2 === 0 ? floor : floor + 1) / 10 ** places).toFixed(places);
}

/** A value as Python's `repr` writes it. */
export function pythonRepr(value: YaqlValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return pythonFloat(value);
  if (typeof value === 'string') return pythonQuoted(value);
  if (Array.isArray(value)) {
    const items = value.map(pythonRepr).join(', ');
    if (isPythonList(value)) return `[${items}]`;
    return value.length === 1 ? `(${items},)` : `(${items})`;
  }
  if (value instanceof YaqlDict) {
    return `{${[...value.entries()].map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`).join(', ')}}`;
  }
  if (value instanceof YaqlSet) {
    return value.size === 0 ? 'frozenset()' : `frozenset({${[...value].map(pythonRepr).join(', ')}})`;
  }
  if (value instanceof YaqlDateTime) return formatDateTime(value);
  if (value instanceof YaqlTimespan) return formatTimespan(value);
  return `<${value.constructor.name}>`;
}

/** A value as Python's `str` writes it: strings stand without quotes. */
export function pythonStr(value: YaqlValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** The value of a key, or YAQL's error for a missing one. */
export function itemAt(source: YaqlDict, key: YaqlValue): YaqlValue {
  const value = source.get(key);
  if (value === undefined) throw new YaqlError(pythonRepr(key));
  return value;
}
