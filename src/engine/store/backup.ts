import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../model/errors.js';

/** What a backup holds and how large its database is, in bytes. */
export interface BackupReport {
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Copies a data folder's database and key while an engine may be running on it. The copy is the database as it was at
 * one moment; opened by an engine, it goes on with what was running then. The target must be empty or not exist.
 */
export async function backupDataFolder(dataDir: string, target: string): Promise<BackupReport> {
  const file = join(dataDir, 'baton.db');
  if (!existsSync(file)) throw new StoreError(`${dataDir} is no data folder: it has no baton.db`);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new StoreError(`${target} is not empty: choose a new folder for the backup`);
  }
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const source = new Sqlite(file, { readonly: true });
  try {
    await source.backup(join(target, 'baton.db'));
  } finally {
    source.close();
  }
  copyFileSync(join(dataDir, 'secret.key'), join(target, 'secret.key'));
  const copy = new Sqlite(join(target, 'baton.db'), { readonly: true });
  try {
    const [result] = copy.pragma('integrity_check') as { readonly integrity_check: string }[];
    if (result?.integrity_check !== 'ok')
      throw new StoreError(`the copy in ${target} is damaged: ${result?.integrity_check}`);
    const pages = Number(copy.pragma('page_count', { simple: true }));
    return { folder: target, bytes: pages * Number(copy.pragma('page_size', { simple: true })) };
  } finally {
    copy.close();
  }
}
