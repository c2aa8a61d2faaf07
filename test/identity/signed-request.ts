import { v4CanonicalRequest, v4Signature } from '../../src/identity/signatures/signature-v4.js';
import { type SignedRequest, sha256Hex } from '../../src/identity/signatures/signed-request.js';

/** A form of CloudFormation's API, signed by version 4 at the given time. */
export function signedRequest(accessKey: string, secret: string, now: number): SignedRequest {
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const claim = {
    accessKey,
    date: timestamp.slice(0, 8),
    region: 'RegionOne',
    service: 'cloudformation',
    signedHeaders: ['host', 'x-amz-date'],
    signature: '',
    timestamp,
    expiresIn: undefined,
  };
  const form: [string, string][] = [['Action', 'ListStacks']];
  const headers = { host: 'heat:8000', 'x-amz-date': timestamp };
  const request: SignedRequest = {
    method: 'POST',
    path: '/v1/',
    query: [],
    form,
    headers,
    bodyHash: sha256Hex('Action=ListStacks'),
  };
  const signature = v4Signature(secret, claim, v4CanonicalRequest(request, claim, '/v1/'));
  const scope = `${accessKey}/${claim.date}/RegionOne/cloudformation/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
}
