import type { IncomingMessage } from 'node:http';
import { type AllowedHosts, askAllowed, HostRefused } from './allowed-hosts.js';

const TIMEOUT_MS = 10_000;

/**
 * Gets a text by http or https from a host that the list allows. Rejects with an Error whose message may be shown:
 * AWS's own words, which do not tell what is behind an address that may not be asked.
 */
export async function fetchAllowed(
  address: string,
  allowed: AllowedHosts & { readonly maxBytes: number; readonly timeoutMs?: number },
): Promise<string> {
  const signal = AbortSignal.timeout(allowed.timeoutMs ?? TIMEOUT_MS);
  let response: IncomingMessage;
  try {
    response = await askAllowed(address, allowed, { method: 'GET', signal });
  } catch (cause) {
    if (cause instanceof HostRefused) throw new Error('TemplateURL must be a supported URL.', { cause });
    throw new Error(`Failed to retrieve ${address}`, { cause });
  }
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`Failed to retrieve ${address}: status ${response.statusCode ?? 0}`);
  }
  const text = await readText(response, allowed.maxBytes);
  if (text === undefined) throw new RangeError(`Template exceeds maximum allowed size (${allowed.maxBytes} bytes)`);
  return text;
}

/** The body of an answer; undefined, and the connection cut, if it is longer than allowed. */
export async function readText(response: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxBytes) {
      response.destroy();
      return undefined;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
