import { randomUUID } from 'node:crypto';

/** A fresh id in Keystone's form: 32 hexadecimal digits. */
export function newIdentityId(): string {
  return randomUUID().replaceAll('-', '');
}
