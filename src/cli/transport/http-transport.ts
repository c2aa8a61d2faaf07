import type { AuthOptions } from './auth-options.js';
import { createHttpExchange, type HttpExchange, type HttpRequest } from './http-exchange.js';
import { logIn, type Session } from './keystone.js';
import type { OpenStream, Transport, TransportRequest, TransportResponse } from './transport.js';

/** Asks a baton server for every mistake with its place; others overlook it. */
const ASK_FOR_DIAGNOSTICS = { 'x-baton-diagnostics': 'all' };

/** Speaks to a server: logs in at the first request, and once more if the token has run out. */
export class HttpTransport implements Transport {
  readonly inProcess = false;
  readonly place: string;
  readonly #options: AuthOptions;
  readonly #exchange: HttpExchange;
  #session: Promise<Session> | undefined;

  constructor(options: AuthOptions, exchange: HttpExchange = createHttpExchange(options)) {
    this.#options = options;
    this.#exchange = exchange;
    this.place = options.authUrl ?? options.endpoint ?? '';
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const response = await this.#send(request);
    if (response.status !== 401 || this.#options.authUrl === undefined) return response;
    this.#session = undefined;
    return this.#send(request);
  }

  close(): Promise<void> {
    this.#exchange.close();
    return Promise.resolve();
  }

  async stream(request: TransportRequest, take: (text: string) => void): Promise<OpenStream | undefined> {
    return this.#exchange.stream(await this.#authorized(request), take);
  }

  async #send(request: TransportRequest): Promise<TransportResponse> {
    return this.#exchange.send(await this.#authorized(request));
  }

  async #authorized(request: TransportRequest): Promise<HttpRequest> {
    this.#session ??= logIn(this.#options, this.#exchange);
    const session = await this.#session;
    return {
      method: request.method,
      url: `${session.endpoint}${request.path}${formatQuery(request.query)}`,
      headers: { 'x-auth-token': session.token, ...ASK_FOR_DIAGNOSTICS },
      ...(request.body === undefined ? {} : { body: request.body }),
    };
  }
}

/** The query part of an address, with its question mark; empty if there is none. */
export function formatQuery(query: TransportRequest['query']): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    for (const item of typeof value === 'string' ? [value] : value) pairs.append(key, item);
  }
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}
