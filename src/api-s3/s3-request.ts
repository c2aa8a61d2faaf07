import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.js';

/** A request of S3's API, taken apart. */
export interface S3Request {
  readonly method: string;
  /** As it was sent, still percent-encoded, without the query: signatures cover it. */
  readonly path: string;
  /** Decoded pairs of the query. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: IncomingHttpHeaders;
  /** Empty for the list of buckets. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly body: IncomingMessage;
  readonly requestId: string;
}

const MAX_KEY_BYTES = 1024;

/** Takes a request apart; `mount` is the path that the endpoint lies under, `hosts` the names that buckets may stand before. */
export function readS3Request(
  body: IncomingMessage,
  target: string,
  mount: string,
  hosts: readonly string[],
  requestId: string,
): S3Request {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const below = path.startsWith(mount) ? path.slice(mount.length) : path;
  const segments = below.replace(/^\//, '');
  const virtual = bucketOfHost(body.headers.host ?? '', hosts);
  const slash = segments.indexOf('/');
  const named =
    virtual !== undefined
      ? [virtual, segments]
      : slash < 0
        ? [segments, '']
        : [segments.slice(0, slash), segments.slice(slash + 1)];
  const [bucket = '', key = ''] = named.map(decodePart);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', undefined, {
      MaxSizeAllowed: String(MAX_KEY_BYTES),
      Size: String(Buffer.byteLength(key)),
    });
  }
  return {
    method: body.method ?? 'GET',
    path,
    query: readQuery(mark < 0 ? '' : target.slice(mark + 1)),
    headers: body.headers,
    bucket,
    key,
    body,
    requestId,
  };
}

/** In a query of S3 a plus is a space only in forms: here it is what `URLSearchParams` says, as the SDKs encode both. */
function readQuery(text: string): [string, string][] {
  return text === '' ? [] : [...new URLSearchParams(text)];
}

function bucketOfHost(host: string, hosts: readonly string[]): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const base = hosts.find((one) => name.endsWith(`.${one}`));
  return base === undefined ? undefined : name.slice(0, -base.length - 1);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new S3Error('InvalidURI', undefined, {}, { cause });
  }
}

/** The value of a query parameter; undefined if it is not there. */
export function queryOf(request: Pick<S3Request, 'query'>, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1];
}

/** A header as one text. */
export function headerOf(request: Pick<S3Request, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
