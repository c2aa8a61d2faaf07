import type { Caller } from '../engine/stacks/requests.js';
import { readClaim } from '../identity/signatures/claim.js';
import { type SignedRequest, sha256Hex } from '../identity/signatures/signed-request.js';
import { type SignatureFailure, verifySignature } from '../identity/signatures/verify-signature.js';
import type { CfnRequest } from './api-types.js';
import { CfnError } from './protocol/cfn-error.js';
import { parsePairs } from './protocol/form.js';

/** What authentication by signatures needs. */
export interface SignatureSource {
  /** The secret of an access key and whom it speaks for; undefined if there is no such key. */
  accessKey(accessKeyId: string): Promise<{ readonly secret: string; readonly caller: Caller } | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The region that is meant where the signature names none (version 2); the holder's own if absent. */
  readonly region?: string;
  /** Five minutes if absent. */
  readonly clockSkewMs?: number;
}

const STATUS: { readonly [code in SignatureFailure]: number } = {
  MissingAuthenticationToken: 403,
  IncompleteSignature: 400,
  InvalidClientTokenId: 403,
  SignatureDoesNotMatch: 403,
  RequestExpired: 403,
};

/** Authenticates by AWS's signatures. The caller's region is the one of the signature's scope, where it has one. */
export function createSignatureAuthentication(source: SignatureSource): (request: CfnRequest) => Promise<Caller> {
  return async (request) => {
    const signed = toSigned(request);
    const holders = new Map<string, Caller>();
    const verdict = await verifySignature(
      signed,
      async (accessKey) => {
        const holder = await source.accessKey(accessKey);
        if (holder) holders.set(accessKey, holder.caller);
        return holder?.secret;
      },
      {
        now: source.now(),
        // Addresses that stacks hand out for signals have no time in them and hold as long as their key.
        timeRequired: !isSignalRoute(request.route),
        ...(source.clockSkewMs === undefined ? {} : { clockSkewMs: source.clockSkewMs }),
      },
    );
    if (!verdict.ok) throw new CfnError(verdict.code, verdict.message, STATUS[verdict.code]);
    const caller = holders.get(verdict.accessKey);
    if (!caller)
      throw new CfnError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
    const claim = readClaim(signed);
    return {
      ...caller,
      origin: 'cfn',
      region: claim.version === 4 ? claim.claim.region : (source.region ?? caller.region),
    };
  };
}

/** True for the addresses to which resources are signalled. */
export function isSignalRoute(route: string): boolean {
  return /^\/(?:v1\/)?(?:signal|waitcondition)\//.test(route);
}

function toSigned(request: CfnRequest): SignedRequest {
  const { method, path, headers, body = '' } = request;
  const contentType = String(headers['content-type'] ?? '');
  const isForm = method === 'POST' && /^application\/x-www-form-urlencoded/i.test(contentType);
  return {
    method,
    path,
    query: parsePairs(request.query),
    ...(isForm ? { form: parsePairs(body.toString()) } : {}),
    headers,
    bodyHash: sha256Hex(body),
  };
}
