import type { EventRecord, StackRecord } from '../model/records.js';
import type { Store } from '../store/store.js';
import type { WriteSet } from '../store/writes.js';
import type { Feed, FeedItem } from './feed.js';

/** An event before it has its place in the sequence. */
export type NewEvent = Omit<EventRecord, 'seq'>;

/** What a step of an operation wants to be remembered. */
export interface JournalEntry extends Omit<WriteSet, 'events'> {
  /** Events, with the stack that they belong to as it is then. */
  readonly events?: readonly { readonly event: NewEvent; readonly stack: StackRecord }[];
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes entries in the order in which they came. All entries of one turn of the event loop become one write: of several
 * states of one record in it only the last is written. Readers see events through the feed once they are durable.
 */
export class Journal {
  readonly #store: Store;
  readonly #feed: Feed;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(store: Store, feed: Feed) {
    this.#store = store;
    this.#feed = feed;
  }

  /** Resolves when the entry is durable. */
  record(entry: JournalEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when everything recorded so far has been written (or has failed). */
  async flushed(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting;
      this.#waiting = [];
      await this.#write(group);
    }
    this.#writing = undefined;
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const events = group.flatMap(({ entry }) => entry.events ?? []);
    let written: number;
    try {
      written = await this.#store.write(merge(group.map(({ entry }) => entry)));
    } catch (error) {
      const [alone] = group;
      // Entries of different stacks share a write: only the one at fault shall see the error.
      if (group.length === 1) alone?.reject(error);
      else for (const one of group) await this.#write([one]);
      return;
    }
    for (const { resolve } of group) resolve();
    this.#feed.publish(
      events.map(({ event, stack }, index): FeedItem => ({ event: { ...event, seq: written + index }, stack })),
    );
  }
}

function merge(entries: readonly JournalEntry[]): WriteSet {
  const gone = new Set(entries.flatMap((entry) => entry.removedResources ?? []));
  return {
    stacks: latest(entries.flatMap((entry) => entry.stacks ?? [])),
    templates: entries.flatMap((entry) => entry.templates ?? []),
    operations: latest(entries.flatMap((entry) => entry.operations ?? [])),
    resources: latest(entries.flatMap((entry) => entry.resources ?? [])).filter((record) => !gone.has(record.id)),
    removedResources: [...gone],
    events: entries.flatMap((entry) =>
      (entry.events ?? []).map(({ event, stack }) => ({ ...event, rootId: stack.rootId })),
    ),
    snapshots: latest(entries.flatMap((entry) => entry.snapshots ?? [])),
    removedSnapshots: entries.flatMap((entry) => entry.removedSnapshots ?? []),
    exports: entries.flatMap((entry) => entry.exports ?? []),
  };
}

function latest<T extends { readonly id: string }>(records: readonly T[]): T[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}
