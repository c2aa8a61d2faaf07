import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { codeOf, messageOf } from '../program/error-text.js';
import { CommandError } from '../program/exit-codes.js';

/** Reads what is at an address (`file:`, `http:`, `https:`). */
export type FetchBytes = (url: string) => Promise<Buffer>;

/** Reads files from disk and the rest over the network. */
export const fetchBytes: FetchBytes = async (url) => {
  const protocol = new URL(url).protocol;
  if (protocol === 'file:') {
    const path = fileURLToPath(url);
    try {
      return await readFile(path);
    } catch (cause) {
      const code = codeOf(cause);
      const why =
        code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : (code ?? messageOf(cause));
      throw new CommandError(`Could not read ${path}: ${why}`);
    }
  }
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new CommandError(`Could not fetch ${url}: ${protocol} is not supported`);
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    const reason = messageOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
    throw new CommandError(`Could not fetch ${url}: ${reason}`);
  }
  if (!response.ok) throw new CommandError(`Could not fetch ${url}: the server answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};

/** A file's content as it travels in JSON: text, or base64 for what is not UTF-8. */
export function contentText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return `${bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\n')}\n`;
  }
}
