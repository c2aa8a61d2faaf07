import { ApiError } from './api-error.js';
import type { HeatClient, StackIdentity } from './heat-client.js';
import { type StackEvent, toStackEvent } from './stack-event.js';

/** Gives the events of a stack that came since the last call, oldest first, each once. */
export class EventFeed {
  #marker: string | undefined;
  /** Needed when the marker's event was purged and the whole list has to be read again. */
  readonly #seen = new Set<string>();

  constructor(
    private readonly client: HeatClient,
    private readonly stack: StackIdentity,
    private readonly options: { readonly nestedDepth: number; readonly marker?: string },
  ) {
    this.#marker = options.marker;
  }

  async next(): Promise<StackEvent[]> {
    const events = (await this.#read()).filter((event) => !this.#seen.has(event.id));
    for (const event of events) this.#seen.add(event.id);
    this.#marker = events.at(-1)?.id ?? this.#marker;
    return events;
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
