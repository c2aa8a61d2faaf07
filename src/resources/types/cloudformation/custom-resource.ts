import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Progress, ResourceContext, ResourceRef, ResourceType } from '../../../engine/drivers/resource-type.js';
import { CancelledError, NotFoundError, RejectedError, UnavailableError } from '../../../engine/model/errors.js';
import { type Json, type JsonMap, Secret } from '../../../engine/model/value.js';
import { inventAttributes } from '../../attributes/invent.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asMap, asNumber, asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { callCloudFunction, isServiceArn } from './cloud-function.js';

const POLL_MS = 250;
/** How long a provider may take unless ServiceTimeout says otherwise: an hour, AWS's own. */
const DEFAULT_TIMEOUT_S = 3600;
const CONNECT_TIMEOUT_MS = 30_000;

/** AWS::CloudFormation::CustomResource and Custom::*: somebody else's service makes it, told by HTTP. */
export function customResource(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    signalledAlways: true,
    validate: problemsOf,
    async create(ctx, properties) {
      return look(ctx, await ask(ctx, 'Create', properties, {}));
    },
    async update(ctx, ref, change) {
      const more = { OldResourceProperties: sent(change.before), PhysicalResourceId: ref.physicalId ?? '' };
      return look(ctx, await ask(ctx, 'Update', change.after, more));
    },
    async delete(ctx, ref) {
      if (!ref.physicalId) return gone(ref);
      return look(ctx, await ask(ctx, 'Delete', ref.properties, { PhysicalResourceId: ref.physicalId }));
    },
    poll: (ctx, _ref, checkpoint) => look(ctx, asMap(checkpoint)),
    async attribute(ctx, ref, name) {
      if (ref.data.rehearsed === true) return inventAttributes(schema, [name], {}, subjectOf(ctx, ref))[name] ?? null;
      throw new NotFoundError('Resource', ref.name, missingAttribute(ctx, name));
    },
    async signal(_ctx, ref, { details }) {
      return keepAnswer(ref, asMap(details));
    },
  };
}

function subjectOf({ cloud, stack }: ResourceContext<Cloud>, { uuid, name, physicalId }: ResourceRef) {
  const { projectId, region } = stack;
  return { id: physicalId ?? uuid, name, projectId, region, account: cloud.accountId(projectId), seed: uuid };
}

function missingAttribute({ cloud, stack, resource }: ResourceContext<Cloud>, name: string): string {
  const arn = `arn:aws:cloudformation:${stack.region}:${cloud.accountId(stack.projectId)}:stack/${stack.name}/${stack.id}`;
  return `CustomResource attribute error: Vendor response doesn't contain ${name} key in object ${arn}|${resource.name}`;
}

type RequestType = 'Create' | 'Update' | 'Delete';

/** Sends a request and gives the checkpoint by which its answer is waited for. */
async function ask(
  ctx: ResourceContext<Cloud>,
  kind: RequestType,
  properties: JsonMap,
  more: JsonMap,
): Promise<JsonMap> {
  const stack = stackOf(ctx);
  const requestId = ctx.token;
  const timeoutMs = (asNumber(properties.ServiceTimeout) ?? DEFAULT_TIMEOUT_S) * 1000;
  const token = asText(properties.ServiceToken) ?? '';
  const account = ctx.cloud.accountId(ctx.stack.projectId);
  const request: JsonMap = {
    RequestType: kind,
    RequestId: requestId,
    ResponseURL: stack.urls.answer(requestId, timeoutMs),
    ServiceToken: token,
    StackId: `arn:aws:cloudformation:${ctx.stack.region}:${account}:stack/${ctx.stack.name}/${ctx.stack.id}`,
    ResourceType: ctx.resource.type,
    LogicalResourceId: ctx.resource.name,
    ResourceProperties: sent(properties),
    ...more,
  };
  if (isServiceArn(token)) await callCloudFunction(ctx, token, request);
  else await post(ctx, token, request);
  if (isServiceArn(token) && ctx.cloud.rehearses) return { rehearsed: true, before: more.PhysicalResourceId ?? null };
  return { request: requestId, kind, before: more.PhysicalResourceId ?? null, until: ctx.clock.now() + timeoutMs };
}

/** AWS sends every property as text, as deep as they go. */
function sent(properties: JsonMap): JsonMap {
  return asMap(texts(properties));
}

function texts(value: Json): Json {
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, texts(item)]));
  }
  return value === null ? null : String(value);
}

