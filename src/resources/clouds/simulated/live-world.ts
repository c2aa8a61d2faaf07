import type {
  LedgerEntry,
  WorldChange,
  WorldObject,
  WorldQuery,
  WorldStore,
} from '../../../engine/drivers/world-store.js';

/** What one turn changes in the world. */
export interface TurnChange {
  readonly put: readonly WorldObject[];
  readonly remove: readonly WorldObject[];
  readonly ledger: readonly LedgerEntry[];
  /** Which of `put` are new. */
  readonly added: readonly WorldObject[];
}

interface Writing {
  /** Undefined: being removed. */
  readonly object: WorldObject | undefined;
}

/**
 * The stored world with what is on its way to the store laid over it. So a turn sees the turns before it without waiting
 * for the disk, and the store can put the writes of many turns into one commit.
 */
export class LiveWorld {
  readonly #store: WorldStore;
  readonly #writing = new Map<string, Writing>();
  readonly #tokens = new Map<string, WorldObject>();
  /** Counts by collection, project and region: read once, then kept up with each write. */
  readonly #counts = new Map<string, number>();

  constructor(store: WorldStore) {
    this.#store = store;
  }

  async get(collection: string, id: string): Promise<WorldObject | undefined> {
    const key = keyOf(collection, id);
    const writing = this.#writing.get(key);
    if (writing) return writing.object;
    const stored = await this.#store.get(collection, id);
    const since = this.#writing.get(key);
    return since ? since.object : stored;
  }

  async byToken(token: string): Promise<WorldObject | undefined> {
    const writing = this.#tokens.get(token);
    if (writing) return writing;
    const stored = await this.#store.byToken(token);
    if (stored === undefined) return undefined;
    const since = this.#writing.get(keyOf(stored.collection, stored.id));
    return since ? since.object : stored;
  }

  async find(query: WorldQuery): Promise<WorldObject[]> {
    // Taken before the store is asked: what becomes durable meanwhile may be in neither of the two afterwards.
    const overlay = new Map(this.#writing);
    const { limit, ...unlimited } = query;
    const stored = await this.#store.find(
      limit === undefined ? unlimited : { ...unlimited, limit: limit + overlay.size },
    );
    for (const [key, writing] of this.#writing) overlay.set(key, writing);
    const found: WorldObject[] = [];
    for (const object of stored) if (!overlay.has(keyOf(object.collection, object.id))) found.push(object);
    for (const { object } of overlay.values()) if (object && matches(object, query)) found.push(object);
    return limit === undefined ? found : found.slice(0, limit);
  }

  /** How many of a collection a project has in a region. */
  async count(collection: string, projectId: string, region: string): Promise<number> {
    const key = `${collection}\0${projectId}\0${region}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const overlay = new Map(this.#writing);
    let count = await this.#store.count({ collection, projectId, region });
    for (const { object } of overlay.values()) {
      if (object?.collection === collection && object.projectId === projectId && object.region === region) {
        // Already durable or still on its way: only the store can tell.
        if ((await this.#store.get(collection, object.id)) === undefined) count += 1;
      }
    }
    this.#counts.set(key, count);
    return count;
  }

  /** Visible at once; durable when the promise resolves. */
  apply(change: TurnChange): Promise<void> {
    const mine = new Map<string, Writing>();
    for (const object of change.put) mine.set(keyOf(object.collection, object.id), { object });
    for (const object of change.remove) mine.set(keyOf(object.collection, object.id), { object: undefined });
    for (const [key, writing] of mine) this.#writing.set(key, writing);
    for (const object of change.added) {
      if (object.token !== undefined) this.#tokens.set(object.token, object);
      this.#adjust(object, 1);
    }
    for (const object of change.remove) {
      if (object.token !== undefined) this.#tokens.delete(object.token);
      this.#adjust(object, -1);
    }
    const stored: WorldChange = {
      put: change.put,
      remove: change.remove.map(({ collection, id }) => ({ collection, id })),
      ledger: change.ledger,
    };
    return this.#store.apply(stored).finally(() => {
      for (const [key, writing] of mine) if (this.#writing.get(key) === writing) this.#writing.delete(key);
      for (const object of change.added) {
        if (object.token !== undefined && this.#tokens.get(object.token) === object) this.#tokens.delete(object.token);
      }
    });
  }

  #adjust(object: WorldObject, by: number): void {
    const key = `${object.collection}\0${object.projectId}\0${object.region}`;
    const known = this.#counts.get(key);
    if (known !== undefined) this.#counts.set(key, known + by);
  }
}

/** The key under which an object is known. */
export function keyOf(collection: string, id: string): string {
  return `${collection}\0${id}`;
}

/** True if an object is what a query looks for. */
export function matches(object: WorldObject, query: WorldQuery): boolean {
  return (
    object.collection === query.collection &&
    (query.projectId === undefined || object.projectId === query.projectId) &&
    (query.region === undefined || object.region === query.region) &&
    (query.name === undefined || object.name === query.name) &&
    (query.parentId === undefined || object.parentId === query.parentId)
  );
}
