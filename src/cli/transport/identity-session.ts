import type { Json } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { CommandError, EXIT } from '../program/exit-codes.js';
import type { AuthOptions } from './auth-options.js';
import { type ConnectOptions, chooseDestination } from './connect.js';

/** A request of Keystone's API; the path is relative to `/v3`, e.g. `/projects`. */
export interface IdentityCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly body?: Json;
  readonly headers?: { readonly [name: string]: string };
}

/** A login at an identity service. */
export interface IdentitySession {
  readonly token: string;
  /** Gives the body of a good answer; any other is a CommandError with Keystone's message. */
  send(call: IdentityCall): Promise<Json>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** The answer's body, or its refusal as an error. */
function bodyOf({ status, body }: Answer): Json {
  if (status < 400) return body;
  const error = isMap(body) ? body.error : undefined;
  const message = isMap(error) && typeof error.message === 'string' ? error.message : 'The identity service refused.';
  throw new CommandError(`${message} (HTTP ${status})`, status === 404 ? EXIT.notFound : EXIT.failed);
}

function target({ path, query = {} }: IdentityCall): string {
  const text = new URLSearchParams({ ...query }).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Logs in where the options say: at a server, or as the administrator of a data folder that nobody serves. */
export async function openIdentitySession(options: ConnectOptions): Promise<IdentitySession> {
  const destination = await chooseDestination(options);
  return destination.kind === 'server' ? openServer(destination.auth) : openFolder(destination.dataDir);
}

async function openServer(auth: AuthOptions): Promise<IdentitySession> {
  const { createHttpExchange } = await import('./http-exchange.js');
  const { requestToken } = await import('./keystone.js');
  const exchange = createHttpExchange(auth);
  const close = async () => exchange.close();
  try {
    const { token, v3Url } = await requestToken(auth, exchange);
    return {
      token,
      close,
      send: async (call) =>
        bodyOf(
          await exchange.send({
            method: call.method,
            url: `${v3Url}${target(call)}`,
            headers: { 'x-auth-token': token, ...call.headers },
            ...(call.body !== undefined && { body: call.body }),
          }),
        ),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The folder's own identity service, in this process. */
async function openFolder(dataDir: string): Promise<IdentitySession> {
  const { openLocalIdentity } = await import('../../local-identity.js');
  const local = await openLocalIdentity(dataDir);
  return {
    token: local.token,
    close: () => local.close(),
    send: async (call) => {
      const [path = '', search = ''] = target(call).split('?');
      return bodyOf(await local.send({ ...call, path, query: [...new URLSearchParams(search)] }));
    },
  };
}
