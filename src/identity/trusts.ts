import { type Directory, need } from './directory.js';
import { newIdentityId } from './new-identity-id.js';
import type { TrustRecord } from './records.js';

/** Roles lent by one user to another. */
export interface Trusts {
  create(input: Omit<TrustRecord, 'id'>): Promise<TrustRecord>;
  get(id: string): Promise<TrustRecord>;
  list(): Promise<TrustRecord[]>;
  /** False if it has no uses left; takes one otherwise. */
  use(id: string): Promise<boolean>;
  delete(id: string): Promise<void>;
}

/** Trusts over the directory. */
export function createTrusts(directory: Directory): Trusts {
  const { trusts } = directory;
  return {
    async create(input) {
      const row = { ...input, id: newIdentityId() };
      await trusts.put(row);
      return row;
    },
    get: (id) => need(trusts, 'trust', id),
    list: () => trusts.list(),
    async use(id) {
      const row = await need(trusts, 'trust', id);
      if (row.remainingUses === null) return true;
      if (row.remainingUses <= 0) return false;
      await trusts.put({ ...row, remainingUses: row.remainingUses - 1 });
      return true;
    },
    async delete(id) {
      await need(trusts, 'trust', id);
      await trusts.remove(id);
    },
  };
}
