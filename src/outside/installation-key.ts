import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '../engine/model/value.js';
import type { Documents } from '../engine/store/documents.js';

const KIND = 'installation-key';

/** Signs what this installation hands out and takes back: URLs that need no account. */
export interface InstallationKey {
  /** Hexadecimal HMAC-SHA256. */
  sign(text: string): string;
}

/** The installation's key for a purpose; made at the first use, encrypted in the store. */
export async function loadInstallationKey(documents: Documents, purpose: string): Promise<InstallationKey> {
  const known = await documents.get<{ readonly key: Secret }>(KIND, purpose);
  const key = known ? String(known.body.key.reveal()) : randomBytes(32).toString('hex');
  if (!known) await documents.put(KIND, { id: purpose, body: { key: new Secret(key) } });
  return { sign: (text) => createHmac('sha256', key).update(text).digest('hex') };
}
