import type { YaqlFunction } from '../context.js';
import { any, dict, fn, int, items, lambda, list, num, set, some, str } from '../functions.js';
import { isEqual, isTrue, YaqlDict, YaqlSet, YaqlStream, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';

type Numeric = bigint | number;

function bothIntegers(left: Numeric, right: Numeric): left is bigint {
  return typeof left === 'bigint' && typeof right === 'bigint';
}

function divide(left: Numeric, right: Numeric): Numeric {
  if (bothIntegers(left, right)) {
    if (right === 0n) throw new YaqlError('integer division or modulo by zero');
    const divisor = right as bigint;
    const quotient = left / divisor;
    return left % divisor !== 0n && left < 0n !== divisor < 0n ? quotient - 1n : quotient;
  }
  if (Number(right) === 0) throw new YaqlError('float division by zero');
  return Number(left) / Number(right);
}

function modulo(left: Numeric, right: Numeric): Numeric {
  if (bothIntegers(left, right)) {
    const divisor = right as bigint;
    if (divisor === 0n) throw new YaqlError('integer modulo by zero');
    const rest = left % divisor;
    return rest !== 0n && rest < 0n !== divisor < 0n ? rest + divisor : rest;
  }
  if (Number(right) === 0) throw new YaqlError('float modulo');
  const rest = Number(left) % Number(right);
  return rest !== 0 && rest < 0 !== Number(right) < 0 ? rest + Number(right) : rest;
}

/** Python compares texts by code point, JavaScript by UTF-16 unit. */
function compareText(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const nothing = (name: string) => ({ ...any(name), accepts: (value: YaqlValue) => value === null });

/** `<`, `<=`, `>` and `>=` of numbers, texts, sets, and null, which is less than anything else. */
function comparison(
  operator: string,
  holds: (order: number) => boolean,
  subset: (left: YaqlSet, right: YaqlSet) => boolean,
): YaqlFunction[] {
  const name = `#operator_${operator}`;
  return [
    ...fn(name, [num('left'), num('right')], (_, left, right) => holds(left < right ? -1 : left > right ? 1 : 0)),
    ...fn(name, [str('left'), str('right')], (_, left, right) => holds(compareText(left, right))),
    ...fn(name, [set('left'), set('right')], (_, left, right) => subset(left, right)),
    ...fn(name, [nothing('left'), nothing('right')], () => holds(0)),
    ...fn(name, [nothing('left'), some('right')], () => holds(-1)),
    ...fn(name, [some('left'), nothing('right')], () => holds(1)),
  ];
}

const isProper = (left: YaqlSet, right: YaqlSet) => left.size < right.size && left.isSubsetOf(right);

function* chain(...parts: Iterable<YaqlValue>[]): Generator<YaqlValue> {
  for (const part of parts) yield* part;
}

function repeatText(text: string, times: bigint, charge: (bytes: number) => void): string {
  if (times <= 0n) return '';
  charge(text.length * Number(times));
  return text.repeat(Number(times));
}

function repeatList(values: readonly YaqlValue[], times: bigint, charge: (bytes: number) => void): YaqlValue[] {
  charge(40 + 8 * values.length * Math.max(0, Number(times)));
  return times <= 0n ? [] : Array.from({ length: Number(times) }, () => values).flat();
}

/** Arithmetic, comparison, membership and logic. */
export const operatorLibrary: readonly YaqlFunction[] = [
  ...fn('#operator_+', [num('left'), num('right')], (_, left, right) =>
    bothIntegers(left, right) ? left + (right as bigint) : Number(left) + Number(right),
  ),
  ...fn('#operator_+', [str('left'), str('right')], (run, left, right) => {
    run.charge(left, right);
    return left + right;
  }),
  ...fn('#operator_+', [list('left'), list('right')], (run, left, right) => {
    run.charge(left, right);
    return [...left, ...right];
  }),
  ...fn('#operator_+', [set('left'), set('right')], (run, left, right) => {
    run.charge(left, right);
    return new YaqlSet(chain(left, right));
  }),
  ...fn('#operator_+', [items('left'), items('right')], (_, left, right) => YaqlStream.once(chain(left, right))),
  ...fn('#operator_+', [dict('left'), dict('right')], (run, left, right) => {
    run.charge(left, right);
    return new YaqlDict([...left.entries(), ...right.entries()]);
  }),
  ...fn('#operator_-', [num('left'), num('right')], (_, left, right) =>
    bothIntegers(left, right) ? left - (right as bigint) : Number(left) - Number(right),
  ),
  ...fn(
    '#operator_-',
    [set('left'), set('right')],
    (_, left, right) => new YaqlSet([...left].filter((item) => !right.has(item))),
  ),
  ...fn('#operator_*', [num('left'), num('right')], (_, left, right) =>
    bothIntegers(left, right) ? left * (right as bigint) : Number(left) * Number(right),
  ),
  ...fn('#operator_*', [str('left'), int('right')], (run, left, right) => repeatText(left, right, run.chargeBytes)),
  ...fn('#operator_*', [int('left'), str('right')], (run, left, right) => repeatText(right, left, run.chargeBytes)),
  ...fn('#operator_*', [list('left'), int('right')], (run, left, right) => repeatList(left, right, run.chargeBytes)),
  ...fn('#operator_*', [int('left'), list('right')], (run, left, right) => repeatList(right, left, run.chargeBytes)),
  ...fn('#operator_/', [num('left'), num('right')], (_, left, right) => divide(left, right)),
  ...fn('#operator_mod', [num('left'), num('right')], (_, left, right) => modulo(left, right)),
  ...fn('#unary_operator_+', [num('op')], (_, op) => op),
  ...fn('#unary_operator_-', [num('op')], (_, op) => -op),
  ...fn('#unary_operator_not', [any('arg')], (_, arg) => !isTrue(arg)),
  ...fn('#operator_and', [lambda('left'), lambda('right')], (_, left, right) => {
    const value = left();
    return isTrue(value) ? right() : value;
  }),
  ...fn('#operator_or', [lambda('left'), lambda('right')], (_, left, right) => {
    const value = left();
    return isTrue(value) ? value : right();
  }),
  ...fn('*equal', [any('left'), any('right')], (_, left, right) => isEqual(left, right)),
  ...fn('*not_equal', [any('left'), any('right')], (_, left, right) => !isEqual(left, right)),
  ...comparison('<', (order) => order < 0, isProper),
  ...comparison(
    '<=',
    (order) => order <= 0,
    (left, right) => left.isSubsetOf(right),
  ),
  ...comparison(
    '>',
    (order) => order > 0,
    (left, right) => isProper(right, left),
  ),
  ...comparison(
    '>=',
    (order) => order >= 0,
    (left, right) => right.isSubsetOf(left),
  ),
  ...fn('#operator_in', [str('left'), str('right')], (_, left, right) => right.includes(left)),
  ...fn('#operator_in', [any('value'), items('collection')], (_, value, collection) => contains(collection, value)),
  ...fn('bool', [any('value')], (_, value) => isTrue(value)),
  ...fn('isBoolean', [any('value')], (_, value) => typeof value === 'boolean'),
];

/** True if a collection has an item equal to the value. */
export function contains(collection: Iterable<YaqlValue>, value: YaqlValue): boolean {
  for (const item of collection) if (isEqual(item, value)) return true;
  return false;
}
