import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type {
  Progress,
  ResourceContext,
  ResourceRef,
  ResourceType,
  Verb,
} from '../../../engine/drivers/resource-type.js';
import type { Inheritance, OutsideScope, RemoteStack, RemoteStacks } from '../../../engine/drivers/stack-access.js';
import { DriverError, FlakyError, RejectedError } from '../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone, readingCall } from '../../define-type.js';
import { asBoolean, asFilled, asMap, asNumber, asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { connectRemoteHeat } from './remote-heat.js';

const POLL_MS = 1000;
/** What the remote stack does while a verb of ours runs. */
const ACTIONS: { readonly [verb in Verb]: string } = {
  create: 'CREATE',
  update: 'UPDATE',
  delete: 'DELETE',
  check: 'CHECK',
  suspend: 'SUSPEND',
  resume: 'RESUME',
  snapshot: 'SNAPSHOT',
};

/** OS::Heat::Stack: a stack of its own in another region, or with other credentials in another service. */
export function remoteStack(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    onEveryUpdate: 'update',
    // A failed remote stack is updated like any other: its own resources decide.
    replaceFailed: false,
    validateOutside: refusal,
    async create(ctx, properties) {
      const stacks = await connect(ctx, properties);
      // What an earlier try has made is recognised by its name before anything can be refused.
      const existing = await stacks.named(ctx.resource.physicalName);
      if (existing) return pending(existing.id, properties);
      const request = requestOf(await stackOf(ctx).inheritance(), properties);
      await validate(regionOf(ctx.stack, properties), stacks, properties, request);
      return pending(
        await stacks.create({ ...request, stack_name: ctx.resource.physicalName, disable_rollback: true }),
        properties,
      );
    },
    async update(ctx, ref, change) {
      const stacks = await connect(ctx, change.after);
      const request = requestOf(await stackOf(ctx).inheritance(), change.after);
      await stacks.update(ref.physicalId ?? '', { ...request, disable_rollback: true });
      return pending(ref.physicalId ?? '', change.after);
    },
    async delete(ctx, ref) {
      if (!ref.physicalId) return gone(ref);
      const stacks = await connect(ctx, ref.properties);
      await stacks.delete(ref.physicalId);
      return look(ctx, stacks, ref.physicalId, 'delete', {});
    },
    check: (ctx, ref) => forward(ctx, ref, 'check'),
    suspend: (ctx, ref) => forward(ctx, ref, 'suspend'),
    resume: (ctx, ref) => forward(ctx, ref, 'resume'),
    async snapshot(ctx, ref) {
      const stacks = await connect(ctx, ref.properties);
      const snapshot = await stacks.snapshot(ref.physicalId ?? '');
      return {
        state: 'pending',
        checkpoint: { snapshot, context: ref.properties.context ?? {} },
        pollAfterMs: POLL_MS,
      };
    },
    restore(properties, { snapshot }) {
      const data = asMap(asMap(snapshot).data);
      return {
        ...properties,
        template: JSON.stringify(data.template ?? {}),
        parameters: asMap(asMap(data.environment).parameters),
      };
    },
    async deleteSnapshot(ctx, { snapshot }) {
      const { snapshot_id: id, stack_id: stackId, context = {} } = asMap(snapshot);
      if (typeof id !== 'string') return;
      const stacks = await connect(ctx, { context });
      await stacks.deleteSnapshot(asText(stackId) ?? '', id);
    },
    async poll(ctx, ref, checkpoint, verb) {
      const notes = asMap(checkpoint);
      const stacks = await connect(ctx, { context: notes.context ?? ref.properties.context ?? {} });
      const id = ref.physicalId ?? asText(notes.id) ?? '';
      return verb === 'snapshot' ? lookAtSnapshot(stacks, id, notes) : look(ctx, stacks, id, verb, notes);
    },
    async read(ctx, ref) {
      const stack = ref.physicalId ? await (await connect(ctx, ref.properties)).get(ref.physicalId) : undefined;
      return (
        stack && {
          physicalId: stack.id,
          attributes: attributesOf(stack),
          properties: {},
          healthy: stack.status !== 'FAILED',
        }
      );
    },
    async attribute(ctx, ref, name) {
      const stack = ref.physicalId ? await (await connect(ctx, ref.properties)).get(ref.physicalId) : undefined;
      return stack ? (attributesOf(stack)[name] ?? null) : null;
    },
  };
}

function pending(id: string, properties: JsonMap): Progress {
  return {
    state: 'pending',
    physicalId: id,
    checkpoint: { id, context: properties.context ?? {} },
    pollAfterMs: POLL_MS,
  };
}

async function forward(
  ctx: ResourceContext<Cloud>,
  ref: ResourceRef,
  action: 'check' | 'suspend' | 'resume',
): Promise<Progress> {
  if (!ref.physicalId)
    throw new RejectedError(`Cannot ${action} ${ref.name}, resource not found`, { reasonClass: 'Error' });
  await (await connect(ctx, ref.properties)).act(ref.physicalId, action);
  return pending(ref.physicalId, ref.properties);
}

