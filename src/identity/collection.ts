import type { Document, Documents } from '../engine/store/documents.js';

/** The records of one kind. */
export interface Collection<Row extends { readonly id: string }> {
  get(id: string): Promise<Row | undefined>;
  byKey(key: string): Promise<Row | undefined>;
  /** In the order in which they were made; all, or those of one owner. */
  list(owner?: string): Promise<Row[]>;
  /** Inserts or replaces; rejects with `taken`'s error if the key belongs to another record. */
  put(row: Row, taken?: () => Error): Promise<void>;
  putAll(rows: readonly Row[]): Promise<void>;
  remove(...ids: string[]): Promise<void>;
}

interface CollectionShape<Row> {
  readonly kind: string;
  readonly key?: (row: Row) => string;
  readonly owner?: (row: Row) => string;
}

/** A collection in the store's documents; `changed` is called after each write. */
export function createCollection<Row extends { readonly id: string }>(
  documents: Documents,
  { kind, key, owner }: CollectionShape<Row>,
  changed: () => void,
): Collection<Row> {
  const toDocument = (row: Row): Document<Row> => ({ id: row.id, key: key?.(row), owner: owner?.(row), body: row });
  return {
    get: async (id) => (await documents.get<Row>(kind, id))?.body,
    byKey: async (text) => (await documents.byKey<Row>(kind, text))?.body,
    list: async (of) => (await documents.list<Row>(kind, of)).map((document) => document.body),
    async put(row, taken) {
      const document = toDocument(row);
      const isTaken = async () => {
        if (document.key === undefined) return false;
        const holder = await documents.byKey(kind, document.key);
        return holder !== undefined && holder.id !== row.id;
      };
      if (taken && (await isTaken())) throw taken();
      try {
        await documents.put(kind, document);
      } catch (error) {
        // The unique index has the last word: two requests may have passed the check together.
        if (taken && (await isTaken())) throw taken();
        throw error;
      }
      changed();
    },
    async putAll(rows) {
      await documents.put(kind, ...rows.map(toDocument));
      changed();
    },
    async remove(...ids) {
      if (ids.length === 0) return;
      await documents.remove(kind, ...ids);
      changed();
    },
  };
}
