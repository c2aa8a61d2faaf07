import { type V2Hash, v2Hash } from './signature-v2.js';
import { V4_ALGORITHM, type V4Claim } from './signature-v4.js';
import { headerValue, parameter, type SignedRequest } from './signed-request.js';

/** What a request says of its version 2 signature. */
export interface V2Claim {
  readonly accessKey: string;
  readonly signature: string;
  readonly hash: V2Hash;
  /** ISO 8601; either may be absent in a signed URL. */
  readonly timestamp: string | undefined;
  readonly expires: string | undefined;
}

/** The signature of a request, as far as it can be read. */
export type Claim =
  | { readonly version: 4; readonly claim: V4Claim }
  | { readonly version: 2; readonly claim: V2Claim }
  | { readonly version: 'none' }
  /** There is one, but something is missing or cannot be read. */
  | { readonly version: 'incomplete'; readonly message: string };

/** Reads who says to have signed a request, and how; checks nothing. */
export function readClaim(request: SignedRequest): Claim {
  const authorization = headerValue(request, 'authorization');
  if (authorization?.startsWith(V4_ALGORITHM)) return readHeader(request, authorization);
  if (parameter(request, 'X-Amz-Algorithm') !== undefined) return readPresigned(request);
  if (parameter(request, 'AWSAccessKeyId') !== undefined || parameter(request, 'Signature') !== undefined) {
    return readVersion2(request);
  }
  if (authorization !== undefined)
    return { version: 'incomplete', message: `Unsupported authorization type: ${authorization.split(' ')[0]}` };
  return { version: 'none' };
}

function incomplete(message: string): Claim {
  return { version: 'incomplete', message };
}

function readHeader(request: SignedRequest, authorization: string): Claim {
  const parts = new Map<string, string>();
  for (const part of authorization.slice(V4_ALGORITHM.length).split(',')) {
    const at = part.indexOf('=');
    if (at > 0) parts.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  for (const name of ['Credential', 'Signature', 'SignedHeaders']) {
    if (!parts.get(name)) {
      return incomplete(`Authorization header requires '${name}' parameter.`);
    }
  }
  const timestamp =
    headerValue(request, 'x-amz-date') ??
    parameter(request, 'X-Amz-Date') ??
    fromHttpDate(headerValue(request, 'date'));
  if (timestamp === undefined) {
    return incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  return toVersion4({
    credential: parts.get('Credential') ?? '',
    signedHeaders: parts.get('SignedHeaders') ?? '',
    signature: parts.get('Signature') ?? '',
    timestamp,
    expiresIn: undefined,
  });
}

function readPresigned(request: SignedRequest): Claim {
  if (parameter(request, 'X-Amz-Algorithm') !== V4_ALGORITHM) {
    return incomplete('AWS query-string parameters must use the algorithm AWS4-HMAC-SHA256.');
  }
  const values = ['X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature', 'X-Amz-Date'].map(
    (name) => [name, parameter(request, name)] as const,
  );
  const absent = values.find(([, value]) => value === undefined || value === '');
  if (absent)
    return incomplete(
      `AWS query-string parameters must include '${absent[0]}'. Re-examine the query-string parameters.`,
    );
  const [credential = '', signedHeaders = '', signature = '', timestamp = ''] = values.map(([, value]) => value);
  const expiresIn = Number(parameter(request, 'X-Amz-Expires') ?? '900');
  // A week is the most that AWS lets a URL live.
  if (!Number.isInteger(expiresIn) || expiresIn < 0 || expiresIn > 604_800) {
    return incomplete('X-Amz-Expires must be a number of seconds between 0 and 604800.');
  }
  return toVersion4({ credential, signedHeaders, signature, timestamp, expiresIn });
}

interface V4Parts {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly timestamp: string;
  readonly expiresIn: number | undefined;
}

function toVersion4({ credential, signedHeaders, ...rest }: V4Parts): Claim {
  // An access key may hold slashes, what follows it may not.
  const scope = credential.split('/');
  const [date, region, service, end] = scope.splice(-4);
  if (scope.length === 0 || !date || !region || !service || end !== 'aws4_request') {
    return incomplete(
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
        `${credential.replaceAll(/[^\x20-\x7e]/g, '?')}'`,
    );
  }
  if (!/^\d{8}T\d{6}Z$/.test(rest.timestamp)) return incomplete('Date must be in ISO-8601 basic format.');
  if (!rest.timestamp.startsWith(date))
    return incomplete(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.`);
  const headers = signedHeaders.split(';').map((name) => name.trim().toLowerCase());
  // Otherwise a signature for one server would open another.
  if (!headers.includes('host')) return incomplete("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  return { version: 4, claim: { ...rest, accessKey: scope.join('/'), date, region, service, signedHeaders: headers } };
}

function readVersion2(request: SignedRequest): Claim {
  const read = (name: string) => parameter(request, name) || undefined;
  const accessKey = read('AWSAccessKeyId');
  const signature = read('Signature');
  if (accessKey === undefined) return incomplete('Request must contain AWSAccessKeyId.');
  if (signature === undefined) return incomplete('Request must contain a signature that conforms to AWS standards.');
  const version = read('SignatureVersion');
  // Versions 0 and 1 do not sign what they should.
  if (version !== '2') return incomplete(`AWS Signature Version ${version ?? 'missing'} is not supported: use 4 or 2.`);
  const hash = v2Hash(read('SignatureMethod') ?? 'HmacSHA256');
  if (!hash) return incomplete('SignatureMethod must be HmacSHA256 or HmacSHA1.');
  return { version: 2, claim: { accessKey, signature, hash, timestamp: read('Timestamp'), expires: read('Expires') } };
}

function fromHttpDate(date: string | undefined): string | undefined {
  if (date === undefined || /^\d{8}T\d{6}Z$/.test(date)) return date;
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
