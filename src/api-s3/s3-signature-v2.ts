import { createHmac } from 'node:crypto';
import { headerOf, queryOf, type S3Request } from './s3-request.js';

/** What a request says of a signature of S3's first version. */
export interface OldClaim {
  readonly accessKey: string;
  readonly signature: string;
  /** Seconds since the epoch, of addresses that were signed; undefined for signed headers. */
  readonly expires: number | undefined;
  /** Milliseconds since the epoch; of signed headers. */
  readonly signedAt: number | undefined;
}

/** The parameters of a query that are signed with the path. */
const SIGNED = new Set([
  ...[
    'acl',
    'cors',
    'delete',
    'lifecycle',
    'location',
    'logging',
    'notification',
    'partNumber',
    'policy',
    'requestPayment',
    'restore',
  ],
  ...['tagging', 'torrent', 'uploadId', 'uploads', 'versionId', 'versioning', 'versions', 'website', 'accelerate'],
  ...[
    'response-cache-control',
    'response-content-disposition',
    'response-content-encoding',
    'response-content-language',
  ],
  ...['response-content-type', 'response-expires'],
]);

/** Reads who says to have signed; undefined if nobody does in this version. */
export function readOldClaim(request: S3Request): OldClaim | undefined {
  const header = /^AWS ([^:\s]+):(\S+)$/.exec(headerOf(request, 'authorization') ?? '');
  if (header) {
    const signedAt = Date.parse(headerOf(request, 'x-amz-date') ?? headerOf(request, 'date') ?? '');
    return {
      accessKey: header[1] ?? '',
      signature: header[2] ?? '',
      expires: undefined,
      signedAt: Number.isNaN(signedAt) ? 0 : signedAt,
    };
  }
  const accessKey = queryOf(request, 'AWSAccessKeyId');
  const signature = queryOf(request, 'Signature');
  const expires = queryOf(request, 'Expires');
  if (accessKey === undefined || signature === undefined || expires === undefined) return undefined;
  return { accessKey, signature, expires: /^\d{1,12}$/.test(expires) ? Number(expires) : 0, signedAt: undefined };
}

/** The signatures that the holder of the secret may have made: over the path as sent, or below our own address. */
export function oldSignatures(secret: string, request: S3Request, mount: string, { expires }: OldClaim): string[] {
  const amz = Object.entries(request.headers)
    .filter(([name]) => name.startsWith('x-amz-'))
    .map(([name, value]) => `${name}:${String(value).trim()}\n`)
    .sort()
    .join('');
  const date = expires ?? (headerOf(request, 'x-amz-date') === undefined ? (headerOf(request, 'date') ?? '') : '');
  const head = [
    request.method,
    headerOf(request, 'content-md5') ?? '',
    headerOf(request, 'content-type') ?? '',
    date,
  ].join('\n');
  const signed = request.query
    .filter(([name]) => SIGNED.has(name))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .sort();
  const query = signed.length === 0 ? '' : `?${signed.join('&')}`;
  const below = request.path.startsWith(mount) ? request.path.slice(mount.length) : request.path;
  return [...new Set([request.path, below])].map((path) =>
    createHmac('sha1', secret).update(`${head}\n${amz}${path}${query}`).digest('base64'),
  );
}
