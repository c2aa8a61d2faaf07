import { createHmac } from 'node:crypto';
import { canonicalHeaderValue, canonicalQuery } from './canonical.js';
import { headerValue, type SignedRequest, sha256Hex } from './signed-request.js';

/** What a request says of its version 4 signature. */
export interface V4Claim {
  readonly accessKey: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  /** Seconds of life of a presigned URL; undefined for the header form. */
  readonly expiresIn: number | undefined;
}

/** The algorithm's name in headers and queries. */
export const V4_ALGORITHM = 'AWS4-HMAC-SHA256';

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The key that signs one day's requests to one service in one region. */
export function v4SigningKey(secret: string, date: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
}

/** The text whose hash is signed. */
export function v4CanonicalRequest(request: SignedRequest, claim: V4Claim, path: string, host?: string): string {
  const query = request.query.filter(([name]) => name !== 'X-Amz-Signature' || claim.expiresIn === undefined);
  const headers = claim.signedHeaders.map((name) => {
    const value = name === 'host' && host !== undefined ? host : (headerValue(request, name) ?? '');
    const values = Array.isArray(request.headers[name]) ? (request.headers[name] as string[]) : [value];
    return `${name}:${values.map(canonicalHeaderValue).join(',')}\n`;
  });
  return [
    request.method.toUpperCase(),
    path,
    canonicalQuery(query),
    headers.join(''),
    claim.signedHeaders.join(';'),
    request.bodyHash,
  ].join('\n');
}

/** What is signed: algorithm, time, scope and the canonical request's hash. */
export function v4StringToSign(claim: V4Claim, canonicalRequest: string): string {
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  return [V4_ALGORITHM, claim.timestamp, scope, sha256Hex(canonicalRequest)].join('\n');
}

/** The signature that the holder of the secret would have made. */
export function v4Signature(secret: string, claim: V4Claim, canonicalRequest: string): string {
  const key = v4SigningKey(secret, claim.date, claim.region, claim.service);
  return hmac(key, v4StringToSign(claim, canonicalRequest)).toString('hex');
}