async function post(ctx: ResourceContext<Cloud>, url: string, request: JsonMap): Promise<void> {
  const problem = tokenProblem(url);
  if (problem !== undefined) throw new RejectedError(problem, { reasonClass: 'ValidationError' });
  let status: number;
  try {
    const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    ({ status } = await stackOf(ctx).post(url, JSON.stringify(request), signal));
  } catch (cause) {
    if (ctx.signal.aborted) throw new CancelledError('aborted', {}, { cause });
    if (!(cause instanceof UnavailableError)) throw cause;
    throw new UnavailableError(`The service behind the ServiceToken ${url} cannot be reached.`, { cause });
  }
  if (status >= 200 && status < 300) return;
  const text = `The service behind the ServiceToken ${url} answered ${status}.`;
  throw status >= 500 ? new UnavailableError(text) : new RejectedError(text, { reasonClass: 'InternalFailure' });
}

async function look(ctx: ResourceContext<Cloud>, checkpoint: JsonMap): Promise<Progress> {
  if (checkpoint.rehearsed === true) {
    const physicalId = asFilled(checkpoint.before) ?? ctx.resource.physicalName;
    return { state: 'done', physicalId, attributes: {}, data: { rehearsed: true } };
  }
  const self = await stackOf(ctx).self();
  const answer = asMap(asMap(self.data.answers)[asText(checkpoint.request) ?? '']);
  const status = asText(answer.Status);
  if (status === undefined) {
    if (ctx.clock.now() < (asNumber(checkpoint.until) ?? 0))
      return { state: 'pending', checkpoint, pollAfterMs: POLL_MS };
    throw new RejectedError(
      'CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId ' +
        `[${asText(checkpoint.request)}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
      { reasonClass: 'GeneralServiceException' },
    );
  }
  if (status !== 'SUCCESS') {
    const reason = asFilled(answer.Reason) ?? 'no reason was given';
    throw new RejectedError(
      `Received response status [${status}] from custom resource. Message returned: ${reason} (RequestId: ${asText(checkpoint.request)})`,
      {
        reasonClass: 'GeneralServiceException',
      },
    );
  }
  const old = asFilled(checkpoint.before);
  const physicalId = asFilled(answer.PhysicalResourceId) ?? old;
  if (physicalId === undefined)
    throw new RejectedError('Invalid PhysicalResourceId', { reasonClass: 'InvalidRequest' });
  // An update that came to another id has made a new thing.
  const isOther = checkpoint.kind === 'Update' && old !== undefined && old !== physicalId;
  return {
    state: 'done',
    physicalId,
    attributes: dataOf(answer),
    data: {},
    ...(isOther ? { leaves: old } : {}),
  };
}

/** What the provider tells of its thing; with `NoEcho` it is a secret. */
function dataOf({ Data, NoEcho }: JsonMap): JsonMap {
  const data = asMap(Data);
  if (NoEcho !== true && asText(NoEcho) !== 'true') return data;
  const hidden = Object.entries(data).map(([name, value]) => [name, new Secret(value)] as const);
  return Object.fromEntries(hidden) as unknown as JsonMap;
}

/** An answer that came: it waits in the record until the next look. Only that of the last request counts. */
function keepAnswer(ref: ResourceRef, details: JsonMap) {
  const requestId = asText(details.RequestId);
  const status = asText(details.Status);
  if (requestId === undefined || (status !== 'SUCCESS' && status !== 'FAILED')) {
    throw new RejectedError('The answer of a custom resource needs Status (SUCCESS or FAILED) and RequestId.', {
      reasonClass: 'ValidationError',
    });
  }
  return { reason: null, data: { ...ref.data, answers: { [requestId]: details } } };
}

function tokenProblem(token: string): string | undefined {
  if (isServiceArn(token) || (/^https?:\/\//i.test(token) && URL.canParse(token))) return undefined;
  return `Invalid service token: ${token}. It must be the ARN of a function or a topic, or an http or https URL that takes the request document by POST.`;
}

function problemsOf(properties: JsonMap): string[] {
  const token = asText(properties.ServiceToken);
  if (token === undefined) return ['Invalid or missing ServiceToken'];
  const problem = tokenProblem(token);
  const timeout = asNumber(properties.ServiceTimeout);
  const isOff = timeout !== undefined && (timeout < 1 || timeout > 3600);
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(isOff ? ['ServiceTimeout must be between 1 and 3600 seconds.'] : []),
  ];
}
