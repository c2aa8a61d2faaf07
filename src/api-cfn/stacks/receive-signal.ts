import { XMLBuilder } from 'fast-xml-parser';
import { isMap, type Json } from '../../engine/model/value.js';
import type { Caller } from '../../engine/stacks/requests.js';
import type { Stacks } from '../../engine/stacks/stacks.js';
import type { CfnRequest } from '../api-types.js';
import { CfnError, validationError } from '../protocol/cfn-error.js';
import type { Written } from '../protocol/write-output.js';

const builder = new XMLBuilder({ suppressEmptyNode: true });

/** `/signal/<arn>/<stack>/<id>/resources/<name>` and the same with `waitcondition`; the ARN's first part is encoded. */
const ROUTE = /^\/(?:v1\/)?(signal|waitcondition)\/([^/]+)\/([^/]+)\/([^/]+)\/resources\/(.+)$/;

/** Tells a resource what came to its signed address: wait conditions by PUT, all other signals by POST. */
export async function receiveSignal(stacks: Stacks, caller: Caller, request: CfnRequest): Promise<Written> {
  const match = ROUTE.exec(request.route);
  const [, kind, , , stackId = '', encoded = ''] = match ?? [];
  if (!match) throw new CfnError('InvalidAction', 'The action or operation requested is invalid', 404);
  if (request.method !== (kind === 'signal' ? 'POST' : 'PUT')) {
    throw new CfnError('UnsupportedHttpVerb', `The requested HTTP verb is not supported: ${request.method}`, 405);
  }
  const resource = decode(encoded);
  if (caller.stackId !== undefined && caller.stackId !== stackId) {
    throw new CfnError('AccessDenied', 'User is not authorized to perform action', 403);
  }
  await stacks.signal(caller, stackId, resource, readBody(request));
  const body = kind === 'waitcondition' ? builder.build({ resource }) : '';
  return { contentType: 'application/xml; charset=UTF-8', body };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** curl and cfn-signal call it a form, or nothing at all: it is JSON all the same. */
function readBody({ body = '' }: CfnRequest): Json {
  const text = body.toString().trim();
  if (text === '') return null;
  let details: unknown;
  try {
    details = JSON.parse(text);
  } catch (cause) {
    throw validationError(`The request body is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  if (!isMap(details)) throw validationError('The request body is not a JSON object.');
  return details as Json;
}
