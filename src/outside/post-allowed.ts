import { RejectedError, UnavailableError } from '../engine/model/errors.js';
import { type AllowedHosts, askAllowed, HostRefused } from './allowed-hosts.js';
import { readText } from './fetch-allowed.js';

/** Answers of services that templates name: a macro's may be a whole template. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** What a service answered. */
export interface PostAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Posts a JSON text to a service that a template names. Rejects with RejectedError if the installation does not allow the
 * address, with UnavailableError if there is no answer; what the answer means is the caller's to say.
 */
export async function postAllowed(
  url: string,
  body: string,
  allowed: AllowedHosts,
  signal: AbortSignal,
): Promise<PostAnswer> {
  try {
    const response = await askAllowed(url, allowed, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
      body,
      signal,
    });
    const text = await readText(response, MAX_ANSWER_BYTES);
    if (text === undefined) throw new Error(`the answer has more than ${MAX_ANSWER_BYTES} bytes`);
    return { status: response.statusCode ?? 0, body: text };
  } catch (cause) {
    if (!(cause instanceof HostRefused)) throw new UnavailableError(`${url} cannot be reached.`, { cause });
    throw new RejectedError(`${url} may not be called: ${cause.message}`, { reasonClass: 'ValidationError', cause });
  }
}
