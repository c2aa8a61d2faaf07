import { createHash } from 'node:crypto';
import { isMap, type Json } from '../model/value.js';

/** A short digest of a JSON value that does not depend on the order of keys. */
export function digest(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('base64url').slice(0, 22);
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isMap(value)) {
    const map = value as { [key: string]: Json };
    return `{${Object.keys(map)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(map[key] ?? null)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}
