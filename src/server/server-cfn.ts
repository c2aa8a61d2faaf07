import type { RequestHandler } from 'express';
import { AWS_LIMITS, type CfnApiDeps, type CfnRequest } from '../api-cfn/api-types.js';
import { createSignatureAuthentication } from '../api-cfn/authenticate.js';
import { createCfnApi } from '../api-cfn/cfn-api.js';
import { createCfnHandler } from '../api-cfn/cfn-handler.js';
import { CfnError } from '../api-cfn/protocol/cfn-error.js';
import { parsePairs } from '../api-cfn/protocol/form.js';
import { stackSetRunner } from '../api-cfn/stack-sets/stack-set-runner.js';
import type { Engine } from '../create-engine.js';
import { DEFAULT_ENGINE_LIMITS } from '../engine/operations/engine-parts.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { KeystoneProxy } from '../identity/keystone-proxy.js';
import { readClaim } from '../identity/signatures/claim.js';
import { type SignedRequest, sha256Hex } from '../identity/signatures/signed-request.js';
import { findCloudResources } from '../outside/cloud-resources.js';
import { listTypes, loadSchema } from '../resources/catalogue/catalogue.js';
import { createAccountCallers } from './account-callers.js';
import { DEFAULT_AWS_REGION, given, inMs, type ServerConfig } from './config.js';
import type { ServerIdentity } from './server-identity.js';

/** CloudFormation's API over the engine, as a handler for `/cfn`. */
export function createCfn(
  engine: Engine,
  identity: ServerIdentity,
  { cfn = {}, limits = {}, region = {} }: ServerConfig,
  reportBug: CfnApiDeps['reportBug'],
  fetchText: CfnApiDeps['fetchTemplate'],
): RequestHandler {
  const apiLimits = {
    ...AWS_LIMITS,
    maxStacks: limits.stacks_per_project ?? DEFAULT_ENGINE_LIMITS.maxStacksPerProject,
    ...given({ maxTemplateBodyBytes: cfn.template_body_bytes, maxTemplateUrlBytes: cfn.template_url_bytes }),
  };
  const deps: CfnApiDeps = {
    stacks: engine.stacks,
    documents: engine.store.documents,
    authenticate: authentication(identity, inMs(cfn.clock_skew_seconds), region.aws ?? DEFAULT_AWS_REGION),
    fetchTemplate: fetchText,
    ...(identity.own ? { accountCaller: createAccountCallers(identity.own) } : {}),
    typeNames: () => listTypes({ origin: 'aws' }),
    cloudResources: (caller) => findCloudResources(engine.store, caller),
    typeSchema: (type) => loadSchema(type, { prefer: 'aws' }),
    limits: apiLimits,
    now: Date.now,
    reportBug,
  };
  // Operations on stack sets that the last server left go on before anybody asks for them.
  stackSetRunner(deps);
  return createCfnHandler(createCfnApi(deps));
}

function authentication(
  { keystone, stackUsers }: ServerIdentity,
  clockSkewMs: number | undefined,
  region: string,
): (request: CfnRequest) => Promise<Caller> {
  const bySignature = createSignatureAuthentication({
    accessKey: stackUsers.accessKey,
    now: Date.now,
    region,
    ...given({ clockSkewMs }),
  });
  if (!keystone) return bySignature;
  return async (request) => {
    const signed = signedRequestOf(request);
    const claim = readClaim(signed);
    const holder = 'claim' in claim ? await stackUsers.accessKey(claim.claim.accessKey) : undefined;
    if (holder?.caller.stackId !== undefined) return bySignature(request);
    const caller = await askKeystone(keystone, signed);
    if (caller) return caller;
    throw new CfnError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  };
}

/** The secrets of a Keystone elsewhere stay there: it checks the signature itself. */
async function askKeystone(keystone: KeystoneProxy, signed: SignedRequest): Promise<Caller | undefined> {
  const caller = await keystone.authenticateEc2(signed);
  const claim = readClaim(signed);
  return caller && { ...caller, ...(claim.version === 4 ? { region: claim.claim.region } : {}) };
}

function signedRequestOf({ method, path, query, headers, body = '' }: CfnRequest): SignedRequest {
  const isForm =
    method === 'POST' && /^application\/x-www-form-urlencoded/i.test(String(headers['content-type'] ?? ''));
  return {
    method,
    path,
    query: parsePairs(query),
    ...(isForm ? { form: parsePairs(body.toString()) } : {}),
    headers,
    bodyHash: sha256Hex(body),
  };
}
