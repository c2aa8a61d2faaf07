import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../program/error-text.js';
import { type AuthOptions, authFromEnvironment } from './auth-options.js';

/** The login of the server that serves a data folder; undefined if none does (a note left by a dead process does not count). */
export function servedFolder(
  dataDir: string,
  isAlive: (pid: number) => boolean = isProcessAlive,
  accounts: readonly string[] = ['demo-openrc', 'openrc'],
): AuthOptions | undefined {
  const note = readNote(join(dataDir, 'server.json'));
  if (note === undefined || !isAlive(note.pid)) return undefined;
  for (const name of accounts) {
    const path = join(dataDir, name);
    if (!existsSync(path)) continue;
    const options = authFromEnvironment(parseOpenrc(readFileSync(path, 'utf8')));
    const self: AuthOptions = { ...options, authUrl: `${note.url.replace(/\/+$/, '')}/identity/v3` };
    return note.url.startsWith('https:') && self.cacert === undefined ? { ...self, insecure: true } : self;
  }
  return undefined;
}

/** The variables that an openrc file exports. */
export function parseOpenrc(text: string): { [name: string]: string } {
  const variables: { [name: string]: string } = {};
  for (const line of text.split('\n')) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) variables[match[1]] = unquote(match[2]);
  }
  return variables;
}

function unquote(text: string): string {
  const quoted = /^'(.*)'$/.exec(text) ?? /^"(.*)"$/.exec(text);
  return quoted?.[1] ?? text;
}

function readNote(path: string): { url: string; pid: number } | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as { url?: unknown; pid?: unknown };
    return typeof note.url === 'string' && typeof note.pid === 'number' ? { url: note.url, pid: note.pid } : undefined;
  } catch {
    // Half a note is what a server leaves that died while it wrote: as good as none.
    return undefined;
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}
