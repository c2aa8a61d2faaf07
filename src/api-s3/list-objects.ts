import { uriEncode } from '../identity/signatures/canonical.js';
import type { ObjectRecord } from './object-records.js';
import { asked, isoTime, ownerOf, type S3Answer, type S3Call, xmlAnswer } from './s3-call.js';
import { S3Error } from './s3-error.js';
import type { Xml, XmlEntry } from './xml.js';

const MOST_KEYS = 1000;

interface Listing {
  readonly objects: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last key or common prefix of the page. */
  readonly last: string | undefined;
}

/** `GET ?list-type=2` and its elder without a type. */
export async function listObjects(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  const isSecond = asked(call, 'list-type') === '2';
  const prefix = asked(call, 'prefix') ?? '';
  const delimiter = asked(call, 'delimiter') ?? '';
  const encode = encoder(call);
  const token = isSecond ? asked(call, 'continuation-token') : undefined;
  const start = isSecond ? (asked(call, 'start-after') ?? '') : (asked(call, 'marker') ?? '');
  const maxKeys = count(call, 'max-keys');
  const page = collect(call, bucket.name, {
    prefix,
    delimiter,
    after: token === undefined ? start : readToken(token),
    maxKeys,
  });
  const owner = ownerOf(caller);
  const withOwner = !isSecond || asked(call, 'fetch-owner') === 'true';
  const entries: { [element: string]: XmlEntry } = {
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(isSecond
      ? {
          ...(start === '' ? {} : { StartAfter: encode(start) }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
          ...(page.isTruncated && page.last !== undefined ? { NextContinuationToken: writeToken(page.last) } : {}),
          KeyCount: page.objects.length + page.prefixes.length,
        }
      : {
          Marker: encode(start),
          ...(page.isTruncated && delimiter !== '' && page.last !== undefined ? { NextMarker: encode(page.last) } : {}),
        }),
    MaxKeys: maxKeys,
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    ...(asked(call, 'encoding-type') === 'url' ? { EncodingType: 'url' } : {}),
    IsTruncated: page.isTruncated,
    Contents: page.objects.map((object) => ({ ...entryOf(object, encode), ...(withOwner ? { Owner: owner } : {}) })),
    CommonPrefixes: page.prefixes.map((one) => ({ Prefix: encode(one) })),
  };
  return xmlAnswer('ListBucketResult', entries);
}

/** `GET ?versions`: each object has one version, which has no id. */
export async function listVersions(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  const prefix = asked(call, 'prefix') ?? '';
  const delimiter = asked(call, 'delimiter') ?? '';
  const marker = asked(call, 'key-marker') ?? '';
  const maxKeys = count(call, 'max-keys');
  const encode = encoder(call);
  const page = collect(call, bucket.name, { prefix, delimiter, after: marker, maxKeys });
  const owner = ownerOf(caller);
  return xmlAnswer('ListVersionsResult', {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(marker),
    VersionIdMarker: asked(call, 'version-id-marker') ?? '',
    MaxKeys: maxKeys,
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    ...(asked(call, 'encoding-type') === 'url' ? { EncodingType: 'url' } : {}),
    IsTruncated: page.isTruncated,
    ...(page.isTruncated && page.last !== undefined
      ? { NextKeyMarker: encode(page.last), NextVersionIdMarker: 'null' }
      : {}),
    Version: page.objects.map((object) => ({
      ...entryOf(object, encode),
      VersionId: 'null',
      IsLatest: true,
      Owner: owner,
    })),
    CommonPrefixes: page.prefixes.map((one) => ({ Prefix: encode(one) })),
  });
}

function entryOf(
  { key, modifiedAt, etag, size }: ObjectRecord,
  encode: (text: string) => string,
): { readonly [element: string]: Xml } {
  return {
    Key: encode(key),
    LastModified: isoTime(modifiedAt),
    ETag: `"${etag}"`,
    Size: size,
    StorageClass: 'STANDARD',
  };
}

/** One page of keys; keys that have the delimiter after the prefix count once for all that begin alike. */
function collect(
  { store }: S3Call,
  bucket: string,
  wish: { readonly prefix: string; readonly delimiter: string; readonly after: string; readonly maxKeys: number },
): Listing {
  const { prefix, delimiter, after, maxKeys } = wish;
  const sorted = store.records.objects(bucket);
  const keys = sorted.keys();
  const objects: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  let isTruncated = false;
  let index = after < prefix ? sorted.indexFrom(prefix, false) : sorted.indexFrom(after, after !== '');
  for (; index < keys.length; index++) {
    const key = keys[index] ?? '';
    if (!key.startsWith(prefix)) break;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    // A page that ended with a common prefix goes on behind everything below it.
    if (common !== undefined && (common === prefixes.at(-1) || (after !== '' && after.startsWith(common)))) continue;
    if (objects.length + prefixes.length >= maxKeys) {
      isTruncated = maxKeys > 0;
      break;
    }
    last = common ?? key;
    const object = sorted.get(key);
    if (common !== undefined) prefixes.push(common);
    else if (object) objects.push(object);
  }
  return { objects, prefixes, isTruncated, last };
}

/** A number of entries that a client wants at most. */
export function count(call: S3Call, name: string): number {
  const text = asked(call, name);
  if (text === undefined || text === '') return MOST_KEYS;
  const wanted = Number(text);
  if (!/^\d{1,10}$/.test(text) || wanted > 2_147_483_647) {
    throw new S3Error('InvalidArgument', `Provided ${name} not an integer or within integer range`, {
      ArgumentName: name,
      ArgumentValue: text.slice(0, 100),
    });
  }
  return Math.min(wanted, MOST_KEYS);
}

/** Keys may have characters that XML cannot: clients ask for them percent-encoded. */
export function encoder(call: S3Call): (text: string) => string {
  const type = asked(call, 'encoding-type');
  if (type === undefined) return (text) => text;
  if (type !== 'url')
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request', {
      ArgumentName: 'encoding-type',
      ArgumentValue: type.slice(0, 100),
    });
  return (text) => uriEncode(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}

function writeToken(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (!text.startsWith('after:'))
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect', {
      ArgumentName: 'continuation-token',
    });
  return text.slice('after:'.length);
}
