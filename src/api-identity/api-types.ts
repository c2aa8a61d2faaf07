import type { JsonMap } from '../engine/model/value.js';
import type { LiveToken } from '../identity/tokens.js';
import type { PolicyAction, PolicyTarget } from './policy.js';
import type { Query } from './query.js';

/** One request of the identity API, free of any server. */
export interface IdentityRequest {
  readonly method: string;
  /** From the root, still percent-encoded: `/identity/v3/projects`. */
  readonly path: string;
  /** Decoded pairs in the order in which they were written. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body?: Buffer | string;
  /** How long the body was, when it was too long to be kept. */
  readonly oversizedBody?: number;
  /** Scheme, host and port under which the client reached us, without a slash at the end. */
  readonly baseUrl: string;
  /** The client's address, for the count of failed logins. */
  readonly remoteAddress?: string;
  /** `req-<uuid>`; made up if absent. */
  readonly requestId?: string;
}

/** Its answer. */
export interface IdentityResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  /** The route's pattern, for logs and metrics. */
  readonly route?: string;
}

/** What a handler answers; no body: none is sent. */
export interface Reply {
  readonly status: number;
  readonly body?: JsonMap;
  readonly headers?: { readonly [name: string]: string };
}

/** A routed request, with what handlers ask of it. */
export interface Call {
  readonly method: string;
  readonly query: Query;
  /** An empty map if there is none. */
  readonly body: JsonMap;
  header(name: string): string | undefined;
  /** A part of the path by its name in the route, decoded. */
  param(name: string): string;
  /** Scheme, host and port. */
  readonly baseUrl: string;
  /** `<baseUrl>/identity/v3`. */
  readonly v3Url: string;
  /** The request's own address, with its query. */
  readonly selfUrl: string;
  readonly remoteAddress: string;
  /** The token of the caller; unauthorized without a good one. */
  token(): Promise<LiveToken>;
  /** The caller's token, if policy allows the action on the target; forbidden otherwise. */
  enforce(action: PolicyAction, target?: PolicyTarget): Promise<LiveToken>;
}

/** Answers one route. */
export type Handler = (call: Call) => Promise<Reply>;

/** Pattern (`/v3/projects/{project_id}`) to method to handler; HEAD is answered as GET unless it has its own. */
export type Routes = { readonly [pattern: string]: { readonly [method: string]: Handler } };
