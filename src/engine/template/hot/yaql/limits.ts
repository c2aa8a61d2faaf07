import { isPythonList, type YaqlCollection, YaqlDict, YaqlSet, YaqlStream, type YaqlValue } from './values.js';
import { YaqlError } from './yaql-error.js';

/** More steps than any sensible expression takes; they bound nested loops, which the other limits do not. */
const MAX_STEPS = 500_000;

/** What an expression may use up. */
export class YaqlLimits {
  #steps = 0;

  /**
   * @param maxIterations items that may be taken of one collection
   * @param memoryBytes size of any one value, as CPython would count it
   */
  constructor(
    readonly maxIterations: number,
    readonly memoryBytes: number,
  ) {}

  /** Counts one step of the evaluation. */
  step(): void {
    if (++this.#steps > MAX_STEPS) throw new YaqlError(`Expression takes more than ${MAX_STEPS} steps`);
  }

  /** A collection that refuses to give more items than allowed. */
  limited(collection: YaqlCollection): Iterable<YaqlValue> {
    const max = this.maxIterations;
    const size = Array.isArray(collection)
      ? collection.length
      : collection instanceof YaqlSet
        ? collection.size
        : undefined;
    if (size !== undefined) {
      if (size > max) throw tooLarge(max);
      return collection;
    }
    const source = collection[Symbol.iterator]();
    let taken = 0;
    const limits = this;
    return YaqlStream.once({
      [Symbol.iterator]: () => ({
        next() {
          limits.step();
          const step = source.next();
          if (!step.done && taken++ >= max) throw tooLarge(max);
          return step;
        },
      }),
    });
  }

  /** Refuses values that are together larger than allowed. */
  charge(...values: unknown[]): void {
    let total = 0;
    for (const value of values) total += sizeOf(value);
    this.chargeBytes(total);
  }

  chargeBytes(bytes: number): void {
    if (this.memoryBytes > 0 && bytes > this.memoryBytes) throw new YaqlError('Expression consumed too much memory');
  }
}

function tooLarge(max: number): YaqlError {
  return new YaqlError(`Collection length exceeds ${max} elements`);
}

/** CPython's growth steps of a dictionary: [entries, bytes]. */
const DICT_SIZES: readonly (readonly [number, number])[] = [
  [5, 232],
  [10, 360],
  [21, 640],
  [42, 1176],
  [85, 2272],
  [170, 4696],
  [341, 9312],
  [682, 18520],
];
const SET_SIZES: readonly (readonly [number, number])[] = [
  [4, 216],
  [18, 728],
  [76, 2264],
  [306, 8408],
  [1228, 32984],
];

function stepped(sizes: readonly (readonly [number, number])[], count: number): number {
  return sizes.find(([entries]) => count <= entries)?.[1] ?? count * 108;
}

/** The shallow size of a value in bytes, as CPython's `sys.getsizeof` has it. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return stringSize(value);
  if (typeof value === 'bigint') return 24 + 4 * Math.max(1, Math.ceil(bitLength(value) / 30));
  if (Array.isArray(value)) return (isPythonList(value) ? 56 : 40) + 8 * value.length;
  if (value instanceof YaqlDict) return stepped(DICT_SIZES, value.size);
  if (value instanceof YaqlSet) return stepped(SET_SIZES, value.size);
  return 48;
}

/** The number of binary digits of an integer. */
export function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

function stringSize(text: string): number {
  if (!/[\u0080-\uffff]/.test(text)) return 49 + text.length;
  if (!/[\u0100-\uffff]/.test(text)) return 73 + text.length;
  return 74 + 2 * text.length;
}
