import { isMap, Secret, type Value } from '../model/value.js';
import { EvaluationError } from './expression.js';

/** Characters and items that one evaluated value may have: resources that double each other's values grow without bound. */
export const MAX_VALUE_SIZE = 4 * 1024 * 1024;

/** Joins texts; throws an EvaluationError before the result is made if it would be too long. */
export function joinWithin(name: string, texts: readonly string[], delimiter: string): string {
  let length = Math.max(0, texts.length - 1) * delimiter.length;
  for (const text of texts) length += text.length;
  if (length > MAX_VALUE_SIZE) throw tooLarge(`"${name}"`);
  return texts.join(delimiter);
}

/** Throws an EvaluationError if a value is too large when written out. */
export function checkSize(value: Value, what: string): void {
  if (measure(value) > MAX_VALUE_SIZE) throw tooLarge(what);
}

/**
 * Characters and items of a value; counting ends soon after the limit. Parts that occur many times count as often: a
 * list of twice the same list takes no memory until it is written, and then all of it.
 */
export function measure(value: Value): number {
  let size = 0;
  const open: Value[] = [value];
  for (let next = open.pop(); next !== undefined && size <= MAX_VALUE_SIZE; next = open.pop()) {
    const plain = next instanceof Secret ? next.reveal() : next;
    size += 1;
    if (typeof plain === 'string') size += plain.length;
    else if (Array.isArray(plain)) {
      if (plain.length > MAX_VALUE_SIZE) return plain.length;
      for (const item of plain as readonly Value[]) open.push(item);
    } else if (isMap(plain)) {
      for (const key in plain) {
        size += key.length;
        open.push(plain[key] ?? null);
      }
    }
  }
  return size;
}

function tooLarge(what: string): EvaluationError {
  return new EvaluationError(`${what} would make a value of more than ${MAX_VALUE_SIZE} characters: make it smaller`);
}
