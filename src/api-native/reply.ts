import type { Json } from '../engine/model/value.js';
import type { EndlessText } from './api-types.js';

/** What a handler answers, before it is made into text. */
export type Reply =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: { readonly [name: string]: string };
    }
  | { readonly kind: 'empty'; readonly status: number; readonly headers?: { readonly [name: string]: string } }
  /** A small page whose form depends on what the client accepts. */
  | { readonly kind: 'page'; readonly status: 202 | 302; readonly location?: string }
  | { readonly kind: 'stream'; readonly stream: EndlessText };

/** 200 with a JSON body; `null` where Heat's handler returns nothing. */
export function json(body: Json | object): Reply {
  return { kind: 'json', status: 200, body };
}

/** 200 with the body `null`. */
export const NOTHING: Reply = { kind: 'json', status: 200, body: null };

/** 204. */
export const NO_CONTENT: Reply = { kind: 'empty', status: 204 };

/** 202 with Heat's small page. */
export const ACCEPTED: Reply = { kind: 'page', status: 202 };
