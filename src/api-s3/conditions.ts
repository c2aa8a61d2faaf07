import type { ObjectRecord } from './object-records.js';
import { S3Error } from './s3-error.js';
import { headerOf, type S3Request } from './s3-request.js';

/** What a conditional read comes to. */
export type Condition = 'send' | 'not-modified';

/** Checks the conditions of a read in HTTP's order; PreconditionFailed if one does not hold. */
export function readConditions(request: S3Request, object: ObjectRecord, prefix = ''): Condition {
  const match = headerOf(request, `${prefix}if-match`);
  const unmodified = timeOf(request, `${prefix}if-unmodified-since`);
  const noneMatch = headerOf(request, `${prefix}if-none-match`);
  const modified = timeOf(request, `${prefix}if-modified-since`);
  // Times in headers have no fractions of seconds.
  const changedAt = Math.floor(object.modifiedAt / 1000) * 1000;
  if (match !== undefined) {
    if (!hasTag(match, object.etag)) throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Match' });
  } else if (unmodified !== undefined && changedAt > unmodified) {
    throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Unmodified-Since' });
  }
  if (noneMatch !== undefined) return hasTag(noneMatch, object.etag) ? 'not-modified' : 'send';
  return modified !== undefined && changedAt <= modified ? 'not-modified' : 'send';
}

/** Checks the conditions of a write against what is there. */
export function writeConditions(request: S3Request, object: ObjectRecord | undefined): void {
  const noneMatch = headerOf(request, 'if-none-match');
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*') throw new S3Error('NotImplemented', undefined, { Header: 'If-None-Match' });
    if (object) throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-None-Match' });
  }
  const match = headerOf(request, 'if-match');
  if (match === undefined) return;
  if (!object) throw new S3Error('NoSuchKey', undefined, { Key: request.key });
  if (!hasTag(match, object.etag)) throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Match' });
}

function hasTag(header: string, etag: string): boolean {
  return header.split(',').some((one) => {
    const tag = one.trim().replace(/^W\//, '').replace(/^"|"$/g, '');
    return tag === '*' || tag === etag;
  });
}

function timeOf(request: S3Request, name: string): number | undefined {
  const time = Date.parse(headerOf(request, name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** The bytes that a `Range` asks for; undefined for all of them. InvalidRange if there are none. */
export function rangeOf(
  request: S3Request,
  size: number,
  header = 'range',
): { readonly start: number; readonly end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec((headerOf(request, header) ?? '').trim());
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (start >= size || (first === '' && Number(last) === 0)) {
    throw new S3Error('InvalidRange', undefined, { RangeRequested: match[0], ActualObjectSize: String(size) });
  }
  return { start, end };
}
