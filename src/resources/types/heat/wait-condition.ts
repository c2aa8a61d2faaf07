import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Progress, ResourceContext, ResourceType } from '../../../engine/drivers/resource-type.js';
import type { Sibling } from '../../../engine/drivers/stack-access.js';
import { RejectedError } from '../../../engine/model/errors.js';
import { dumpJson } from '../../../engine/model/python-json.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asMap, asNumber, asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { takeMessages } from './signal-transport.js';
import { HANDLE_KEYS, transportOf } from './wait-condition-handle.js';
import { CFN_KEYS, isEnough, type Received, receivedSignals, waitTimeout } from './wait-signals.js';

const POLL_MS = 500;

interface Waiting {
  readonly handle: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** OS::Heat::WaitCondition and AWS::CloudFormation::WaitCondition: done when its handle has had enough signals. */
export function waitCondition(schema: ResourceSchema): ResourceType<Cloud> {
  const isHeat = schema.type.startsWith('OS::');
  const dataName = isHeat ? 'data' : 'Data';
  const read = (properties: JsonMap, name: 'handle' | 'timeout' | 'count') =>
    properties[isHeat ? name : name[0]?.toUpperCase() + name.slice(1)];

  const attributesOf = (ctx: ResourceContext<Cloud>, received: readonly Received[]): JsonMap => ({
    [dataName]: dataText(received),
    ...(schema.origin === 'aws' ? { Id: ctx.resource.physicalName } : {}),
  });

  const begin = async (ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<Progress> => {
    const reference = asFilled(read(properties, 'handle'));
    // CloudFormation's condition waits by its own creation policy when it has no handle.
    if (reference === undefined)
      return { state: 'done', ...identityFor(schema, ctx), attributes: attributesOf(ctx, []) };
    const handle = await findHandle(ctx, reference, isHeat);
    const waiting: Waiting = {
      handle: handle.uuid,
      count: asNumber(read(properties, 'count')) ?? 1,
      until: ctx.clock.now() + (asNumber(read(properties, 'timeout')) ?? 43_200) * 1000,
    };
    return schema.origin === 'aws' ? look(ctx, waiting) : waitingFor(waiting, 0);
  };

  const waitingFor = (waiting: Waiting, pollAfterMs: number): Progress => ({
    state: 'pending',
    // What came so far can be asked for while it waits: for that it must count as there.
    ...(schema.origin === 'aws' ? {} : { physicalId: '' }),
    checkpoint: { ...waiting },
    pollAfterMs,
  });

  const look = async (ctx: ResourceContext<Cloud>, waiting: Waiting): Promise<Progress> => {
    const handle = await serviced(ctx, waiting);
    const received = signalsOf(handle);
    if (isEnough(received, waiting.count)) {
      return { state: 'done', ...identityFor(schema, ctx), attributes: attributesOf(ctx, received) };
    }
    if (ctx.clock.now() >= waiting.until) throw waitTimeout(received, waiting.count);
    return waitingFor(waiting, Math.min(POLL_MS, Math.max(1, waiting.until - ctx.clock.now())));
  };

  return {
    schema,
    // Signals may come when the wait is over.
    hasLiveAttributes: true,
    create: begin,
    // It only waits: nothing is lost with an answer.
    find: async () => undefined,
    update: (ctx, _ref, change) => begin(ctx, change.after),
    poll: (ctx, _ref, checkpoint) => look(ctx, toWaiting(checkpoint)),
    async delete(ctx, ref) {
      const reference = asFilled(read(ref.properties, 'handle'));
      const handle = reference === undefined ? undefined : await stackOf(ctx).find(reference);
      if (handle) await stackOf(ctx).changeMetadata(handle.uuid, () => ({}));
      return gone(ref);
    },
    async attribute(ctx, ref, name) {
      if (name === 'Id' && schema.origin === 'aws') return ref.physicalId ?? null;
      if (name !== dataName) return null;
      const reference = asFilled(read(ref.properties, 'handle'));
      const handle = reference === undefined ? undefined : await stackOf(ctx).find(reference);
      return dataText(signalsOf(handle));
    },
  };
}

/** Heat's own condition stands for nothing: it has no physical id, and references give its name. */
function identityFor(schema: ResourceSchema, ctx: ResourceContext<Cloud>) {
  // Nothing outside stands for it in Heat.
  if (schema.origin !== 'aws') return { physicalId: '', reference: ctx.resource.name };
  return { physicalId: ctx.resource.physicalName };
}

async function findHandle(ctx: ResourceContext<Cloud>, reference: string, isHeat: boolean): Promise<Sibling> {
  const handle = await stackOf(ctx).find(reference);
  if (!handle)
    throw new RejectedError(
      isHeat ? `${reference} is not a valid wait condition handle.` : `WaitCondition invalid Handle ${reference}`,
      { reasonClass: 'ValueError' },
    );
  const keys = HANDLE_KEYS.get(handle.type);
  if (keys !== undefined && (isHeat || keys === CFN_KEYS)) return handle;
  const message = isHeat
    ? `${handle.name} is not a valid wait condition handle.`
    : `WaitCondition invalid Handle ${handle.name}`;
  throw new RejectedError(message, { reasonClass: 'ValueError' });
}

/** The handle as it is now, after the signals that have to be fetched were handed to it. */
async function serviced(ctx: ResourceContext<Cloud>, { handle, count }: Waiting): Promise<Sibling | undefined> {
  const stack = stackOf(ctx);
  const found = await stack.find(handle);
  if (found?.type !== 'OS::Heat::WaitConditionHandle') return found;
  const transport = transportOf(found.properties);
  if (transport === 'ZAQAR_SIGNAL') {
    for (const message of await takeMessages(ctx, queueOf(ctx, found))) await stack.signal(handle, message);
  } else if (transport === 'NO_SIGNAL') {
    for (let had = signalsOf(found).length; had < count; had++) await stack.signal(handle, {});
  } else {
    return found;
  }
  return stack.find(handle);
}

/** A signal queue is named like its handle. */
function queueOf(ctx: ResourceContext<Cloud>, handle: Sibling): string {
  return asText(handle.data.queue) ?? `${ctx.stack.name}-${handle.name}`;
}

function signalsOf(handle: Sibling | undefined): Received[] {
  return handle ? receivedSignals(handle.metadata, HANDLE_KEYS.get(handle.type) ?? CFN_KEYS) : [];
}

/** What the signals have brought, as JSON text in Python's spacing: templates compare it as text. */
function dataText(received: readonly Received[]): string {
  return dumpJson(Object.fromEntries(received.map(({ id, data }) => [id, data])));
}

function toWaiting(checkpoint: Json): Waiting {
  const { handle, count, until } = asMap(checkpoint);
  return { handle: asText(handle) ?? '', count: asNumber(count) ?? 1, until: asNumber(until) ?? 0 };
}
