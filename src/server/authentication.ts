import type { Caller } from '../engine/stacks/requests.js';
import type { AuthenticationRequest } from '../http/server-options.js';

/** Says who a token speaks for: our own identity service, or a Keystone elsewhere. */
export interface TokenSource {
  authenticate(tokenText: string): Promise<Caller | undefined>;
}

/** Finds the caller of a request of Heat's API by its token; what it makes belongs to the given region. */
export function tokenAuthentication(
  source: TokenSource,
  region: string,
): (request: AuthenticationRequest) => Promise<Caller | undefined> {
  // Token sources hand out the same caller while a token is cached: its twin with our region is kept as long.
  const placed = new WeakMap<Caller, Caller>();
  return async ({ headers }) => {
    const text = headers['x-auth-token'];
    if (typeof text !== 'string' || text === '') return undefined;
    const caller = await source.authenticate(text);
    if (caller === undefined || caller.region === region) return caller;
    const known = placed.get(caller);
    if (known) return known;
    const made = { ...caller, region };
    placed.set(caller, made);
    return made;
  };
}
