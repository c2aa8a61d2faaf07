import type { EventRecord, StackRecord } from '../model/records.js';

/** An event that has become durable, with the stack that it belongs to. */
export interface FeedItem {
  readonly event: EventRecord;
  readonly stack: StackRecord;
}

export type FeedListener = (items: readonly FeedItem[]) => void;

/** Tells whoever listens what has been committed, in order. */
export class Feed {
  readonly #listeners = new Set<FeedListener>();

  /** Returns the way to stop listening. */
  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(items: readonly FeedItem[]): void {
    if (items.length > 0) for (const listener of this.#listeners) listener(items);
  }
}
