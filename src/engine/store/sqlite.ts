import Sqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { EngineError, OwnershipLostError, StoreError } from '../model/errors.js';
import { migrate, requireSchema } from './migrate.js';
import { migrations } from './migrations.js';
import type { Database } from './schema.js';

/** A database that is open and has the newest schema. */
export interface OpenDatabase {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

export interface SqliteOptions {
  /** The database file; `:memory:` for a database that nobody keeps. */
  readonly file: string;
  readonly readOnly?: boolean;
}

/** Opens the SQLite database file, makes it if need be, and brings its schema up to date; throws a StoreError if it cannot. */
export async function openSqlite(options: SqliteOptions): Promise<OpenDatabase> {
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = openFile(options);
    keepStatements(sqlite);
    const db = new Kysely<Database>({ dialect: dialectOf(sqlite) });
    const all = migrations({ serial: 'integer primary key autoincrement' });
    await (options.readOnly ? requireSchema(db, all) : migrate(db, all));
    return { db, close: () => db.destroy() };
  } catch (error) {
    sqlite?.close();
    throw storeError(error);
  }
}

function openFile(options: SqliteOptions): Sqlite.Database {
  const sqlite = new Sqlite(options.file, options.readOnly ? { readonly: true } : {});
  sqlite.pragma('busy_timeout = 5000');
  if (!options.readOnly) {
    sqlite.pragma('journal_mode = WAL');
    // FULL: a commit survives power loss, not only the death of the process.
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('wal_autocheckpoint = 4000');
  }
  sqlite.pragma('cache_size = -32000');
  return sqlite;
}

/**
 * After some errors (the disk is full) SQLite has rolled back by itself; a second rollback would fail and hide the error
 * that matters.
 */
function dialectOf(sqlite: Sqlite.Database): SqliteDialect {
  const dialect = new SqliteDialect({ database: sqlite });
  const createDriver = dialect.createDriver.bind(dialect);
  dialect.createDriver = () => {
    const driver = createDriver();
    const rollback = driver.rollbackTransaction.bind(driver);
    driver.rollbackTransaction = async (connection) => {
      if (sqlite.inTransaction) await rollback(connection);
    };
    return driver;
  };
  return dialect;
}

/** Statements that are kept prepared; batches of different sizes are statements of their own. */
const KEPT_STATEMENTS = 400;

/** Preparing a statement costs more than running it: the same text gives the same statement again. */
function keepStatements(sqlite: Sqlite.Database): void {
  const kept = new Map<string, Sqlite.Statement>();
  const prepare = sqlite.prepare.bind(sqlite);
  sqlite.prepare = ((text: string) => {
    const known = kept.get(text);
    if (known) return known;
    const statement = prepare(text);
    kept.set(text, statement);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_STATEMENTS && oldest !== undefined) kept.delete(oldest);
    return statement;
  }) as typeof sqlite.prepare;
}

/**
 * Takes the lock that says which process runs the engine on a data folder. The lock is the operating system's: it is
 * gone with the process, however that ends. Throws OwnershipLostError if another process has it.
 */
export function lockDataFolder(file: string): { release(): void } {
  const lock = new Sqlite(file);
  try {
    lock.pragma('busy_timeout = 0');
    lock.pragma('journal_mode = DELETE');
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    throw new OwnershipLostError(
      'another baton engine is running on this data folder: stop it, speak to it (baton serve), or choose another folder with --data-dir',
      {},
      { cause },
    );
  }
  return { release: () => lock.close() };
}

/** A database driver's error as ours; others pass unchanged. */
export function storeError(error: unknown): unknown {
  if (error instanceof EngineError || !isSqliteError(error)) return error;
  const what: Record<string, string> = {
    SQLITE_FULL: 'the disk is full: free some space, then run the command again',
    SQLITE_READONLY: 'the data folder cannot be written to: check its permissions',
    SQLITE_BUSY: 'the database is locked by another process',
    SQLITE_IOERR: 'the data folder cannot be read or written: check the disk',
    SQLITE_CANTOPEN: 'the data folder cannot be opened: check its permissions',
    SQLITE_CORRUPT: 'the database file is damaged: restore it from a backup',
    SQLITE_NOTADB: 'the database file is not a baton database',
  };
  const hint = Object.entries(what).find(([code]) => error.code.startsWith(code))?.[1];
  return new StoreError(hint ? `${error.message}: ${hint}` : error.message, { sqlite: error.code }, { cause: error });
}

/** By its looks and not by its class: the native part makes errors of the class that was loaded first in the process. */
function isSqliteError(error: unknown): error is { readonly message: string; readonly code: string } {
  if (typeof error !== 'object' || error === null) return false;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_');
}
