import { isMap, Secret, Unknown, type Value } from '../model/value.js';

/**
 * What lies below a value at a path: maps by key, lists and texts by index (texts of digits are indices too, negative
 * ones count from the end). Undefined if there is nothing there or it cannot be walked. Unknown parts stay unknown, and
 * what is below a secret is a secret.
 */
export function selectPath(value: Value, path: readonly Value[]): Value | undefined {
  let current: Value = value;
  for (const [depth, key] of path.entries()) {
    if (current instanceof Unknown) return current;
    if (current instanceof Secret) {
      const inner = selectPath(current.reveal(), path.slice(depth));
      return inner === undefined || inner instanceof Unknown || inner instanceof Secret
        ? inner
        : new Secret(inner as never);
    }
    const next = step(current, key);
    if (next === undefined) return undefined;
    current = next;
  }
  return current;
}

function step(collection: Value, key: Value): Value | undefined {
  if (isMap(collection)) {
    if (typeof key !== 'string' && typeof key !== 'number') return undefined;
    return Object.hasOwn(collection, key) ? collection[key] : undefined;
  }
  if (!Array.isArray(collection) && typeof collection !== 'string') return undefined;
  const index = typeof key === 'string' && /^\s*[-+]?[0-9]+\s*$/.test(key) ? Number(key) : key;
  if (typeof index !== 'number' || !Number.isInteger(index)) return undefined;
  return collection.at(index);
}
