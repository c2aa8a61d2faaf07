import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Secret } from '../engine/model/value.js';

/** How hard a password is to try: scrypt's N, r and p. */
export interface PasswordCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** For passwords that people choose: 16 MiB and about 0.2 s of one core for each try. */
export const CHOSEN_PASSWORD_COST: PasswordCost = { N: 16384, r: 8, p: 5 };
/** For random secrets of ours, which nobody can guess however fast he tries. */
export const RANDOM_SECRET_COST: PasswordCost = { N: 1024, r: 8, p: 1 };

const KEY_BYTES = 32;

function derive(password: string, salt: Buffer, length: number, cost: PasswordCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { ...cost }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Longer passwords are refused, as Keystone does: hashing must not become a way to keep us busy. */
export const MAX_PASSWORD_LENGTH = 4096;

/** `scrypt$N$r$p$salt$key`: carries its own parameters, so that they can be raised later. */
export async function hashPassword(password: string, cost: PasswordCost = CHOSEN_PASSWORD_COST): Promise<Secret> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, KEY_BYTES, cost);
  return new Secret(
    ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$'),
  );
}

/** True if the password belongs to the hash; takes as long for a wrong one as for the right one. */
export async function verifyPassword(password: string, hash: Secret | undefined): Promise<boolean> {
  if (password.length > MAX_PASSWORD_LENGTH) return false;
  const [scheme, N, r, p, salt = '', key = ''] = String(hash?.reveal() ?? '').split('$');
  if (scheme !== 'scrypt') {
    // As much work as for a user who exists, so that the time of the answer does not tell them apart.
    await derive(password, Buffer.alloc(16), KEY_BYTES, CHOSEN_PASSWORD_COST);
    return false;
  }
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), expected.length, {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(actual, expected);
}

/** A secret of 192 random bits that is safe in shells and URLs. */
export function randomSecret(): string {
  return randomBytes(24).toString('base64url').replaceAll('-', 'a').replaceAll('_', 'b');
}
