import type { SafePattern } from '../../constraints/safe-pattern.js';
import { YaqlError } from './yaql-error.js';

/**
 * A value while an expression is evaluated. Integers are bigints and floats are numbers, because YAQL (like Python)
 * tells them apart: `7 / 2` is 3 and `7.0 / 2` is 3.5.
 */
export type YaqlValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly YaqlValue[]
  | YaqlDict
  | YaqlSet
  | YaqlStream
  | YaqlPattern
  | YaqlDateTime
  | YaqlTimespan
  | YaqlScope;

/** What may be walked over: lists, sets and streams, but neither strings nor dictionaries. */
export type YaqlCollection = readonly YaqlValue[] | YaqlSet | YaqlStream;

/** Lists that Python would have made as `list`, not `tuple`: they print with brackets and cannot be keys. */
const pythonLists = new WeakSet<object>();

/** Marks a list as one that Python would print with brackets. */
export function asPythonList(items: YaqlValue[]): YaqlValue[] {
  pythonLists.add(items);
  return items;
}

/** True for a list that Python would have made as `list`. */
export function isPythonList(items: readonly YaqlValue[]): boolean {
  return pythonLists.has(items);
}

/** True for lists. */
export function isList(value: unknown): value is readonly YaqlValue[] {
  return Array.isArray(value);
}

/** True for what may be walked over. */
export function isCollection(value: YaqlValue): value is YaqlCollection {
  return isList(value) || value instanceof YaqlSet || value instanceof YaqlStream;
}

/** A text that is the same for values that are equal in YAQL: `1`, `1.0` and `true` share one. */
export function keyOf(value: YaqlValue): string {
  if (value === null) return 'z';
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'boolean') return value ? 'n1' : 'n0';
  if (typeof value === 'bigint') return `n${value}`;
  if (typeof value === 'number') return Number.isInteger(value) ? `n${BigInt(value)}` : `f${value}`;
  if (isList(value)) {
    if (isPythonList(value)) throw new YaqlError("unhashable type: 'list'");
    return `t${JSON.stringify(value.map(keyOf))}`;
  }
  if (value instanceof YaqlDict) {
    return `d${JSON.stringify([...value.entries()].map(([key, item]) => [keyOf(key), keyOf(item)]).sort())}`;
  }
  if (value instanceof YaqlSet) return `e${JSON.stringify([...value].map(keyOf).sort())}`;
  if (value instanceof YaqlDateTime) return `T${value.utcMicros}`;
  if (value instanceof YaqlTimespan) return `D${value.micros}`;
  return `o${identityOf(value)}`;
}

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(value, identity);
  }
  return identity;
}

/** Equality as Python's `==` has it: deep, `1 = 1.0 = true`, a list never equals a string. */
export function isEqual(a: YaqlValue, b: YaqlValue): boolean {
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b) && (typeof a !== 'bigint' || typeof b !== 'bigint');
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index] ?? null));
  if (a instanceof YaqlDict) {
    if (!(b instanceof YaqlDict) || a.size !== b.size) return false;
    for (const [key, item] of a.entries()) if (!b.has(key) || !isEqual(item, b.get(key) ?? null)) return false;
    return true;
  }
  if (a instanceof YaqlSet) return b instanceof YaqlSet && a.size === b.size && a.isSubsetOf(b);
  if (a instanceof YaqlDateTime) return b instanceof YaqlDateTime && a.utcMicros === b.utcMicros;
  if (a instanceof YaqlTimespan) return b instanceof YaqlTimespan && a.micros === b.micros;
  return false;
}

function isNumeric(value: YaqlValue): value is boolean | bigint | number {
  return typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number';
}

/** Python's truth: empty strings, lists, sets and dictionaries, zero and null are false. */
export function isTrue(value: YaqlValue): boolean {
  if (isList(value)) return value.length > 0;
  if (value instanceof YaqlDict || value instanceof YaqlSet) return value.size > 0;
  if (value instanceof YaqlTimespan) return value.micros !== 0n;
  return typeof value === 'bigint' ? value !== 0n : Boolean(value);
}

