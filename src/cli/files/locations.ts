import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The address of a file: `file:///…` for a path, an address as it is. */
export function toUrl(pathOrUrl: string, cwd: string): string {
  if (hasScheme(pathOrUrl)) return pathOrUrl;
  return pathToFileURL(resolve(cwd, pathOrUrl)).href;
}

/** The folder of an address, ending in a slash: what relative names in that file are relative to. */
export function baseOf(url: string): string {
  return new URL('.', url).href;
}

/** A name in a file made absolute against its base. */
export function join(base: string, name: string): string {
  if (hasScheme(name)) return name;
  const folder = base.endsWith('/') ? base : `${base}/`;
  // `#` and `?` are ordinary characters of file names; in an address they would cut the name off.
  const escaped = folder.startsWith('file:')
    ? name.replaceAll('%', '%25').replaceAll('#', '%23').replaceAll('?', '%3F')
    : name;
  return new URL(escaped, folder).href;
}

function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text);
}
