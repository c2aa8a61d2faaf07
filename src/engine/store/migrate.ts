import { type Kysely, type Migration, sql } from 'kysely';
import { StoreError } from '../model/errors.js';

/** Where a database keeps which migrations it has had. */
const TABLE = 'kysely_migration';

/**
 * Runs the migrations that a database does not have yet, all in one transaction: whatever happens, it has either the old
 * schema or the new one. Refuses a database that is newer than this program.
 */
export async function migrate<T>(db: Kysely<T>, all: Readonly<Record<string, Migration>>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`create table if not exists ${sql.table(TABLE)} (name varchar(255) not null primary key, timestamp varchar(255) not null)`.execute(
      transaction,
    );
    const had = await migrationsOf(transaction);
    refuseNewer(had, all);
    for (const name of Object.keys(all).sort()) {
      if (had.includes(name)) continue;
      await all[name]?.up(transaction).catch((cause: unknown) => {
        const text = cause instanceof Error ? cause.message : String(cause);
        throw new StoreError(`the database schema could not be brought up to date (${name}): ${text}`, {}, { cause });
      });
      const at = new Date().toISOString();
      await sql`insert into ${sql.table(TABLE)} (name, timestamp) values (${name}, ${at})`.execute(transaction);
    }
  });
}

/** Refuses a database that cannot be read without changing it first. */
export async function requireSchema<T>(db: Kysely<T>, all: Readonly<Record<string, Migration>>): Promise<void> {
  const tables = await sql<{ name: string }>`select name from sqlite_master where name = ${TABLE}`.execute(db);
  const had = tables.rows.length > 0 ? await migrationsOf(db) : [];
  refuseNewer(had, all);
  if (Object.keys(all).every((name) => had.includes(name))) return;
  throw new StoreError(
    'the database was written by an older baton: run an engine on the data folder once (baton serve), which brings it up to date',
  );
}

async function migrationsOf<T>(db: Kysely<T>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(TABLE)}`.execute(db);
  return rows.map(({ name }) => name);
}

function refuseNewer(had: readonly string[], all: Readonly<Record<string, Migration>>): void {
  const unknown = had.filter((name) => !Object.hasOwn(all, name)).sort();
  if (unknown.length === 0) return;
  throw new StoreError(
    `the database was written by a newer baton (it has ${unknown.join(', ')}): install that version or choose another data folder`,
  );
}
