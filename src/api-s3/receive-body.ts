import { createHash } from 'node:crypto';
import { CHECKSUM_NAMES, type Checksum, type ChecksumName, createChecksum } from './checksums.js';
import { readChunks } from './chunked-body.js';
import { S3Error } from './s3-error.js';
import { headerOf, type S3Request } from './s3-request.js';
import type { S3Signer } from './s3-signature.js';

/** A body that is on its way: read it to its end, then ask for what was promised of it. */
export interface ReceivedBody {
  /** Throws an S3Error while it is read when it is not what its headers and signature say. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Checksums that were checked, by header name; complete when the body has been read. */
  readonly checksums: ReadonlyMap<string, string>;
}

const PREFIX = 'x-amz-checksum-';

/** Opens the body of a request, in whatever way it is sent. */
export function receiveBody(request: S3Request, signer: S3Signer, maxBytes: number): ReceivedBody {
  const { payload } = signer;
  const isChunked =
    payload.startsWith('STREAMING-') || /aws-chunked/i.test(headerOf(request, 'content-encoding') ?? '');
  const length = lengthOf(request, isChunked, maxBytes);
  const declared = new Map<string, string>();
  for (const name of CHECKSUM_NAMES) {
    const value = headerOf(request, `${PREFIX}${name}`);
    if (value !== undefined) declared.set(`${PREFIX}${name}`, value);
  }
  const trailers = new Map<string, string>();
  const promised = (headerOf(request, 'x-amz-trailer') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const raw = isChunked
    ? readChunks(request.body, {
        ...(payload.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD') ? { signer: signer.chunks } : {}),
        hasTrailer: payload.endsWith('-TRAILER'),
        trailer: (name, value) => trailers.set(name, value),
      })
    : (request.body as AsyncIterable<Buffer>);
  const sums = startSums([...declared.keys(), ...promised]);
  const sha256 = /^[0-9a-f]{64}$/.test(payload) ? createHash('sha256') : undefined;
  const md5Header = headerOf(request, 'content-md5');
  const md5 = md5Header === undefined ? undefined : createHash('md5');
  if (md5Header !== undefined && Buffer.from(md5Header, 'base64').length !== 16)
    throw new S3Error('InvalidDigest', undefined, { 'Content-MD5': md5Header });
  const checksums = new Map<string, string>();

  async function* checked(): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const piece of raw) {
      size += piece.length;
      if (size > maxBytes) throw tooLarge(size, maxBytes);
      sha256?.update(piece);
      md5?.update(piece);
      for (const sum of sums.values()) sum.update(piece);
      yield piece;
    }
    if (length !== undefined && size !== length) throw new S3Error('IncompleteBody');
    if (sha256 && sha256.digest('hex') !== payload)
      throw new S3Error('XAmzContentSHA256Mismatch', undefined, { ClientComputedContentSHA256: payload });
    if (md5 && md5.digest('base64') !== md5Header)
      throw new S3Error('BadDigest', undefined, { ExpectedDigest: md5Header ?? '' });
    for (const [name, sum] of sums) {
      const value = sum.digest();
      const expected = declared.get(name) ?? trailers.get(name);
      if (expected === undefined) throw new S3Error('InvalidRequest', `The trailer ${name} is missing.`);
      if (expected !== value)
        throw new S3Error(
          'BadDigest',
          `The ${name.slice(PREFIX.length).toUpperCase()} you specified did not match the calculated checksum.`,
        );
      checksums.set(name, value);
    }
  }

  return { bytes: checked(), checksums };
}

function startSums(names: readonly string[]): Map<string, Checksum> {
  const sums = new Map<string, Checksum>();
  for (const name of names) {
    if (!name.startsWith(PREFIX)) continue;
    const algorithm = CHECKSUM_NAMES.find((one) => name === `${PREFIX}${one}`);
    if (algorithm) sums.set(name, createChecksum(algorithm satisfies ChecksumName));
  }
  return sums;
}

/** The bytes that the body itself has; undefined if nobody says. */
function lengthOf(request: S3Request, isChunked: boolean, maxBytes: number): number | undefined {
  const text = isChunked
    ? (headerOf(request, 'x-amz-decoded-content-length') ?? undefined)
    : headerOf(request, 'content-length');
  if (text === undefined) {
    const hasNone = headerOf(request, 'transfer-encoding') === undefined && request.method !== 'PUT';
    if (hasNone) return 0;
    throw new S3Error('MissingContentLength');
  }
  const length = Number(text);
  if (!/^\d{1,15}$/.test(text.trim())) throw new S3Error('InvalidArgument', 'The length of the body is not a number.');
  if (length > maxBytes) throw tooLarge(length, maxBytes);
  return length;
}

function tooLarge(size: number, maxBytes: number): S3Error {
  return new S3Error('EntityTooLarge', undefined, { ProposedSize: String(size), MaxSizeAllowed: String(maxBytes) });
}

/** A small body as text: the XML of requests. */
export async function receiveText(request: S3Request, signer: S3Signer, maxBytes = 2 * 1024 * 1024): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of receiveBody(request, signer, maxBytes).bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