/** A dictionary with keys of any kind, in the order in which they came. */
export class YaqlDict {
  readonly #entries = new Map<string, [YaqlValue, YaqlValue]>();

  constructor(entries: Iterable<readonly [YaqlValue, YaqlValue]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  /** Only for a dictionary that nobody else has seen yet. */
  set(key: YaqlValue, value: YaqlValue): this {
    const id = keyOf(key);
    const known = this.#entries.get(id);
    this.#entries.set(id, [known ? known[0] : key, value]);
    return this;
  }

  /** Only for a dictionary that nobody else has seen yet. */
  remove(key: YaqlValue): void {
    this.#entries.delete(keyOf(key));
  }

  get(key: YaqlValue): YaqlValue | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }

  has(key: YaqlValue): boolean {
    return this.#entries.has(keyOf(key));
  }

  entries(): IterableIterator<[YaqlValue, YaqlValue]> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }
}

/** A set, in the order in which its items came. */
export class YaqlSet implements Iterable<YaqlValue> {
  readonly #items = new Map<string, YaqlValue>();

  constructor(items: Iterable<YaqlValue> = []) {
    for (const item of items) {
      const id = keyOf(item);
      if (!this.#items.has(id)) this.#items.set(id, item);
    }
  }

  /** Only for a set that nobody else has seen yet; false if the item is there already. */
  add(item: YaqlValue): boolean {
    const id = keyOf(item);
    if (this.#items.has(id)) return false;
    this.#items.set(id, item);
    return true;
  }

  has(item: YaqlValue): boolean {
    return this.#items.has(keyOf(item));
  }

  isSubsetOf(other: YaqlSet): boolean {
    for (const id of this.#items.keys()) if (!other.#items.has(id)) return false;
    return true;
  }

  get size(): number {
    return this.#items.size;
  }

  [Symbol.iterator](): Iterator<YaqlValue> {
    return this.#items.values();
  }
}

/** A lazy sequence. Most can be walked over only once, as in Python, and a walk that stops early can be taken up again. */
export class YaqlStream implements Iterable<YaqlValue> {
  readonly #open: () => Iterator<YaqlValue>;

  /** @param isIterator false for those that Python would not call an iterator: they can be walked over again. */
  protected constructor(
    open: () => Iterator<YaqlValue>,
    readonly isIterator: boolean,
  ) {
    this.#open = open;
  }

  /** A stream that can be walked over once. */
  static once(items: Iterable<YaqlValue>): YaqlStream {
    const source = items[Symbol.iterator]();
    return new YaqlStream(() => source, true);
  }

  /** A stream that begins anew each time. */
  static again(open: () => Iterator<YaqlValue>, isIterator = true): YaqlStream {
    return new YaqlStream(open, isIterator);
  }

  [Symbol.iterator](): Iterator<YaqlValue> {
    const source = this.#open();
    // Without `return`: a loop that breaks must not close the source, others may go on with it.
    return { next: () => source.next() };
  }
}

/** A compiled regular expression. */
export class YaqlPattern {
  constructor(
    readonly pattern: SafePattern,
    readonly source: string,
  ) {}
}

/** A point in time with an offset from UTC, in microseconds. */
export class YaqlDateTime {
  constructor(
    readonly utcMicros: bigint,
    readonly offsetMicros: bigint = 0n,
  ) {}

  /** What the wall clock at the offset shows, as microseconds since 1970-01-01T00:00. */
  get localMicros(): bigint {
    return this.utcMicros + this.offsetMicros;
  }
}

/** A length of time in microseconds. */
export class YaqlTimespan {
  constructor(readonly micros: bigint) {}
}

/** A scope is a value too: `let(...)` gives one to `->`. */
export abstract class YaqlScope {
  abstract get(name: string): YaqlValue;
}
