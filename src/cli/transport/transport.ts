import type { Json } from '../../engine/model/value.js';

/** A request of Heat's REST API; the path is relative to `/v1/{project}`, e.g. `/stacks`. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: { readonly [key: string]: string | readonly string[] };
  readonly body?: Json;
}

/** Its answer: header names in lower case, the body as parsed JSON (null if there is none). */
export interface TransportResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Json;
}

/** An answer that goes on. */
export interface OpenStream {
  /** False once the server, or the way to it, has ended it. */
  readonly isOpen: boolean;
  close(): void;
}

/** A way to reach an engine; every command speaks through one, whichever it is. */
export interface Transport {
  /** True if the engine lives in this process, and its operations end with it. */
  readonly inProcess: boolean;
  /** Where the engine is, for messages: an address or a folder. */
  readonly place: string;
  request(request: TransportRequest): Promise<TransportResponse>;
  /** An answer that goes on, piece by piece; undefined if the server has none for this request. Absent: no way to listen. */
  stream?(request: TransportRequest, take: (text: string) => void): Promise<OpenStream | undefined>;
  close(): Promise<void>;
}
