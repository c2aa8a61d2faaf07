import { createHash, randomBytes } from 'node:crypto';

/** Hexadecimal digits that are always the same for the same parts. */
export function derivedHex(length: number, ...parts: readonly string[]): string {
  let hex = '';
  for (let block = 0; hex.length < length; block++) {
    hex += createHash('sha256')
      .update(`${block}\0${parts.join('\0')}`)
      .digest('hex');
  }
  return hex.slice(0, length);
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Capital letters and digits that are always the same for the same parts: the tail of CloudFormation's names. */
export function derivedCode(length: number, ...parts: readonly string[]): string {
  const hex = derivedHex(length * 2, ...parts);
  let code = '';
  for (let index = 0; index < length; index++) {
    code += UPPER[Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16) % UPPER.length];
  }
  return code;
}

/** A number from 0 up to, not including, `limit`, always the same for the same parts. */
export function derivedNumber(limit: number, ...parts: readonly string[]): number {
  return Number.parseInt(derivedHex(12, ...parts), 16) % limit;
}

/** An id in EC2's form: `vpc-` and seventeen hexadecimal digits. */
export function prefixedId(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}-${derivedHex(17, prefix, ...parts)}`;
}

/** True for what looks like a UUID, with or without dashes: an id, never a name that a template made up. */
export function looksLikeUuid(text: string): boolean {
  return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);
}

/** True for what looks like an id of EC2: a short prefix, a dash, eight or seventeen digits. */
export function looksLikeEc2Id(text: string): boolean {
  return /^[a-z]{1,10}-[0-9a-zA-Z]{4,32}$/.test(text);
}

/** True for what may be an id that a service made: a UUID, an id of EC2, an ARN. */
export function looksLikeId(text: string): boolean {
  return text.startsWith('arn:') || looksLikeUuid(text) || looksLikeEc2Id(text);
}

/** A fresh random secret in hexadecimal. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
