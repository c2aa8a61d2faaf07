import type { Kysely } from 'kysely';
import type { Value } from '../model/value.js';
import type { Codec } from './codec.js';
import type { GroupCommit } from './group-commit.js';
import type { Database } from './schema.js';

/** A small document of an edge: users, tokens, change sets, stack sets. */
export interface Document<Body = unknown> {
  readonly id: string;
  /** Unique within its kind, if given: what it is looked up by besides the id. */
  readonly key?: string | undefined;
  /** What lists are narrowed by. */
  readonly owner?: string | undefined;
  readonly body: Body;
}

/** Documents by kind. Secrets in bodies are encrypted as everywhere in the store. */
export interface Documents {
  get<Body>(kind: string, id: string): Promise<Document<Body> | undefined>;
  byKey<Body>(kind: string, key: string): Promise<Document<Body> | undefined>;
  /** In the order in which they were made. */
  list<Body>(kind: string, owner?: string): Promise<Document<Body>[]>;
  /** Inserts or replaces. */
  put<Body>(kind: string, ...documents: Document<Body>[]): Promise<void>;
  remove(kind: string, ...ids: string[]): Promise<void>;
}

export function createDocuments(db: Kysely<Database>, commits: GroupCommit, codec: Codec): Documents {
  const fromRow = (row: { id: string; key: string | null; owner: string | null; body: string }) => ({
    id: row.id,
    key: row.key ?? undefined,
    owner: row.owner ?? undefined,
    body: codec.decode(row.body),
  });
  return {
    async get(kind, id) {
      const row = await db
        .selectFrom('documents')
        .selectAll()
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async byKey(kind, key) {
      const row = await db
        .selectFrom('documents')
        .selectAll()
        .where('kind', '=', kind)
        .where('key', '=', key)
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async list(kind, owner) {
      let select = db.selectFrom('documents').selectAll().where('kind', '=', kind);
      if (owner !== undefined) select = select.where('owner', '=', owner);
      return (await select.orderBy('seq').execute()).map(fromRow);
    },
    put: (kind, ...documents) =>
      commits.commit(async (trx) => {
        for (const { id, key, owner, body } of documents) {
          await trx
            .insertInto('documents')
            .values({ kind, id, key: key ?? null, owner: owner ?? null, body: codec.encode(body as Value) })
            .onConflict((conflict) =>
              conflict.columns(['kind', 'id']).doUpdateSet((eb) => ({
                key: eb.ref('excluded.key'),
                owner: eb.ref('excluded.owner'),
                body: eb.ref('excluded.body'),
              })),
            )
            .execute();
        }
      }),
    remove: (kind, ...ids) =>
      commits.commit(async (trx) => {
        if (ids.length > 0) await trx.deleteFrom('documents').where('kind', '=', kind).where('id', 'in', ids).execute();
      }),
  };
}
