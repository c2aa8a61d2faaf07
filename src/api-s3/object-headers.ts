import type { ObjectRecord } from './object-records.js';
import { S3Error } from './s3-error.js';
import { headerOf, queryOf, type S3Request } from './s3-request.js';

const KEPT = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
];
const OVERRIDABLE = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];
const MAX_METADATA_BYTES = 2048;

/** The headers of a request that its object keeps. */
export function keptHeaders(request: S3Request): ObjectRecord['headers'] {
  const kept: { [name: string]: string } = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(',') : value;
    if (name.startsWith('x-amz-meta-')) {
      bytes += Buffer.byteLength(name) - 'x-amz-meta-'.length + Buffer.byteLength(text);
      kept[name] = text;
    } else if (KEPT.includes(name)) {
      const own = name === 'content-encoding' ? withoutChunked(text) : text;
      if (own !== '') kept[name] = own;
    }
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', undefined, {
      Size: String(bytes),
      MaxSizeAllowed: String(MAX_METADATA_BYTES),
    });
  }
  return kept;
}

/** The encoding of the transfer is not one of the object. */
function withoutChunked(text: string): string {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one.toLowerCase() !== 'aws-chunked' && one !== '')
    .join(',');
}

/** Refuses what would change how an object is kept and what we do not do. */
export function refuseUnsupported(request: S3Request): void {
  const storage = headerOf(request, 'x-amz-storage-class');
  if (storage !== undefined && !/^[A-Z_]{1,40}$/.test(storage))
    throw new S3Error('InvalidRequest', 'The storage class you specified is not valid');
  for (const name of [
    'x-amz-server-side-encryption-customer-algorithm',
    'x-amz-object-lock-mode',
    'x-amz-grant-read',
    'x-amz-grant-full-control',
  ]) {
    if (headerOf(request, name) !== undefined) throw new S3Error('NotImplemented', undefined, { Header: name });
  }
  const acl = headerOf(request, 'x-amz-acl');
  if (acl !== undefined && acl !== 'private' && acl !== 'bucket-owner-full-control') {
    throw new S3Error('NotImplemented', 'Objects are never shared with others here.', { Header: 'x-amz-acl' });
  }
}

/** The tags of `x-amz-tagging`. */
export function taggingHeader(request: S3Request): ObjectRecord['tags'] {
  const text = headerOf(request, 'x-amz-tagging');
  const pairs = text === undefined ? [] : [...new URLSearchParams(text)];
  if (pairs.length > 10) throw new S3Error('InvalidTag', 'Object tags cannot be greater than 10');
  return Object.fromEntries(pairs);
}

/** The headers with which an object is given out. */
export function objectHeaders(object: ObjectRecord, request: S3Request): { [name: string]: string } {
  const overrides: { [name: string]: string } = {};
  for (const name of OVERRIDABLE) {
    const value = queryOf(request, `response-${name}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no header may have them
    if (value !== undefined) overrides[name] = value.replaceAll(/[\u0000-\u001f\u007f-\uffff]/g, '');
  }
  return {
    'content-type': 'binary/octet-stream',
    ...object.headers,
    ...overrides,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
    'x-amz-server-side-encryption': 'AES256',
    ...(Object.keys(object.tags).length > 0 ? { 'x-amz-tagging-count': String(Object.keys(object.tags).length) } : {}),
    ...(headerOf(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' ? object.checksums : {}),
  };
}
