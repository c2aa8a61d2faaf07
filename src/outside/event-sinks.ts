import type { Clock } from '../engine/model/clock.js';
import { RejectedError } from '../engine/model/errors.js';
import type { EventRecord, StackRecord } from '../engine/model/records.js';
import type { Json, JsonMap } from '../engine/model/value.js';
import type { Feed, FeedItem } from '../engine/operations/feed.js';
import type { StackLoader } from '../engine/operations/stack-loader.js';
import type { Cloud } from '../resources/clouds/cloud.js';

export interface EventSinkParts {
  readonly feed: Feed;
  readonly loader: StackLoader;
  readonly stack: (id: string) => Promise<StackRecord | undefined>;
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Posts JSON to a URL of the template's author; rejects if the answer is not a success. */
  readonly post: (url: string, body: string) => Promise<void>;
  log(message: string, fields?: JsonMap): void;
}

/** Tries before an event is given up, and the first pause between them. */
const TRIES = 6;
const FIRST_PAUSE_MS = 500;

/**
 * Hands each event to the sinks that its stack's environment names: `zaqar-queue` to a queue of the cloud, `webhook` to
 * a URL. Events of one stack go out in their order; a sink that fails holds up no operation.
 */
export function startEventSinks(parts: EventSinkParts): () => void {
  const tails = new Map<string, Promise<void>>();
  const sinks = new Map<string, Promise<readonly JsonMap[]>>();
  return parts.feed.subscribe((items) => {
    for (const item of items) {
      const { rootId } = item.stack;
      // An operation of the root may have brought another environment; nested stacks share the root's sinks.
      if (item.stack.id === rootId && item.event.physicalId === rootId) sinks.delete(rootId);
      // A stack whose template cannot be read has no sinks; nothing of this may reach its operation.
      const known = sinks.get(rootId) ?? sinksOf(parts, rootId).catch((error: unknown) => failed(parts, rootId, error));
      sinks.set(rootId, known);
      const before = tails.get(rootId) ?? Promise.resolve();
      // One event that could not be handed out does not keep those after it.
      const mine = before
        .then(async () => handOut(parts, item, await known))
        .catch((error: unknown) => void failed(parts, rootId, error))
        .finally(() => {
          if (tails.get(rootId) === mine) tails.delete(rootId);
          if (item.stack.id === rootId && item.stack.deletedAt !== undefined) sinks.delete(rootId);
        });
      tails.set(rootId, mine);
    }
  });
}

function failed(parts: EventSinkParts, rootId: string, error: unknown): readonly JsonMap[] {
  parts.log('an event could not be handed to a sink', { stack: rootId, error: String(error) });
  return [];
}

async function sinksOf({ loader, stack }: EventSinkParts, rootId: string): Promise<readonly JsonMap[]> {
  const root = await stack(rootId);
  return root ? (await loader.desired(root)).environment.event_sinks : [];
}

async function handOut(parts: EventSinkParts, { event, stack }: FeedItem, sinks: readonly JsonMap[]): Promise<void> {
  for (const sink of sinks) {
    const message = messageOf(event, stack);
    const send = senderOf(parts, sink, stack, message);
    if (!send) parts.log('an event sink of an unknown type', { stack: stack.id, sink });
    // One sink that takes nothing does not keep the others from theirs.
    else await insist(parts, send).catch((error: unknown) => void failed(parts, stack.rootId, error));
  }
}

function senderOf(
  parts: EventSinkParts,
  sink: JsonMap,
  stack: StackRecord,
  message: JsonMap,
): (() => Promise<void>) | undefined {
  const target = String(sink.target ?? '');
  if (sink.type === 'webhook') return () => parts.post(target, JSON.stringify(message));
  if (sink.type !== 'zaqar-queue') return undefined;
  const queues = parts.cloud.collection('queues');
  const call = { projectId: stack.projectId, region: stack.region };
  return async () => {
    // Zaqar makes a queue with its first message.
    const queue =
      (await queues.find(call, target)) ??
      (await queues.create({ ...call, token: `sink/${stack.projectId}/${target}` }, { name: target }));
    await queues.act({ ...call, token: `event/${String(message.id)}` }, queue.id, 'post', { body: message as Json });
  };
}

async function insist({ clock }: EventSinkParts, send: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      // What is refused stays refused.
      if (attempt >= TRIES || error instanceof RejectedError) throw error;
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** The message of one event, in the form of Heat's. */
function messageOf(event: EventRecord, stack: StackRecord): JsonMap {
  return {
    timestamp: new Date(event.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    version: '0.1',
    type: 'os.heat.event',
    id: event.id,
    payload: {
      resource_name: event.resourceName,
      physical_resource_id: event.physicalId ?? null,
      resource_action: event.action,
      resource_status: event.status,
      resource_status_reason: event.reason,
      resource_type: event.resourceType,
      resource_properties: event.properties ?? null,
      stack_id: stack.id,
      version: '0.1',
    },
  };
}