async function look(
  ctx: ResourceContext<Cloud>,
  stacks: RemoteStacks,
  id: string,
  verb: Verb,
  notes: JsonMap,
): Promise<Progress> {
  const stack = await stacks.get(id);
  if (!stack && verb === 'delete') return { state: 'done', physicalId: id, attributes: {} };
  if (!stack) throw new RejectedError(`The Stack (${id}) could not be found.`, { reasonClass: 'NotFound' });
  if (stack.action !== ACTIONS[verb] || stack.status === 'IN_PROGRESS') {
    return {
      state: 'pending',
      physicalId: id,
      checkpoint: { ...notes, id },
      pollAfterMs: POLL_MS,
      note: `${stack.action}_${stack.status}`,
    };
  }
  if (stack.status === 'COMPLETE') return { state: 'done', physicalId: id, attributes: attributesOf(stack) };
  ctx.log('a remote stack failed', { stack: stack.name, reason: stack.statusReason });
  const message = `Went to status ${stack.action}_${stack.status} due to "${stack.statusReason}"`;
  const options = { reasonClass: 'ResourceInError' };
  throw verb === 'create' ? new FlakyError(message, options) : new RejectedError(message, options);
}

async function lookAtSnapshot(stacks: RemoteStacks, id: string, notes: JsonMap): Promise<Progress> {
  const snapshot = asText(notes.snapshot) ?? '';
  const found = await stacks.snapshotData(id, snapshot);
  if (found?.status === 'COMPLETE') {
    const kept: JsonMap = { snapshot_id: snapshot, stack_id: id, context: notes.context ?? {}, data: found.data };
    return { state: 'done', physicalId: id, attributes: {}, data: { snapshot: kept } };
  }
  if (!found || found.status === 'FAILED')
    throw new RejectedError(`Went to status SNAPSHOT_FAILED due to "Unknown"`, { reasonClass: 'ResourceInError' });
  return { state: 'pending', checkpoint: notes, pollAfterMs: POLL_MS };
}

function attributesOf(stack: RemoteStack): JsonMap {
  return { stack_name: stack.name, outputs: stack.outputs, show: stack.show };
}

/** What create, update and validate send. */
function requestOf({ environment, files }: Inheritance, properties: JsonMap): JsonMap {
  const timeout = asNumber(properties.timeout);
  return {
    template: asText(properties.template) ?? '',
    parameters: asMap(properties.parameters),
    files: { ...files },
    environment: { ...environment, parameters: {} },
    ...(timeout === undefined ? {} : { timeout_mins: timeout }),
  };
}

/** The Heat that the context names: credentials lead anywhere, a region alone to this engine's. */
async function connect(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<RemoteStacks> {
  const context = asMap(properties.context);
  const region = regionOf(ctx.stack, properties);
  try {
    const secretId = asFilled(context.credential_secret_id);
    if (secretId !== undefined) {
      return await connectRemoteHeat({
        credentials: await credentialsIn(ctx, secretId),
        region: asFilled(context.region_name),
        caCert: asFilled(context.ca_cert),
        insecure: asBoolean(context.insecure) ?? false,
        signal: ctx.signal,
      });
    }
    return stacksOf(stackOf(ctx), region);
  } catch (error) {
    throw unreachable(region, error);
  }
}

function regionOf({ region }: { readonly region: string }, properties: JsonMap): string {
  return asFilled(asMap(properties.context).region_name) ?? region;
}

function stacksOf(access: Pick<OutsideScope, 'stacksIn'>, region: string): RemoteStacks {
  const stacks = access.stacksIn(region);
  if (stacks) return stacks;
  throw new RejectedError(`public endpoint for orchestration service in ${region} region not found`, {
    reasonClass: 'EndpointNotFound',
  });
}

/** What speaks against the remote stack before anything is made; credentials lie in the cloud and are asked at creation. */
async function refusal(properties: JsonMap, scope: OutsideScope): Promise<string | undefined> {
  if (asFilled(asMap(properties.context).credential_secret_id) !== undefined) return undefined;
  const region = regionOf(scope, properties);
  let stacks: RemoteStacks;
  try {
    stacks = stacksOf(scope, region);
  } catch (error) {
    return unreachable(region, error).message;
  }
  try {
    await validate(region, stacks, properties, requestOf(scope.inheritance(), properties));
    return undefined;
  } catch (error) {
    if (error instanceof RejectedError) return error.message;
    throw error;
  }
}

function unreachable(region: string, error: unknown): DriverError {
  return explained(`Cannot establish connection to Heat endpoint at region "${region}" due to`, error);
}

async function credentialsIn(ctx: ResourceContext<Cloud>, secretId: string): Promise<JsonMap> {
  const secret = await ctx.cloud.collection('secrets').find(readingCall(ctx), secretId.split('/').at(-1) ?? secretId);
  const payload = asText(secret?.body.payload);
  if (payload === undefined)
    throw new RejectedError(`The Secret (${secretId}) could not be found.`, { reasonClass: 'EntityNotFound' });
  return asMap(JSON.parse(payload) as Json);
}

async function validate(region: string, stacks: RemoteStacks, properties: JsonMap, request: JsonMap): Promise<void> {
  try {
    await stacks.validate({
      template: request.template ?? '',
      files: request.files ?? {},
      environment: { ...asMap(request.environment), parameters: asMap(properties.parameters) },
    });
  } catch (error) {
    throw explained(`Failed validating stack template using Heat endpoint at region "${region}" due to`, error);
  }
}

function explained(what: string, error: unknown): DriverError {
  if (error instanceof DriverError && error.retryable) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new RejectedError(`${what} "${why}"`, { reasonClass: 'StackValidationFailed', cause: error });
}
