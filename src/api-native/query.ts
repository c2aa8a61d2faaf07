import { percentDecode, percentEncode } from './percent-encoding.js';
import { type Given, readBoolean, readInteger } from './values.js';

/** Splits a raw query string into decoded pairs. */
export function parseQuery(raw: string): [string, string][] {
  if (raw === '') return [];
  return raw
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const decode = (text: string) => percentDecode(text.replaceAll('+', ' '));
      return equals < 0 ? [decode(part), ''] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    });
}

/** As Python's quote_plus does. */
function encode(text: string): string {
  return percentEncode(text).replaceAll('%20', '+');
}

/** The pairs of a query as a query string. */
export function formatQuery(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/**
 * The query of one request. The last of several values wins. Heat passes over some parameters that are empty and refuses
 * others: `boolean` and `integer` pass over, `givenBoolean` and `givenInteger` refuse.
 */
export class Query {
  constructor(readonly pairs: readonly (readonly [string, string])[]) {}

  has(name: string): boolean {
    return this.pairs.some(([key]) => key === name);
  }

  names(): string[] {
    return [...new Set(this.pairs.map(([key]) => key))];
  }

  text(name: string): string | undefined {
    const value = this.pairs.findLast(([key]) => key === name)?.[1];
    return value === '' ? undefined : value;
  }

  /** All values of a repeatable parameter; undefined if there is none. */
  all(name: string): string[] | undefined {
    const values = this.pairs.filter(([key]) => key === name).map(([, value]) => value);
    return values.length === 0 || (values.length === 1 && values[0] === '') ? undefined : values;
  }

  boolean(name: string): boolean | undefined {
    return this.#read(name, readBoolean);
  }

  integer(name: string): number | undefined {
    return this.#read(name, readInteger);
  }

  givenBoolean(name: string): boolean | undefined {
    return this.has(name) ? readBoolean(name, this.text(name) ?? '') : undefined;
  }

  givenInteger(name: string): number | undefined {
    return this.has(name) ? readInteger(name, this.text(name) ?? '') : undefined;
  }

  #read<T>(name: string, read: (name: string, value: Given) => T): T | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : read(name, value);
  }
}
