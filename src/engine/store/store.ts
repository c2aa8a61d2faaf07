import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { WorldStore } from '../drivers/world-store.js';
import { StoreError } from '../model/errors.js';
import { createCipher } from './cipher.js';
import { type Codec, createCodec } from './codec.js';
import { createDocuments, type Documents } from './documents.js';
import { GroupCommit } from './group-commit.js';
import { createLists, type Lists } from './lists.js';
import { createReads, type Reads } from './reads.js';
import { RecordCache } from './record-cache.js';
import { createRowMapper } from './rows.js';
import type { Database } from './schema.js';
import { lockDataFolder, openSqlite } from './sqlite.js';
import { createWorldStore } from './world.js';
import { applyWrites, type WriteSet } from './writes.js';

/** Everything that baton remembers. */
export interface Store {
  readonly reads: Reads;
  readonly lists: Lists;
  readonly documents: Documents;
  readonly world: WorldStore;
  readonly codec: Codec;
  /** For the tables without a module of their own. */
  readonly db: Kysely<Database>;
  readonly commits: GroupCommit;
  /** Durable when it resolves; gives the sequence number of the set's first event. */
  write(set: WriteSet): Promise<number>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Folder for the database, the key and the lock; absent: in memory, for tests. */
  readonly dataDir?: string;
  /** Neither locks nor writes: for looking while another process runs the engine. */
  readonly readOnly?: boolean;
}

/** Opens the data folder (made if need be), takes its lock, and brings the schema up to date. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, readOnly = false } = options;
  if (dataDir !== undefined && !readOnly) makeFolder(dataDir);
  const lock = dataDir === undefined || readOnly ? undefined : lockDataFolder(join(dataDir, 'engine.lock'));
  try {
    const file = dataDir === undefined ? ':memory:' : join(dataDir, 'baton.db');
    const key = dataDir === undefined ? randomBytes(32) : loadKey(join(dataDir, 'secret.key'), readOnly);
    const writer = await openSqlite({ file, readOnly });
    // A connection of its own lets reads go on beside a running transaction; memory databases cannot be shared.
    const reader = dataDir === undefined || readOnly ? writer : await openSqlite({ file, readOnly: true });
    // Where others write, what was read may be old at once: only the owner of the database keeps records.
    const cache = readOnly ? undefined : new RecordCache();
    return assemble({ writer, reader, key, cache, onClose: () => lock?.release() });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

interface Parts {
  readonly writer: { readonly db: Kysely<Database>; close(): Promise<void> };
  readonly reader: { readonly db: Kysely<Database>; close(): Promise<void> };
  readonly key: Buffer;
  readonly cache: RecordCache | undefined;
  readonly onClose: () => void;
}

function assemble({ writer, reader, key, cache, onClose }: Parts): Store {
  const cipher = createCipher(key);
  const codec = createCodec(cipher);
  const rows = createRowMapper(codec);
  const commits = new GroupCommit(writer.db);
  const plain = createReads(reader.db, rows);
  const reads = cache?.over(plain) ?? plain;
  const write = (set: WriteSet) => commits.commit((trx) => applyWrites(trx, set, rows));
  return {
    reads,
    lists: createLists(reader.db, rows, reads.stacks),
    documents: createDocuments(reader.db, commits, codec),
    world: createWorldStore(reader.db, cipher, (write) => commits.commit(write)),
    codec,
    db: reader.db,
    commits,
    write: (set) => cache?.writing(set, () => write(set)) ?? write(set),
    async close() {
      await commits.close(new StoreError('the store is closed'));
      await writer.close();
      if (reader !== writer) await reader.close();
      onClose();
    },
  };
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StoreError(`the data folder ${dataDir} cannot be made: choose another with --data-dir`, {}, { cause });
  }
}

/** The key of the secrets in this data folder; made at the first start, readable by its owner only. */
function loadKey(file: string, readOnly: boolean): Buffer {
  if (!existsSync(file) && !readOnly) {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  }
  try {
    return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  } catch (cause) {
    throw new StoreError(`the key file ${file} cannot be read: restore it from a backup`, {}, { cause });
  }
}
