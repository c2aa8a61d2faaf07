import { UsageError } from './exit-codes.js';

/** The words of a command line after the command's name. */
export class Operands {
  readonly #values: readonly (string | readonly string[] | undefined)[];

  constructor(values: readonly (string | readonly string[] | undefined)[]) {
    this.#values = values;
  }

  /** A required operand. */
  at(index: number): string {
    const value = this.#values[index];
    if (typeof value !== 'string') throw new UsageError(`missing argument ${index + 1}`);
    return value;
  }

  /** An optional operand. */
  optional(index: number): string | undefined {
    const value = this.#values[index];
    return typeof value === 'string' ? value : undefined;
  }

  /** The operand that takes all remaining words. */
  rest(index: number): readonly string[] {
    const value = this.#values[index];
    return Array.isArray(value) ? value : [];
  }
}

/** The options of a command line, read by their camel-case names. */
export class Options {
  readonly #values: { readonly [name: string]: unknown };

  constructor(values: { readonly [name: string]: unknown }) {
    this.#values = values;
  }

  isSet(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== false;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  many(name: string): readonly string[] {
    const value = this.#values[name];
    if (Array.isArray(value)) return value.map(String);
    return typeof value === 'string' ? [value] : [];
  }

  /** A whole number that is not negative; anything else is a usage error. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d+$/.test(text)) throw new UsageError(`--${kebab(name)}: ${JSON.stringify(text)} is not a whole number`);
    return Number(text);
  }

  /** A number of seconds, fractions allowed. */
  seconds(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!(value > 0)) throw new UsageError(`--${kebab(name)}: ${JSON.stringify(text)} is not a number of seconds`);
    return value;
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
