import { YaqlStream, type YaqlValue } from '../values.js';

/** A stream of what a generator function yields; it can be walked over once. */
export function streamOf(generate: () => Iterable<YaqlValue>): YaqlStream {
  return YaqlStream.once({
    *[Symbol.iterator]() {
      yield* generate();
    },
  });
}

/** All items as a list. */
export function toList(items: Iterable<YaqlValue>): readonly YaqlValue[] {
  return Array.isArray(items) ? items : [...items];
}

/** The items of several collections, one after the other. */
export function* chain(...parts: Iterable<YaqlValue>[]): Generator<YaqlValue> {
  for (const part of parts) yield* part;
}

/** The next item of an iterator, or undefined at its end. */
export function nextOf(iterator: Iterator<YaqlValue>): YaqlValue | undefined {
  const step = iterator.next();
  return step.done ? undefined : step.value;
}

/** A stream that remembers what it gave, so that it can be walked over again. */
export function memorized(items: Iterable<YaqlValue>, charge: (...values: unknown[]) => void): YaqlStream {
  const source = items[Symbol.iterator]();
  const seen: YaqlValue[] = [];
  return YaqlStream.again(() => {
    let index = 0;
    return {
      next(): IteratorResult<YaqlValue> {
        if (index >= seen.length) {
          const step = source.next();
          if (step.done) return { done: true, value: undefined };
          seen.push(step.value);
          charge(seen);
        }
        return { done: false, value: seen[index++] ?? null };
      },
    };
  });
}

/** Python's slice bounds: negative positions count from the end. */
export function sliceAt<T>(items: readonly T[], from: bigint | undefined, to: bigint | undefined): T[] {
  return items.slice(from === undefined ? 0 : Number(from), to === undefined ? items.length : Number(to));
}
