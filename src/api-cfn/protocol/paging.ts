import { isMap, type JsonMap } from '../../engine/model/value.js';
import { validationError } from './cfn-error.js';
import { numberOf, textOf } from './input-access.js';

/** How many entries most lists of the API show at once. */
export const PAGE_SIZE = 100;

/** An opaque token that only the same list understands. */
export function writeToken(list: string, position: JsonMap): string {
  return Buffer.from(JSON.stringify({ list, ...position })).toString('base64url');
}

/** The position in a token; undefined without one. */
export function readToken(list: string, token: string | undefined): JsonMap | undefined {
  if (token === undefined) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (isMap(position) && position.list === list) return position as JsonMap;
  } catch {
    // Whatever it is, it is not one of ours: said below.
  }
  throw validationError('Invalid NextToken');
}

/** One page of a list that is there as a whole, and the token of the next. */
export function pageOf<T>(
  list: string,
  items: readonly T[],
  token: string | undefined,
  size = PAGE_SIZE,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const from = Number(readToken(list, token)?.from ?? 0);
  if (!Number.isSafeInteger(from) || from < 0) throw validationError('Invalid NextToken');
  const end = from + size;
  return { items: items.slice(from, end), nextToken: end < items.length ? writeToken(list, { from: end }) : undefined };
}

/** The page that the input's NextToken and MaxResults ask for. */
export function askedPage<T>(list: string, items: readonly T[], input: Parameters<typeof textOf>[0]) {
  return pageOf(list, items, textOf(input, 'NextToken'), numberOf(input, 'MaxResults'));
}
