import type {
  LedgerEntry,
  WorldChange,
  WorldObject,
  WorldQuery,
  WorldStore,
} from '../../src/engine/drivers/world-store.js';

/** A world that lives as long as the test; `writes` counts what was applied. */
export class MemoryWorld implements WorldStore {
  readonly objects = new Map<string, WorldObject>();
  readonly entries: LedgerEntry[] = [];
  writes = 0;

  async get(collection: string, id: string): Promise<WorldObject | undefined> {
    return this.objects.get(`${collection}\0${id}`);
  }

  async byToken(token: string): Promise<WorldObject | undefined> {
    for (const object of this.objects.values()) if (object.token === token) return object;
    return undefined;
  }

  async find(query: WorldQuery): Promise<WorldObject[]> {
    const found = [...this.objects.values()].filter((object) => matches(object, query));
    return query.limit === undefined ? found : found.slice(0, query.limit);
  }

  async count(query: WorldQuery): Promise<number> {
    return (await this.find(query)).length;
  }

  async apply(change: WorldChange): Promise<void> {
    this.writes += 1;
    for (const object of change.put ?? [])
      this.objects.set(`${object.collection}\0${object.id}`, structuredClone(object));
    for (const { collection, id } of change.remove ?? []) this.objects.delete(`${collection}\0${id}`);
    this.entries.push(...(change.ledger ?? []));
  }

  async ledger(): Promise<LedgerEntry[]> {
    return [...this.entries];
  }
}

function matches(object: WorldObject, query: WorldQuery): boolean {
  return (
    object.collection === query.collection &&
    (query.projectId === undefined || object.projectId === query.projectId) &&
    (query.region === undefined || object.region === query.region) &&
    (query.name === undefined || object.name === query.name) &&
    (query.parentId === undefined || object.parentId === query.parentId)
  );
}
