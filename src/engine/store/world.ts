import type { Insertable, Kysely, Selectable } from 'kysely';
import type { LedgerEntry, WorldChange, WorldObject, WorldQuery, WorldStore } from '../drivers/world-store.js';
import { batches } from './batches.js';
import type { Cipher } from './cipher.js';
import type { Database, WorldObjectTable } from './schema.js';

/**
 * The simulated clouds' world in the engine's database. Bodies are encrypted: they hold whatever a resource was given,
 * passwords included. Changes of one tick share a transaction.
 */
export function createWorldStore(db: Kysely<Database>, cipher: Cipher, commit: CommitWorld): WorldStore {
  const toRow = (object: WorldObject): Insertable<WorldObjectTable> => ({
    collection: object.collection,
    id: object.id,
    project_id: object.projectId,
    region: object.region,
    name: object.name ?? null,
    parent_id: object.parentId ?? null,
    token: object.token ?? null,
    body: cipher.encrypt(JSON.stringify(object.body)),
    created_at: object.createdAt,
    updated_at: object.updatedAt,
  });
  const fromRow = (row: Selectable<WorldObjectTable>): WorldObject => ({
    collection: row.collection,
    id: row.id,
    projectId: row.project_id,
    region: row.region,
    name: row.name ?? undefined,
    parentId: row.parent_id ?? undefined,
    token: row.token ?? undefined,
    body: JSON.parse(cipher.decrypt(row.body)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
  const select = (query: WorldQuery) => {
    let narrowed = db.selectFrom('world_objects').where('collection', '=', query.collection);
    if (query.projectId !== undefined) narrowed = narrowed.where('project_id', '=', query.projectId);
    if (query.region !== undefined) narrowed = narrowed.where('region', '=', query.region);
    if (query.name !== undefined) narrowed = narrowed.where('name', '=', query.name);
    if (query.parentId !== undefined) narrowed = narrowed.where('parent_id', '=', query.parentId);
    if (query.limit !== undefined) narrowed = narrowed.limit(query.limit);
    return narrowed;
  };
  return {
    async get(collection, id) {
      const row = await db
        .selectFrom('world_objects')
        .selectAll()
        .where('collection', '=', collection)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async byToken(token) {
      const row = await db.selectFrom('world_objects').selectAll().where('token', '=', token).executeTakeFirst();
      return row && fromRow(row);
    },
    async find(query) {
      return (await select(query).selectAll().orderBy('created_at').execute()).map(fromRow);
    },
    async count(query) {
      const row = await select(query)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },
    apply: (change) => commit(async (trx) => applyChange(trx, change, toRow)),
    async ledger(): Promise<LedgerEntry[]> {
      const rows = await db.selectFrom('world_ledger').selectAll().orderBy('seq').execute();
      return rows.map((row) => ({
        verb: row.verb,
        collection: row.collection,
        id: row.object_id,
        token: row.token ?? undefined,
        at: row.at,
      }));
    },
  };
}

/** Runs a write in a transaction and resolves when it is durable. */
export type CommitWorld = (write: (trx: Kysely<Database>) => Promise<void>) => Promise<void>;

async function applyChange(
  trx: Kysely<Database>,
  change: WorldChange,
  toRow: (object: WorldObject) => Insertable<WorldObjectTable>,
): Promise<void> {
  for (const batch of batches(change.put ?? [])) {
    await trx
      .insertInto('world_objects')
      .values(batch.map(toRow))
      .onConflict((conflict) =>
        conflict.columns(['collection', 'id']).doUpdateSet((eb) => ({
          name: eb.ref('excluded.name'),
          parent_id: eb.ref('excluded.parent_id'),
          body: eb.ref('excluded.body'),
          updated_at: eb.ref('excluded.updated_at'),
        })),
      )
      .execute();
  }
  for (const { collection, id } of change.remove ?? []) {
    await trx.deleteFrom('world_objects').where('collection', '=', collection).where('id', '=', id).execute();
  }
  for (const batch of batches(change.ledger ?? [])) {
    await trx
      .insertInto('world_ledger')
      .values(
        batch.map((entry) => ({
          verb: entry.verb,
          collection: entry.collection,
          object_id: entry.id,
          token: entry.token ?? null,
          at: entry.at,
        })),
      )
      .execute();
  }
}
