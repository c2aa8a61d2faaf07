import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a serving process leaves in its data folder, so that the CLI finds it. */
export interface ServerNote {
  readonly url: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

const fileOf = (dataDir: string): string => join(dataDir, 'server.json');

/** Writes the note at once or not at all: nobody reads half of it. */
export function writeServerNote(dataDir: string, note: ServerNote): void {
  const file = fileOf(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Removes our own note; another process's stays. */
export function removeServerNote(dataDir: string, pid: number): void {
  const file = fileOf(dataDir);
  let owner: unknown;
  try {
    owner = (JSON.parse(readFileSync(file, 'utf8')) as { pid?: unknown }).pid;
  } catch {
    // Gone, or not a note any more: nothing of ours is left.
    return;
  }
  if (owner === pid) rmSync(file, { force: true });
}
