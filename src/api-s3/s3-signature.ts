import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../engine/stacks/requests.js';
import { uriEncode } from '../identity/signatures/canonical.js';
import { readClaim } from '../identity/signatures/claim.js';
import { type V4Claim, v4CanonicalRequest, v4Signature, v4SigningKey } from '../identity/signatures/signature-v4.js';
import type { SignedRequest } from '../identity/signatures/signed-request.js';
import { S3Error } from './s3-error.js';
import { headerOf, type S3Request } from './s3-request.js';
import { type OldClaim, oldSignatures, readOldClaim } from './s3-signature-v2.js';

/** Finds the secret of an access key and whom it speaks for. */
export type AccessKeySource = (
  accessKeyId: string,
) => Promise<{ readonly secret: string; readonly caller: Caller } | undefined>;

/** A request whose signature is good. */
export interface S3Signer {
  readonly caller: Caller;
  /** What the signature says of the body: a SHA-256 in hexadecimal, or one of S3's words. */
  readonly payload: string;
  /** Signs the chunks of a body that is sent in signed chunks. */
  readonly chunks: ChunkSigner;
}

/** The chain of signatures over the chunks of one body. */
export interface ChunkSigner {
  /** True if this is the signature of the next chunk with the given hash. */
  accepts(signature: string, hash: string): boolean;
  /** True if this is the signature of the trailer after the last chunk. */
  acceptsTrailer(signature: string, hash: string): boolean;
}

/** S3 lets clocks be this far apart. */
const SKEW_MS = 15 * 60_000;
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const WORDS = /^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/;

/** What checking signatures needs besides the request. */
export interface SignatureCheck {
  readonly accessKey: AccessKeySource;
  readonly now: number;
  /** The path that the endpoint lies under. */
  readonly mount: string;
}

