import { timingSafeEqual } from 'node:crypto';
import { canonicalPaths } from './canonical.js';
import { readClaim, type V2Claim } from './claim.js';
import { v2Signature } from './signature-v2.js';
import { type V4Claim, v4CanonicalRequest, v4Signature } from './signature-v4.js';
import { headerValue, type SignedRequest } from './signed-request.js';

/** Why a signature is not accepted, in AWS's words. */
export type SignatureFailure =
  | 'MissingAuthenticationToken'
  | 'IncompleteSignature'
  | 'InvalidClientTokenId'
  | 'SignatureDoesNotMatch'
  | 'RequestExpired';

/** Who signed, or why it does not count. The messages are AWS's. */
export type SignatureVerdict =
  | { readonly ok: true; readonly accessKey: string; readonly version: 2 | 4 }
  | { readonly ok: false; readonly code: SignatureFailure; readonly message: string };

/** Against which clock signatures are checked, and how strictly. */
export interface VerifyOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How far clocks may be apart; 5 minutes if absent. */
  readonly clockSkewMs?: number;
  /** False for signed URLs of ours, which have no time in them and hold as long as their key. */
  readonly timeRequired?: boolean;
}

/** The secret of an access key; undefined if there is no such key. */
export type SecretLookup = (accessKey: string) => Promise<string | undefined>;

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and ' +
  'signing method. Consult the service documentation for details.';

/** Checks a request's signature: version 4 in the header or the query, or version 2. Never throws on bad input. */
export async function verifySignature(
  request: SignedRequest,
  lookupSecret: SecretLookup,
  options: VerifyOptions,
): Promise<SignatureVerdict> {
  const read = readClaim(request);
  if (read.version === 'none') return refuse('MissingAuthenticationToken', 'Request is missing Authentication Token');
  if (read.version === 'incomplete') return refuse('IncompleteSignature', read.message);
  const { accessKey } = read.claim;
  const secret = await lookupSecret(accessKey);
  if (secret === undefined) {
    return refuse('InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  const isGenuine =
    read.version === 4 ? isGenuineV4(request, read.claim, secret) : isGenuineV2(request, read.claim, secret);
  if (!isGenuine) return refuse('SignatureDoesNotMatch', MISMATCH);
  // Only now: who does not know the secret learns nothing about our clock.
  const late = read.version === 4 ? checkTimeV4(read.claim, options) : checkTimeV2(read.claim, options);
  return late ?? { ok: true, accessKey, version: read.version };
}

function refuse(code: SignatureFailure, message: string): SignatureVerdict {
  return { ok: false, code, message };
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The host as sent and, since some libraries sign it so, without its port. */
function hosts(request: SignedRequest): string[] {
  const host = headerValue(request, 'host') ?? '';
  return [...new Set([host, host.replace(/:\d+$/, '')])];
}

function isGenuineV4(request: SignedRequest, claim: V4Claim, secret: string): boolean {
  return hosts(request).some((host) =>
    canonicalPaths(request.path).some((path) =>
      sameText(v4Signature(secret, claim, v4CanonicalRequest(request, claim, path, host)), claim.signature),
    ),
  );
}

function isGenuineV2(request: SignedRequest, claim: V2Claim, secret: string): boolean {
  const parameters = [...request.query, ...(request.form ?? [])].filter(([name]) => name !== 'Signature');
  return hosts(request).some((host) =>
    sameText(
      v2Signature(secret, { method: request.method, host, path: request.path, parameters }, claim.hash),
      claim.signature,
    ),
  );
}

function checkTimeV4(claim: V4Claim, { now, clockSkewMs = 300_000 }: VerifyOptions): SignatureVerdict | undefined {
  const signedAt = parseBasicTime(claim.timestamp);
  if (Number.isNaN(signedAt)) return refuse('IncompleteSignature', 'Date must be in ISO-8601 basic format.');
  const minutes = Math.round(clockSkewMs / 60_000);
  if (claim.expiresIn !== undefined) {
    if (signedAt > now + clockSkewMs) return refuse('RequestExpired', 'Request is not yet valid.');
    return now > signedAt + claim.expiresIn * 1000 ? refuse('RequestExpired', 'Request has expired.') : undefined;
  }
  if (signedAt < now - clockSkewMs) {
    return refuse(
      'SignatureDoesNotMatch',
      `Signature expired: ${claim.timestamp} is now earlier than ${basicTime(now - clockSkewMs)} (${basicTime(now)} - ${minutes} min.)`,
    );
  }
  if (signedAt > now + clockSkewMs) {
    return refuse(
      'SignatureDoesNotMatch',
      `Signature not yet current: ${claim.timestamp} is still later than ${basicTime(now + clockSkewMs)} (${basicTime(now)} + ${minutes} min.)`,
    );
  }
  return undefined;
}

function checkTimeV2(
  claim: V2Claim,
  { now, clockSkewMs = 300_000, timeRequired = true }: VerifyOptions,
): SignatureVerdict | undefined {
  if (claim.expires !== undefined) {
    const until = parseTime(claim.expires);
    return Number.isNaN(until) || now > until ? refuse('RequestExpired', 'Request has expired.') : undefined;
  }
  if (claim.timestamp === undefined) {
    return timeRequired
      ? refuse('IncompleteSignature', 'Request must contain either Timestamp or Expires.')
      : undefined;
  }
  const signedAt = parseTime(claim.timestamp);
  if (Number.isNaN(signedAt)) return refuse('IncompleteSignature', 'Timestamp must be in ISO-8601 format.');
  return Math.abs(now - signedAt) > clockSkewMs ? refuse('RequestExpired', 'Request has expired.') : undefined;
}

/** Times without a zone are UTC. */
function parseTime(text: string): number {
  if (/^\d{8}T\d{6}Z$/.test(text)) return parseBasicTime(text);
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
}

function parseBasicTime(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function basicTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
