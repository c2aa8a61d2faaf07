import type { YaqlFunction, YaqlLambda, YaqlParameter, YaqlRun } from '../context.js';
import { items, lambda, method } from '../functions.js';
import { isTrue, YaqlStream, type YaqlValue } from '../values.js';

/** A collection that sorts itself when it is first walked over; `thenBy` adds fields before that. */
class Ordering extends YaqlStream {
  readonly #fields: { readonly selector: YaqlLambda; readonly ascending: boolean }[] = [];

  constructor(values: Iterable<YaqlValue>, run: YaqlRun) {
    let sorted: YaqlValue[] | undefined;
    super(() => {
      sorted ??= [...values].sort((a, b) => this.#compare(a, b, run));
      return sorted[Symbol.iterator]();
    }, false);
  }

  addField(selector: YaqlLambda, ascending: boolean): this {
    this.#fields.push({ selector, ascending });
    return this;
  }

  #compare(a: YaqlValue, b: YaqlValue, run: YaqlRun): number {
    for (const { selector, ascending } of this.#fields) {
      const left = selector(a);
      const right = selector(b);
      const order = isTrue(run.call('#operator_<', [left, right]))
        ? -1
        : isTrue(run.call('#operator_>', [left, right]))
          ? 1
          : 0;
      if (order !== 0) return ascending ? order : -order;
    }
    return 0;
  }
}

const ordering: YaqlParameter<Ordering> = {
  name: 'collection',
  lazy: undefined,
  accepts: (value) => value instanceof Ordering,
  convert: (value) => value as Ordering,
};
const selector = lambda('selector');
const collection = items('collection');

/** Sorting by one or more fields. */
export const orderingLibrary: readonly YaqlFunction[] = [
  ...method('orderBy', [collection, selector], (run, values, key) => new Ordering(values, run).addField(key, true)),
  ...method('orderByDescending', [collection, selector], (run, values, key) =>
    new Ordering(values, run).addField(key, false),
  ),
  ...method('thenBy', [ordering, selector], (_, values, key) => values.addField(key, true)),
  ...method('thenByDescending', [ordering, selector], (_, values, key) => values.addField(key, false)),
];
