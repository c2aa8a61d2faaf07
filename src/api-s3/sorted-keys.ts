/** Compares keys as S3 lists them: by the bytes of their UTF-8. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  // Only beyond the basic plane does the order of UTF-16 differ from that of UTF-8.
  if (/[\ud800-\udfff]/.test(a) || /[\ud800-\udfff]/.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** A map whose keys come in S3's order. Sorted anew at the first list after a change. */
export class SortedKeys<T> {
  readonly #byKey = new Map<string, T>();
  #sorted: string[] | undefined = [];

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  values(): IterableIterator<T> {
    return this.#byKey.values();
  }

  put(key: string, value: T): void {
    if (!this.#byKey.has(key)) this.#sorted = undefined;
    this.#byKey.set(key, value);
  }

  remove(key: string): void {
    if (this.#byKey.delete(key)) this.#sorted = undefined;
  }

  /** All keys in order. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#byKey.keys()].sort(compareKeys);
    return this.#sorted;
  }

  /** The index of the first key that is not before the given one; after it, if `after`. */
  indexFrom(key: string, after: boolean): number {
    const keys = this.keys();
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareKeys(keys[middle] ?? '', key);
      if (order < 0 || (after && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
