import type { JsonMap } from '../model/value.js';

/** One thing in a simulated world. */
export interface WorldObject {
  /** What it is: a kind of the cloud contract (`servers`) or the name of a catalogued type. */
  readonly collection: string;
  readonly id: string;
  readonly projectId: string;
  readonly region: string;
  readonly name: string | undefined;
  /** The id of what it stands in or hangs on (a port's network), for look-ups by parent. */
  readonly parentId: string | undefined;
  /** Token of the intent that made it: a second create with the same token gives the same object. */
  readonly token: string | undefined;
  readonly body: JsonMap;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What to look for; absent fields do not narrow. */
export interface WorldQuery {
  readonly collection: string;
  readonly projectId?: string;
  readonly region?: string;
  readonly name?: string;
  readonly parentId?: string;
  readonly limit?: number;
}

/** One line of the ledger: what really happened in the world, in order. */
export interface LedgerEntry {
  readonly verb: string;
  readonly collection: string;
  readonly id: string;
  readonly token: string | undefined;
  readonly at: number;
}

export interface WorldChange {
  readonly put?: readonly WorldObject[];
  readonly remove?: readonly { readonly collection: string; readonly id: string }[];
  readonly ledger?: readonly LedgerEntry[];
}

/** Where a simulated cloud keeps its world: the engine's own store, so that it is there for the next command. */
export interface WorldStore {
  get(collection: string, id: string): Promise<WorldObject | undefined>;
  byToken(token: string): Promise<WorldObject | undefined>;
  find(query: WorldQuery): Promise<WorldObject[]>;
  count(query: WorldQuery): Promise<number>;
  /** Durable when it resolves; all of it or nothing. */
  apply(change: WorldChange): Promise<void>;
  ledger(): Promise<LedgerEntry[]>;
}
