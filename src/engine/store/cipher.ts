import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { StoreError } from '../model/errors.js';

/** Encrypts what must not lie plain in the database. */
export interface Cipher {
  encrypt(plain: string): string;
  decrypt(sealed: string): string;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under one 32-byte key; sealed text is base64 of nonce, tag and ciphertext. */
export function createCipher(key: Buffer): Cipher {
  if (key.length !== 32) throw new StoreError(`the secret key must have 32 bytes, it has ${key.length}`);
  return {
    encrypt(plain) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },
    decrypt(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES));
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch (cause) {
        throw new StoreError(
          'a secret in the database cannot be read: it was written under another key',
          {},
          { cause },
        );
      }
    },
  };
}
