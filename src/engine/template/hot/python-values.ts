import { isMap, NO_VALUE, type Value } from '../../model/value.js';

/** Whether Python takes a value for false: null, false, zero, and anything empty. */
export function isFalsy(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isMap(value)) return Object.keys(value).length === 0;
  return value === NO_VALUE || !value;
}

/** Python's `==`: deep, without conversion, but `True` equals 1. */
export function pythonEquals(a: Value, b: Value): boolean {
  if (typeof a === 'boolean' && typeof b === 'number') return Number(a) === b;
  if (typeof a === 'number' && typeof b === 'boolean') return a === Number(b);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => pythonEquals(item, b[index]));
  }
  if (!isMap(a)) return a === b;
  if (!isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && pythonEquals(a[key] as Value, b[key] as Value))
  );
}

/** The same text for values that are equal to Python, and for no others: sets of it find equals among many at once. */
export function equalityKey(value: Value): string {
  if (typeof value === 'boolean') return String(Number(value));
  if (Array.isArray(value)) return `[${value.map(equalityKey).join()}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${equalityKey(value[key] ?? null)}`);
  return `{${entries.join()}}`;
}

/** Python's `int()` for texts and numbers; undefined where it would fail. */
export function pythonInt(value: Value): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'string' && /^\s*[-+]?[0-9](?:_?[0-9])*\s*$/.test(value))
    return Number(value.replaceAll('_', ''));
  return undefined;
}
