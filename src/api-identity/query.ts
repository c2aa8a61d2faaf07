import type { JsonMap } from '../engine/model/value.js';

/** The query of a request, as Keystone reads it. */
export class Query {
  readonly #pairs: readonly (readonly [string, string])[];

  constructor(pairs: readonly (readonly [string, string])[]) {
    this.#pairs = pairs;
  }

  get(name: string): string | undefined {
    return this.#pairs.find(([key]) => key === name)?.[1];
  }

  has(name: string): boolean {
    return this.#pairs.some(([key]) => key === name);
  }

  /** True if the flag is there, whatever its value, unless that is `0`. */
  isSet(name: string): boolean {
    return this.has(name) && this.get(name) !== '0';
  }

  /** The rows that pass every filter among the supported names, exact (`name=x`) or not (`name__contains=x`). */
  filter<Row extends JsonMap>(rows: readonly Row[], names: readonly string[]): Row[] {
    const tests = this.#pairs.flatMap(([key, wanted]) => {
      const [name = '', comparator] = key.split('__', 2);
      return names.includes(name) ? [testOf(name, comparator, wanted)] : [];
    });
    return rows.filter((row) => tests.every((test) => test(row)));
  }
}

const FALSE_WORDS = ['0', 'f', 'false', 'off', 'n', 'no'];

function testOf(name: string, comparator: string | undefined, wanted: string): (row: JsonMap) => boolean {
  if (comparator === undefined) {
    return (row) => {
      const value = row[name];
      return typeof value === 'boolean'
        ? value === !FALSE_WORDS.includes(wanted.trim().toLowerCase())
        : value === wanted;
    };
  }
  const ignoresCase = comparator.startsWith('i');
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  const needle = fold(wanted);
  return (row) => {
    const value = row[name];
    if (typeof value !== 'string') return false;
    const text = fold(value);
    switch (ignoresCase ? comparator.slice(1) : comparator) {
      case 'contains':
        return text.includes(needle);
      case 'startswith':
        return text.startsWith(needle);
      case 'endswith':
        return text.endsWith(needle);
      default:
        return true;
    }
  };
}