/** Checks the signature of a request, in the header or in the address. Throws an S3Error with S3's code. */
export async function authenticateS3(request: S3Request, check: SignatureCheck): Promise<S3Signer> {
  const old = readOldClaim(request);
  if (old) return authenticateOld(request, old, check);
  const { accessKey, now } = check;
  const payload = payloadOf(request);
  const signed: SignedRequest = {
    method: request.method,
    path: request.path,
    query: request.query,
    headers: request.headers,
    bodyHash: payload,
  };
  const read = readClaim(signed);
  if (read.version === 'none') throw new S3Error('AccessDenied');
  if (read.version !== 4) {
    throw new S3Error('AuthorizationHeaderMalformed', read.version === 2 ? undefined : read.message);
  }
  const { claim } = read;
  if (claim.service !== 's3') {
    throw new S3Error(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; incorrect service "${claim.service}". This endpoint belongs to "s3".`,
    );
  }
  const holder = await accessKey(claim.accessKey);
  if (!holder) throw new S3Error('InvalidAccessKeyId', undefined, { AWSAccessKeyId: claim.accessKey });
  if (!isGenuine(signed, claim, holder.secret))
    throw new S3Error('SignatureDoesNotMatch', undefined, { AWSAccessKeyId: claim.accessKey });
  checkTime(claim, now);
  if (holder.caller.stackId !== undefined) throw new S3Error('AccessDenied');
  return {
    caller: { ...holder.caller, origin: 'cfn', region: claim.region },
    payload,
    chunks: createChunkSigner(claim, holder.secret),
  };
}

/** Addresses that older clients sign have no region and say nothing of bodies. */
async function authenticateOld(
  request: S3Request,
  claim: OldClaim,
  { accessKey, now, mount }: SignatureCheck,
): Promise<S3Signer> {
  const holder = await accessKey(claim.accessKey);
  if (!holder) throw new S3Error('InvalidAccessKeyId', undefined, { AWSAccessKeyId: claim.accessKey });
  if (!oldSignatures(holder.secret, request, mount, claim).some((one) => isSame(one, claim.signature))) {
    throw new S3Error('SignatureDoesNotMatch', undefined, { AWSAccessKeyId: claim.accessKey });
  }
  if (claim.expires !== undefined && now > claim.expires * 1000) {
    throw new S3Error('AccessDenied', 'Request has expired', {
      Expires: new Date(claim.expires * 1000).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
  if (claim.signedAt !== undefined && Math.abs(now - claim.signedAt) > SKEW_MS)
    throw new S3Error('RequestTimeTooSkewed');
  if (holder.caller.stackId !== undefined) throw new S3Error('AccessDenied');
  const refuse = () => false;
  return {
    caller: { ...holder.caller, origin: 'cfn' },
    payload: 'UNSIGNED-PAYLOAD',
    chunks: { accepts: refuse, acceptsTrailer: refuse },
  };
}

function payloadOf(request: S3Request): string {
  const given = headerOf(request, 'x-amz-content-sha256');
  if (given !== undefined) {
    if (!WORDS.test(given) && !/^[0-9a-f]{64}$/.test(given)) {
      throw new S3Error(
        'InvalidArgument',
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.',
        {
          ArgumentName: 'x-amz-content-sha256',
          ArgumentValue: given.slice(0, 100),
        },
      );
    }
    return given;
  }
  if (headerOf(request, 'authorization') === undefined) return 'UNSIGNED-PAYLOAD';
  const length = Number(headerOf(request, 'content-length') ?? '0');
  if (length === 0) return EMPTY_HASH;
  throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
}

/** S3 signs paths encoded once; some clients sign what they sent, others what they should have sent. */
function isGenuine(request: SignedRequest, claim: V4Claim, secret: string): boolean {
  const host = String(request.headers.host ?? '');
  const paths = new Set([request.path, encodedOnce(request.path)]);
  const hosts = new Set([host, host.replace(/:\d+$/, '')]);
  // An address that was signed does not say what its body will be.
  const hashes = claim.expiresIn === undefined ? [request.bodyHash] : [request.bodyHash, 'UNSIGNED-PAYLOAD'];
  for (const path of paths) {
    for (const name of hosts) {
      for (const bodyHash of new Set(hashes)) {
        const expected = v4Signature(secret, claim, v4CanonicalRequest({ ...request, bodyHash }, claim, path, name));
        if (isSame(expected, claim.signature)) return true;
      }
    }
  }
  return false;
}

function encodedOnce(path: string): string {
  try {
    return path
      .split('/')
      .map((part) => uriEncode(decodeURIComponent(part)))
      .join('/');
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}

function checkTime({ timestamp, expiresIn }: V4Claim, now: number): void {
  const signedAt = Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(signedAt))
    throw new S3Error('AuthorizationHeaderMalformed', 'The date of the authorization header is malformed.');
  const details = {
    RequestTime: timestamp,
    ServerTime: new Date(now).toISOString(),
    MaxAllowedSkewMilliseconds: String(SKEW_MS),
  };
  if (expiresIn === undefined) {
    if (Math.abs(now - signedAt) > SKEW_MS) throw new S3Error('RequestTimeTooSkewed', undefined, details);
    return;
  }
  if (signedAt > now + SKEW_MS) throw new S3Error('AccessDenied', 'Request is not valid yet');
  const until = signedAt + expiresIn * 1000;
  if (now > until) {
    throw new S3Error('AccessDenied', 'Request has expired', {
      'X-Amz-Expires': String(expiresIn),
      Expires: new Date(until).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
}

function createChunkSigner(claim: V4Claim, secret: string): ChunkSigner {
  const key = v4SigningKey(secret, claim.date, claim.region, claim.service);
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  let previous = claim.signature;
  const next = (algorithm: string, hashes: readonly string[], signature: string): boolean => {
    const text = [algorithm, claim.timestamp, scope, previous, ...hashes].join('\n');
    const expected = createHmac('sha256', key).update(text).digest('hex');
    previous = expected;
    return isSame(expected, signature);
  };
  return {
    accepts: (signature, hash) => next('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_HASH, hash], signature),
    acceptsTrailer: (signature, hash) => next('AWS4-HMAC-SHA256-TRAILER', [hash], signature),
  };
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
