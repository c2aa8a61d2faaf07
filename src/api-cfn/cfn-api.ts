import { randomUUID } from 'node:crypto';
import type { Caller } from '../engine/stacks/requests.js';
import { actionNamed } from './action-table.js';
import type { CfnApi, CfnApiDeps, CfnRequest, CfnResponse } from './api-types.js';
import { isSignalRoute } from './authenticate.js';
import { callerIdentity, TOKEN_SERVICE } from './caller-identity.js';
import { API_VERSION, type Operation, operationNamed } from './model/service-model.js';
import { CfnError, validationError } from './protocol/cfn-error.js';
import { checkInput } from './protocol/check-input.js';
import { toCfnError } from './protocol/engine-error.js';
import { formTree, type Pairs, parsePairs } from './protocol/form.js';
import { readInput } from './protocol/read-input.js';
import {
  type Format,
  type Output,
  type Written,
  writeError,
  writeFlatResult,
  writeResult,
} from './protocol/write-output.js';
import { receiveSignal } from './stacks/receive-signal.js';

/** CloudFormation's Query API over the given engine. Its `handle` never rejects. */
export function createCfnApi(deps: CfnApiDeps): CfnApi {
  return {
    async handle(request) {
      const requestId = request.requestId ?? randomUUID();
      const call = new Call(deps, request, requestId);
      try {
        return await call.answer();
      } catch (error) {
        const known = toCfnError(error);
        if (!known) deps.reportBug(error, requestId);
        return call.refuse(known ?? internalFailure(error));
      }
    },
  };
}

function internalFailure(cause: unknown): CfnError {
  const text = 'The request processing has failed because of an unknown error, exception or failure.';
  return new CfnError('InternalFailure', text, 500, { cause });
}

/** One request on its way to its answer. */
class Call {
  readonly #deps: CfnApiDeps;
  readonly #request: CfnRequest;
  readonly #requestId: string;
  #format: Format = 'xml';
  #action: string | undefined;
  #caller: Caller | undefined;

  constructor(deps: CfnApiDeps, request: CfnRequest, requestId: string) {
    this.#deps = deps;
    this.#request = request;
    this.#requestId = requestId;
  }

  async answer(): Promise<CfnResponse> {
    const request = this.#request;
    if (request.oversizedBody !== undefined) {
      throw new CfnError('RequestEntityTooLarge', 'The request is larger than the service takes.', 413);
    }
    if (isSignalRoute(request.route)) return this.#signal();
    if (request.method !== 'GET' && request.method !== 'POST') {
      throw new CfnError('UnsupportedHttpVerb', `The requested HTTP verb is not supported: ${request.method}`, 405);
    }
    const pairs = pairsOf(request);
    this.#format = formatOf(request, pairs);
    const name = firstValue(pairs, 'Action');
    this.#action = name;
    this.#caller = await this.#deps.authenticate(request);
    if (name === undefined || name === '') {
      throw new CfnError('MissingAction', 'The request is missing an action or a required parameter.');
    }
    const version = firstValue(pairs, 'Version') ?? API_VERSION;
    if (version === TOKEN_SERVICE.version && name === TOKEN_SERVICE.action) {
      const identity = callerIdentity(this.#caller);
      return this.#respond(200, writeFlatResult(TOKEN_SERVICE, identity, this.#requestId, this.#format));
    }
    const operation = version === API_VERSION ? operationNamed(name) : undefined;
    if (!operation) throw new CfnError('InvalidAction', `Could not find operation ${name} for version ${version}`);
    const output = await this.#run(name, operation, pairs, this.#caller);
    return this.#respond(200, writeResult(name, operation, output, this.#requestId, this.#format));
  }

  refuse(error: CfnError): CfnResponse {
    return this.#respond(error.status, writeError(error, this.#requestId, this.#format));
  }

  async #run(name: string, operation: Operation, pairs: Pairs, caller: Caller): Promise<Output> {
    const action = actionNamed(name);
    if (!action) throw validationError(`The action ${name} is not implemented by this service.`);
    if (caller.stackId !== undefined && !action.forStackUsers) {
      throw new CfnError(
        'AccessDenied',
        `User: ${caller.userName} is not authorized to perform: cloudformation:${name}`,
        403,
      );
    }
    const input = operation.input === undefined ? {} : readInput(operation.input, formTree(pairs));
    const wrong = operation.input === undefined ? undefined : checkInput(operation.input, input);
    if (wrong) throw wrong;
    const requestId = this.#requestId;
    return action.handle({ deps: this.#deps, caller: { ...caller, requestId }, input, requestId });
  }

  /** A resource is told something by an address that was signed for that alone. */
  async #signal(): Promise<CfnResponse> {
    this.#action = 'signal';
    this.#caller = await this.#deps.authenticate(this.#request);
    return this.#respond(200, await receiveSignal(this.#deps.stacks, this.#caller, this.#request));
  }

  #respond(status: number, { contentType, body }: Written): CfnResponse {
    return {
      status,
      headers: { 'content-type': contentType, 'x-amzn-requestid': this.#requestId },
      body,
      ...(this.#action === undefined ? {} : { action: this.#action }),
      ...(this.#caller === undefined ? {} : { caller: this.#caller }),
    };
  }
}

function pairsOf({ query, method, body = '' }: CfnRequest): Pairs {
  const inQuery = parsePairs(query);
  return method === 'POST' ? [...inQuery, ...parsePairs(body.toString())] : inQuery;
}

function firstValue(pairs: Pairs, name: string): string | undefined {
  return pairs.find(([key]) => key === name)?.[1];
}

function formatOf({ headers }: CfnRequest, pairs: Pairs): Format {
  const asked = firstValue(pairs, 'ContentType');
  if (asked !== undefined) return asked.toUpperCase() === 'JSON' ? 'json' : 'xml';
  return /\bapplication\/json\b/i.test(String(headers.accept ?? '')) ? 'json' : 'xml';
}
