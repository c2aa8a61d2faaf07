import { pythonQuoted } from '../../../../model/python-text.js';
import type { YaqlFunction } from '../context.js';
import { any, fn, int, nullable, num, optional } from '../functions.js';
import { bitLength } from '../limits.js';
import { fixedDigits } from '../python-text.js';
import { isTrue, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';

function toInteger(value: YaqlValue): bigint {
  if (value === null) return 0n;
  if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new YaqlError('cannot convert float infinity to integer');
    return BigInt(Math.trunc(value));
  }
  if (typeof value === 'string') {
    const text = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
    if (/^[+-]?\d+$/.test(text)) return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
    throw new YaqlError(`invalid literal for int() with base 10: ${pythonQuoted(value)}`);
  }
  throw new YaqlError('int() argument must be a string, a bytes-like object or a real number');
}

function toFloat(value: YaqlValue): number {
  if (value === null) return 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') {
    const text = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
    if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
    const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
    if (special)
      return special[2]?.toLowerCase() === 'nan'
        ? Number.NaN
        : (special[1] === '-' ? -1 : 1) * Number.POSITIVE_INFINITY;
    throw new YaqlError(`could not convert string to float: ${pythonQuoted(value)}`);
  }
  throw new YaqlError('float() argument must be a string or a real number');
}

/** Rounds half to even, as Python does. */
function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function round(value: bigint | number, digits: bigint): bigint | number {
  if (typeof value === 'bigint') {
    if (digits >= 0n) return value;
    if (-digits > 5000n) return 0n;
    const unit = 10n ** -digits;
    const rest = ((value % unit) + unit) % unit;
    const low = value - rest;
    if (rest * 2n === unit) return (low / unit) % 2n === 0n ? low : low + unit;
    return rest * 2n > unit ? low + unit : low;
  }
  if (!Number.isFinite(value)) return value;
  const places = Number(digits);
  if (places > 22) return value;
  if (places <= 0) return roundEven(value / 10 ** -places) * 10 ** -places;
  return Number(fixedDigits(value, places));
}

function power(
  base: bigint | number,
  exponent: bigint | number,
  modulus: bigint | number | null,
  charge: (bytes: number) => void,
) {
  if (typeof base !== 'bigint' || typeof exponent !== 'bigint') {
    if (modulus !== null) throw new YaqlError('pow() 3rd argument not allowed unless all arguments are integers');
    if (Number(base) === 0 && Number(exponent) < 0) throw new YaqlError('0.0 cannot be raised to a negative power');
    return Number(base) ** Number(exponent);
  }
  if (typeof modulus === 'bigint') {
    if (modulus === 0n) throw new YaqlError('pow() 3rd argument cannot be 0');
    if (exponent < 0n) throw new YaqlError('base is not invertible for the given modulus');
    let result = 1n;
    let factor = ((base % modulus) + modulus) % modulus;
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) result = (result * factor) % modulus;
      factor = (factor * factor) % modulus;
    }
    return result % modulus;
  }
  if (exponent < 0n) {
    if (base === 0n) throw new YaqlError('0.0 cannot be raised to a negative power');
    return Number(base) ** Number(exponent);
  }
  // The size is refused before the work is done: the product would block the engine.
  if (base !== 0n && base !== 1n && base !== -1n) charge((bitLength(base) * Number(exponent)) / 8);
  return base ** exponent;
}

function shiftLeft(value: bigint, bits: bigint, charge: (bytes: number) => void): bigint {
  if (bits < 0n) throw new YaqlError('negative shift count');
  charge(Number(bits) / 8);
  return value << bits;
}

/** Numbers. */
export const mathLibrary: readonly YaqlFunction[] = [
  ...fn('abs', [num('op')], (_, op) => (op < 0 ? -op : op)),
  ...fn('int', [any('value')], (_, value) => toInteger(value)),
  ...fn('float', [any('value')], (_, value) => toFloat(value)),
  ...fn('random', [], () => Math.random()),
  ...fn('random', [int('from'), int('to')], (_, from, to) => {
    if (to < from) throw new YaqlError(`empty range for randrange() (${from}, ${to + 1n}, ${to + 1n - from})`);
    return from + BigInt(Math.floor(Math.random() * Number(to - from + 1n)));
  }),
  ...fn('bitwiseAnd', [int('left'), int('right')], (_, left, right) => left & right),
  ...fn('bitwiseOr', [int('left'), int('right')], (_, left, right) => left | right),
  ...fn('bitwiseXor', [int('left'), int('right')], (_, left, right) => left ^ right),
  ...fn('bitwiseNot', [int('arg')], (_, arg) => ~arg),
  ...fn('shiftBitsRight', [int('value'), int('bitsNumber')], (_, value, bits) => {
    if (bits < 0n) throw new YaqlError('negative shift count');
    return value >> bits;
  }),
  ...fn('shiftBitsLeft', [int('value'), int('bitsNumber')], (run, value, bits) =>
    shiftLeft(value, bits, run.chargeBytes),
  ),
  ...fn('max', [any('a'), any('b')], (run, a, b) => (isTrue(run.call('#operator_>', [b, a])) ? b : a)),
  ...fn('min', [any('a'), any('b')], (run, a, b) => (isTrue(run.call('#operator_>', [b, a])) ? a : b)),
  ...fn('pow', [num('a'), num('b'), optional(nullable(num('c')), null)], (run, a, b, c) =>
    power(a, b, c, run.chargeBytes),
  ),
  ...fn('sign', [num('num')], (_, value) => (value > 0 ? 1n : value < 0 ? -1n : 0n)),
  ...fn('round', [num('number'), optional(int('ndigits'), 0n)], (_, value, digits) => round(value, digits)),
  ...fn('isInteger', [any('value')], (_, value) => typeof value === 'bigint'),
  ...fn('isNumber', [any('value')], (_, value) => typeof value === 'bigint' || typeof value === 'number'),
];
