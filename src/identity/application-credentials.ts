import { randomBytes } from 'node:crypto';
import { type Directory, need } from './directory.js';
import { duplicate } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import { CHOSEN_PASSWORD_COST, hashPassword, RANDOM_SECRET_COST } from './passwords.js';
import type { ApplicationCredentialRecord } from './records.js';

/** An application credential to be made. */
export interface NewApplicationCredential {
  readonly name: string;
  readonly userId: string;
  readonly projectId: string;
  readonly description: string | null;
  /** Made up if absent. */
  readonly secret?: string;
  readonly roleIds: readonly string[];
  readonly expiresAt: number | null;
  readonly unrestricted: boolean | null;
}

/** Passwords of programs. */
export interface ApplicationCredentials {
  /** The secret is shown this once. */
  create(
    input: NewApplicationCredential,
  ): Promise<{ readonly row: ApplicationCredentialRecord; readonly secret: string }>;
  get(id: string): Promise<ApplicationCredentialRecord>;
  byName(userId: string, name: string): Promise<ApplicationCredentialRecord | undefined>;
  list(userId: string): Promise<ApplicationCredentialRecord[]>;
  delete(id: string): Promise<void>;
}

/** Application credentials over the directory. */
export function createApplicationCredentials(directory: Directory): ApplicationCredentials {
  const rows = directory.applicationCredentials;
  return {
    async create({ secret, ...input }) {
      const text = secret ?? randomBytes(64).toString('base64url');
      const cost = secret === undefined ? RANDOM_SECRET_COST : CHOSEN_PASSWORD_COST;
      const row = { ...input, id: newIdentityId(), secretHash: await hashPassword(text, cost) };
      await rows.put(row, () => duplicate('application_credential', 'name', input.name));
      return { row, secret: text };
    },
    get: (id) => need(rows, 'application credential', id),
    byName: (userId, name) => rows.byKey(`${userId}\n${name}`),
    list: (userId) => rows.list(userId),
    async delete(id) {
      await need(rows, 'application credential', id);
      await rows.remove(id);
    },
  };
}
