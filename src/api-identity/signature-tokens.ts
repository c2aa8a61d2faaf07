import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Json, JsonMap } from '../engine/model/value.js';
import { ec2CredentialId } from '../identity/credentials.js';
import type { Identity } from '../identity/identity.js';
import { missing, notFound, unauthorized } from '../identity/identity-error.js';
import { v4SigningKey } from '../identity/signatures/signature-v4.js';
import { type SignedRequest, sha256Hex } from '../identity/signatures/signed-request.js';
import { verifySignature } from '../identity/signatures/verify-signature.js';
import type { Call, Reply, Routes } from './api-types.js';
import type { PolicyAction } from './policy.js';
import { tokenView } from './token-view.js';

/** How old a signed request may be: Keystone's `auth_ttl`. */
const SIGNATURE_LIFETIME_MS = 15 * 60_000;

function isJsonMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textMap(value: Json | undefined): [string, string][] {
  if (!isJsonMap(value)) return [];
  return Object.entries(value).map(([name, entry]) => [name, typeof entry === 'string' ? entry : String(entry ?? '')]);
}

/** The request that was signed, as a service describes it to us. */
function describedRequest(credentials: JsonMap): SignedRequest {
  const text = (name: string) => (typeof credentials[name] === 'string' ? credentials[name] : '');
  const headers = textMap(credentials.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const method = text('verb') || 'GET';
  const params = textMap(credentials.params);
  const isPost = method.toUpperCase() === 'POST';
  const isVersion2 = params.some(([name, value]) => name === 'SignatureVersion' && value === '2');
  // Version 4 covers the parameters of a POST by the hash of its body, version 2 as parameters.
  const query = isPost && !isVersion2 && headers.some(([name]) => name === 'authorization') ? [] : params;
  const signed = params.some(([name]) => name === 'Signature')
    ? []
    : ([['Signature', text('signature')]] as [string, string][]);
  return {
    method,
    path: text('path') || '/',
    query: isVersion2 ? [...query, ...signed] : query,
    headers: { host: text('host'), ...Object.fromEntries(headers) },
    bodyHash: text('body_hash') || sha256Hex(''),
  };
}

function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The signature over a text that the object store has prepared. */
function objectStoreSignature(text: string, secret: string): string | undefined {
  if (!text.startsWith('AWS4')) return createHmac('sha1', secret).update(text).digest('base64');
  const [algorithm, , scope = '', ...rest] = text.split('\n');
  const [date = '', region = '', service = '', end, ...more] = scope.split('/');
  const isKnown = algorithm === 'AWS4-HMAC-SHA256' && rest.length === 1 && more.length === 0;
  if (!isKnown || end !== 'aws4_request' || !['s3', 'iam', 'sts'].includes(service)) return undefined;
  return createHmac('sha256', v4SigningKey(secret, date, region, service))
    .update(text)
    .digest('hex');
}

/** `/v3/ec2tokens` and `/v3/s3tokens`: other services let us check a signature and get a token for who made it. */
export function signatureTokenRoutes(identity: Identity, now: () => number): Routes {
  async function answer(
    call: Call,
    action: PolicyAction,
    isGenuine: (given: JsonMap, secret: string) => Promise<boolean>,
  ): Promise<Reply> {
    await call.enforce(action);
    if (Object.keys(call.body).length === 0) throw missing('a request body', 'request');
    const given = [call.body.credentials, call.body.credential, call.body.ec2Credentials].find(isJsonMap);
    const access = given?.access;
    if (!given || typeof access !== 'string') throw unauthorized();
    const pair = await identity.credentials.findEc2(access);
    if (!pair) throw notFound('credential', ec2CredentialId(access));
    if (!(await isGenuine(given, pair.secret))) throw unauthorized();
    const issued = await identity.issueForAccessKey(access);
    if (!issued) throw unauthorized();
    const body = await tokenView(identity, issued.token, { baseUrl: call.baseUrl, withCatalog: true });
    return { status: 200, body, headers: { 'X-Subject-Token': issued.text } };
  }

  return {
    '/v3/ec2tokens': {
      POST: (call) =>
        answer(call, 'ec2tokens_validate', async (given, secret) => {
          const verdict = await verifySignature(describedRequest(given), async () => secret, {
            now: now(),
            clockSkewMs: SIGNATURE_LIFETIME_MS,
            timeRequired: false,
          });
          return verdict.ok && verdict.accessKey === given.access;
        }),
    },
    '/v3/s3tokens': {
      POST: (call) =>
        answer(call, 's3tokens_validate', async (given, secret) => {
          const { token, signature } = given;
          if (typeof token !== 'string' || typeof signature !== 'string') return false;
          const expected = objectStoreSignature(Buffer.from(token, 'base64url').toString('utf8'), secret);
          return expected !== undefined && isSame(expected, signature);
        }),
    },
  };
}
