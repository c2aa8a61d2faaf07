import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Progress, ResourceContext, ResourceType } from '../../../engine/drivers/resource-type.js';
import { RejectedError } from '../../../engine/model/errors.js';
import { dumpJson } from '../../../engine/model/python-json.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asMap, asNumber, asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { temporaryUrl } from './signal-transport.js';
import { HEAT_KEYS, isEnough, type Received, receivedSignals, waitTimeout } from './wait-signals.js';

const POLL_MS = 500;

/** OS::Heat::SwiftSignalHandle: a temporary URL to PUT signals to; every update makes a new one. */
export function swiftSignalHandle(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    onEveryUpdate: 'replace',
    async create(ctx) {
      const endpoint = temporaryUrl(ctx);
      return {
        state: 'done',
        physicalId: ctx.resource.physicalName,
        reference: endpoint,
        attributes: { token: '', endpoint, curl_cli: `curl -i -X PUT '${endpoint}'` },
      };
    },
    async delete(_ctx, ref) {
      return gone(ref);
    },
    async signal(_ctx, ref, { details }) {
      return keepSignal(ref.metadata, details);
    },
  };
}

/** An upload: what is in it is only looked at when somebody waits for it. */
function keepSignal(metadata: Json, details: Json) {
  const before = asMap(metadata);
  const given = typeof details === 'string' ? parsed(details) : asMap(details);
  // A signal that repeats an id stands for the earlier one; it counts at the later one's place.
  const number = Object.keys(before).length + 1;
  const id = asText(given.id) ?? String(number);
  const { [id]: _earlier, ...others } = before;
  const entry: JsonMap = {
    data: given.data ?? null,
    reason: given.reason ?? `Signal ${id} received`,
    status: given.status ?? 'SUCCESS',
  };
  return {
    reason: `Signal: status:${asText(entry.status)} reason:${asText(entry.reason)}`,
    metadata: { ...others, [id]: entry },
  };
}

function parsed(text: string): JsonMap {
  if (text.trim() === '') return {};
  try {
    return asMap(JSON.parse(text));
  } catch (cause) {
    throw new RejectedError(`Failed to parse JSON data: ${text}`, { reasonClass: 'Error', cause });
  }
}

interface Waiting {
  readonly handle: string;
  readonly count: number;
  readonly until: number;
}

/** OS::Heat::SwiftSignal: done when so many signals were uploaded to its handle's URL. */
export function swiftSignal(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    async create(ctx, properties) {
      const url = asFilled(properties.handle) ?? '';
      guardUrl(ctx, url);
      const until = ctx.clock.now() + (asNumber(properties.timeout) ?? 0) * 1000;
      return look(ctx, { handle: url, count: asNumber(properties.count) ?? 1, until });
    },
    // It only waits: nothing is lost with an answer.
    find: async () => undefined,
    poll(ctx, _ref, checkpoint) {
      const { handle, count, until } = asMap(checkpoint);
      return look(ctx, { handle: asText(handle) ?? '', count: asNumber(count) ?? 1, until: asNumber(until) ?? 0 });
    },
    async delete(_ctx, ref) {
      return gone(ref);
    },
    async attribute(ctx, ref, name) {
      return name === 'data' ? dataText(await signalsFor(ctx, asText(ref.properties.handle) ?? '')) : null;
    },
  };
}

async function look(ctx: ResourceContext<Cloud>, waiting: Waiting): Promise<Progress> {
  const received = await signalsFor(ctx, waiting.handle);
  const strange = received.find(({ status }) => status !== 'SUCCESS' && status !== 'FAILURE');
  if (strange) throw new RejectedError(`Unknown status: ${strange.status}`, { reasonClass: 'Error' });
  if (isEnough(received, waiting.count, 'SwiftSignalFailure')) {
    return { state: 'done', physicalId: '', reference: ctx.resource.name, attributes: { data: dataText(received) } };
  }
  if (ctx.clock.now() >= waiting.until) throw waitTimeout(received, waiting.count, 'SwiftSignalTimeout');
  const left = Math.max(1, waiting.until - ctx.clock.now());
  return { state: 'pending', checkpoint: { ...waiting }, pollAfterMs: Math.min(POLL_MS, left) };
}

async function signalsFor(ctx: ResourceContext<Cloud>, url: string): Promise<Received[]> {
  const handle = await stackOf(ctx).find(url);
  return handle ? receivedSignals(handle.metadata, HEAT_KEYS) : [];
}

function dataText(received: readonly Received[]): string | null {
  if (received.length === 0) return 'null';
  return dumpJson(Object.fromEntries(received.map(({ id, data }) => [id, data])));
}

function guardUrl(ctx: ResourceContext<Cloud>, url: string): void {
  const path = pathOf(url);
  // Swift may be served below a path of its own.
  const parts = path.slice(Math.max(0, path.indexOf('/v1/AUTH_'))).split('/');
  const refuse = (part: string) =>
    new RejectedError(`"${path}" is not a valid SwiftSignalHandle.  The ${part} is invalid`, {
      reasonClass: 'ValueError',
    });
  if (parts.length !== 5 || parts[1] !== 'v1' || !parts[2]?.startsWith('AUTH_') || !parts[4])
    throw refuse('Swift TempURL path');
  if (parts[3] !== ctx.stack.id) throw refuse('container name');
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}
