import type { StackRecord } from '../engine/model/records.js';
import type { Caller, EventView } from '../engine/stacks/requests.js';
import type { NativeApiDeps } from './api-types.js';
import type { Links } from './links.js';
import type { Route } from './route-table.js';
import { eventSummary } from './views/event-view.js';

const KEEP_ALIVE_MS = 15_000;
/** A client that lags by more is cut off: it comes back with `Last-Event-ID` and misses nothing. */
const MAX_WAITING = 10_000;

/** Events between the feed and one reader. */
class Waiting {
  readonly #events: EventView[] = [];
  #wake: (() => void) | undefined;
  /** Nothing more will be told, because the reader is too slow or gone. */
  ended = false;

  push(event: EventView): void {
    if (this.#events.length >= MAX_WAITING) this.ended = true;
    else this.#events.push(event);
    this.#wake?.();
  }

  end(): void {
    this.ended = true;
    this.#wake?.();
  }

  /** All that came, or nothing once the time is over. */
  async take(timeoutMs: number): Promise<EventView[]> {
    if (this.#events.length === 0 && !this.ended) await this.#sleep(timeoutMs);
    return this.#events.splice(0);
  }

  #sleep(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** One event in the wire form of server-sent events; its id is the sequence number. */
function frame(links: Links, view: EventView): string {
  const { event, stack } = view;
  const data = {
    ...eventSummary(links, view),
    seq: event.seq,
    resource_type: event.resourceType,
    stack_id: stack.id,
    stack_name: stack.name,
    root_stack_id: stack.rootId,
  };
  return `id: ${event.seq}\nevent: stack-event\ndata: ${JSON.stringify(data)}\n\n`;
}

interface StreamRequest {
  readonly deps: NativeApiDeps;
  readonly caller: Caller;
  readonly links: Links;
  /** Only this stack and those nested in it. */
  readonly stack: StackRecord | undefined;
  /** The last sequence number that the client has seen. */
  readonly after: number | undefined;
}

/** Events that the client missed, oldest first. */
async function missed({ deps, caller, stack }: StreamRequest, after: number): Promise<EventView[]> {
  // Where somebody comes back to, the stack may be gone by now: its events are not.
  const roots = stack ? [stack] : await deps.stacks.list(caller, { showDeleted: true });
  const events: EventView[] = [];
  for (const root of roots) {
    const filter = { afterSeq: after, descending: false, nestedDepth: Number.MAX_SAFE_INTEGER };
    events.push(...(await deps.stacks.events(caller, root.id, filter)));
  }
  return events.sort((a, b) => a.event.seq - b.event.seq);
}

async function* follow(request: StreamRequest, waiting: Waiting): AsyncGenerator<string> {
  const { deps, caller, links, stack, after } = request;
  // Listening begins before the past is read, so that nothing falls between; what comes twice is told by its number.
  const unsubscribe = deps.feed.subscribe((events) => {
    for (const view of events) {
      if (view.stack.projectId !== caller.projectId) continue;
      if (stack === undefined || view.stack.rootId === stack.rootId) waiting.push(view);
    }
  });
  let last = after ?? -1;
  try {
    yield ': connected\n\n';
    const past = after === undefined ? [] : await missed(request, after);
    for (let events = past; ; events = await waiting.take(KEEP_ALIVE_MS)) {
      for (const view of events) {
        if (view.event.seq <= last) continue;
        last = view.event.seq;
        yield frame(links, view);
      }
      if (waiting.ended) return;
      if (events.length === 0) yield ': keep-alive\n\n';
    }
  } finally {
    unsubscribe();
  }
}

function readLastSeen(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Events as they happen: our own addition to Heat's API. `?stack=` takes a name or an id. */
export const eventStreamRoute: Route = {
  policy: 'events:index',
  methods: ['GET'],
  path: '/events/stream',
  access: 'member',
  async handle({ deps, caller, links, query, request }) {
    const wanted = query.text('stack');
    const stack = wanted === undefined ? undefined : await deps.stacks.find(caller, wanted, { showDeleted: true });
    const after = readLastSeen(request.headers['last-event-id'] ?? query.text('last_event_id'));
    const waiting = new Waiting();
    const pieces = follow({ deps, caller, links, stack, after }, waiting);
    return { kind: 'stream', stream: { pieces, cancel: () => waiting.end() } };
  },
};
