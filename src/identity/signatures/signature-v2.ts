import { createHmac } from 'node:crypto';
import { canonicalQuery } from './canonical.js';

/** What version 2 signs. */
export interface V2Request {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** All parameters but the signature. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** The two hashes that version 2 knows. */
export type V2Hash = 'sha256' | 'sha1';

/** The hash behind a `SignatureMethod`; undefined for others. */
export function v2Hash(signatureMethod: string): V2Hash | undefined {
  if (signatureMethod === 'HmacSHA256') return 'sha256';
  return signatureMethod === 'HmacSHA1' ? 'sha1' : undefined;
}

/** The text that version 2 signs: verb, host, path and sorted parameters, each on a line. */
export function v2StringToSign({ method, host, path, parameters }: V2Request): string {
  return [method.toUpperCase(), host.toLowerCase(), path === '' ? '/' : path, canonicalQuery(parameters)].join('\n');
}

/** The signature that the holder of the secret would have made, in base64. */
export function v2Signature(secret: string, request: V2Request, hash: V2Hash): string {
  return createHmac(hash, secret).update(v2StringToSign(request)).digest('base64');
}

/** What a signed URL is made of. */
export interface UrlToSign {
  readonly method: string;
  /** Without a query. */
  readonly url: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly accessKey: string;
  readonly secret: string;
}

/**
 * A URL that its holder may call in the name of the key's user: what wait handles and scaling policies hand out.
 * As Heat's, it has no time in it and so holds until the user or the key is gone.
 */
export function signUrl({ method, url, parameters = {}, accessKey, secret }: UrlToSign): string {
  const { origin, host, pathname } = new URL(url);
  const all: [string, string][] = [
    ...Object.entries(parameters),
    ['AWSAccessKeyId', accessKey],
    ['SignatureMethod', 'HmacSHA256'],
    ['SignatureVersion', '2'],
  ];
  const signature = v2Signature(secret, { method, host, path: pathname, parameters: all }, 'sha256');
  return `${origin}${pathname}?${canonicalQuery([...all, ['Signature', signature]])}`;
}
