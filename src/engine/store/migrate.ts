import { type Kysely, type Migration, Migrator } from 'kysely';
import { StoreError } from '../model/errors.js';

/** Runs the migrations that a database does not have yet; refuses one that is newer than this program. */
export async function migrate<T>(db: Kysely<T>, all: Record<string, Migration>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => all } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  const text = error instanceof Error ? error.message : String(error);
  throw new StoreError(
    text.includes('corrupted migrations')
      ? 'the database was written by a newer baton: install that version or choose another data folder'
      : `the database schema could not be brought up to date${failed ? ` (${failed})` : ''}: ${text}`,
    {},
    { cause: error },
  );
}
