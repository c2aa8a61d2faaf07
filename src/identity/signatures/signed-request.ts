import { createHash } from 'node:crypto';

/** A request as it came over the wire, as far as signatures speak of it. */
export interface SignedRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** Decoded pairs of the query. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Decoded pairs of a form body; version 2 signs them too. */
  readonly form?: readonly (readonly [name: string, value: string])[];
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** What version 4 signs for the body: `sha256Hex` of it, or for S3 the word of `x-amz-content-sha256`. */
  readonly bodyHash: string;
}

/** The hash of a body in the form that version 4 signs. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The value of a header; several are joined as version 4 wants it. */
export function headerValue(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return value === undefined || typeof value === 'string' ? value : value.join(',');
}

/** The value of a parameter in the query or the form. */
export function parameter(request: SignedRequest, name: string): string | undefined {
  return (request.query.find(([key]) => key === name) ?? request.form?.find(([key]) => key === name))?.[1];
}
