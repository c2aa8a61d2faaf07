import { createHash, randomUUID } from 'node:crypto';

/** A fresh random UUID. */
export function newId(): string {
  return randomUUID();
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Twelve base32 characters made from a UUID's first 60 bits: the short id of physical names. */
export function shortId(uuid: string): string {
  const hex = uuid.replaceAll('-', '').slice(0, 15);
  let bits = BigInt(`0x${hex}`);
  let text = '';
  for (let index = 0; index < 12; index++) {
    text = BASE32[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}

/**
 * The physical name of a resource: `<stack>-<resource>-<short id>`, shortened in Heat's way
 * (first two characters, a dash, the end) when it is longer than the type allows.
 */
export function physicalName(stackName: string, resourceName: string, uuid: string, limit = 255): string {
  const name = `${stackName}-${resourceName}-${shortId(uuid)}`;
  return name.length <= limit ? name : `${name.slice(0, 2)}-${name.slice(-(limit - 3))}`;
}

/** A UUID that is always the same for the same parts: idempotent creation on clouds that take our ids. */
export function derivedId(...parts: string[]): string {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16).padStart(2, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
