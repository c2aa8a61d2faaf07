import type { Kysely, Transaction } from 'kysely';
import type { Database } from './schema.js';
import { storeError } from './sqlite.js';

/** A piece of work inside a transaction. */
export type Write<T> = (trx: Transaction<Database>) => Promise<T>;

interface Waiting {
  readonly write: Write<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs writes in transactions, all that come in one turn of the event loop in one: a durable commit costs more than
 * a dozen statements, so this is where the speed comes from. If a shared transaction fails, each write is tried alone,
 * so that only the one at fault sees the error.
 */
export class GroupCommit {
  readonly #db: Kysely<Database>;
  #waiting: Waiting[] = [];
  #running = false;
  #closed: unknown;
  /** Called after each commit: tests kill the process here. */
  onCommit: (() => void) | undefined;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Resolves with the write's result once it is durable. */
  commit<T>(write: Write<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ write, resolve: resolve as (value: never) => void, reject });
      if (!this.#running) {
        this.#running = true;
        setImmediate(() => void this.#drain());
      }
    });
  }

  /** Resolves when nothing waits any more; later writes are refused with `reason`. */
  async close(reason: unknown): Promise<void> {
    while (this.#running || this.#waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
    this.#closed = reason;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#commitGroup(group);
    }
    this.#running = false;
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#db.transaction().execute(async (trx) => {
        const all: unknown[] = [];
        for (const { write } of group) all.push(await write(trx));
        return all;
      });
      this.onCommit?.();
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      const [first] = group;
      if (group.length === 1) first?.reject(storeError(error));
      else for (const alone of group) await this.#commitGroup([alone]);
    }
  }
}
