import { ApiError } from './api-error.js';
import type { HeatClient, StackIdentity } from './heat-client.js';
import { LiveEvents } from './live-events.js';
import { type StackEvent, toStackEvent } from './stack-event.js';

/**
 * Gives the events of a stack that came since the last call, oldest first, each once. A baton server tells them as they
 * happen; others are asked.
 */
export class EventFeed {
  #marker: string | undefined;
  /** undefined: not tried yet; null: the server cannot. */
  #live: LiveEvents | null | undefined;
  /** Needed when the marker's event was purged and the whole list has to be read again. */
  readonly #seen = new Set<string>();

  constructor(
    private readonly client: HeatClient,
    private readonly stack: StackIdentity,
    private readonly options: { readonly nestedDepth: number; readonly marker?: string },
  ) {
    this.#marker = options.marker;
  }

  /** True while events come by themselves: `next` then asks nobody. */
  get isLive(): boolean {
    return this.#live?.isOpen === true;
  }

  async next(): Promise<StackEvent[]> {
    const events = (await this.#news()).filter((event) => !this.#seen.has(event.id));
    for (const event of events) this.#seen.add(event.id);
    this.#marker = events.at(-1)?.id ?? this.#marker;
    return events;
  }

  close(): void {
    this.#live?.close();
  }

  async #news(): Promise<StackEvent[]> {
    if (this.#live?.isOpen) return this.#heard(this.#live);
    if (this.#live === undefined && this.client.transport.stream) {
      this.#live = new LiveEvents(this.client.transport, this.stack);
    }
    const before = this.#live ?? null;
    // It is listened before the past is read, so that nothing falls between.
    this.#live = before && (await before.open()) ? before : null;
    const past = before?.lastSeen === undefined ? await this.#read() : [];
    return this.#live ? [...past, ...this.#heard(this.#live)] : past;
  }

  #heard(live: LiveEvents): StackEvent[] {
    const isWanted = (event: StackEvent) => this.options.nestedDepth > 0 || event.stackId === this.stack.id;
    return live.take().filter(isWanted);
  }

  async #read(): Promise<StackEvent[]> {
    const query: { [key: string]: string } = { sort_dir: 'asc' };
    if (this.options.nestedDepth > 0) query.nested_depth = String(this.options.nestedDepth);
    if (this.#marker !== undefined) query.marker = this.#marker;
    try {
      return (await this.client.list(`${this.stack.path}/events`, 'events', query)).map(toStackEvent);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404 || query.marker === undefined) throw error;
      this.#marker = undefined;
      return this.#read();
    }
  }
}

/** The id of a stack's newest event: what comes after it belongs to the next operation. */
export async function newestEventId(client: HeatClient, stack: StackIdentity): Promise<string | undefined> {
  const events = await client.list(`${stack.path}/events`, 'events', { sort_dir: 'desc', limit: '1' });
  const id = events[0]?.id;
  return typeof id === 'string' ? id : undefined;
}
