import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { NativeApi } from '../api-native/api-types.js';
import type { Caller } from '../engine/stacks/requests.js';

/** What decides who a request is from. */
export interface AuthenticationRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
}

/** The part of a pino logger that the server uses. */
export interface HttpLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Another API under a path of its own, e.g. `/identity`; it reads its bodies itself. */
export interface Mount {
  readonly path: string;
  readonly handler: RequestHandler;
}

/** What the HTTP server is made of. */
export interface HttpServerOptions {
  readonly native: NativeApi;
  readonly authenticate: (request: AuthenticationRequest) => Promise<Caller | undefined>;
  readonly identity?: RequestHandler;
  readonly cfn?: RequestHandler;
  readonly mounts?: readonly Mount[];
  readonly isReady: () => boolean;
  readonly logger: HttpLogger;
  readonly maxBodyBytes?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** PEM texts; absent: plain HTTP. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
}

/** How long clients may take. */
export interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
}

/** Generous for people's networks, short for those who only hold connections. */
export const DEFAULT_TIMEOUTS: Timeouts = { headersMs: 20_000, requestMs: 120_000, keepAliveMs: 75_000 };

/** Heat's `max_json_body_size`. */
export const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
