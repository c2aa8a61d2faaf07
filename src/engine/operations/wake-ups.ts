import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type JsonMap, revealed } from '../model/value.js';
import { deliverSignal } from './deliver-signal.js';
import type { Operations } from './operations.js';

/** Longer waits are cut into pieces: a timer cannot wait longer than 24.8 days. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * Signals resources at the times that their types ask for (scheduled actions). The times are computed from the
 * records, so nothing is lost by a restart but what fell into the time without an engine.
 */
export class WakeUps {
  readonly #operations: Operations;
  readonly #timers = new Map<string, AbortController>();
  #closed = false;

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  /** Looks through all stored resources once, at the start. */
  async begin(): Promise<void> {
    const { store } = this.#operations.parts;
    const rows = await store.db
      .selectFrom('resources')
      .select(['id', 'stack_id'])
      .where('type', 'like', '%ScheduledAction')
      .execute();
    for (const { id, stack_id } of rows) {
      const record = await store.reads.resource(id);
      const stack = await this.#operations.stack(stack_id);
      if (record && stack) await this.watch(stack, record);
    }
  }

  /** Sets the timer of a resource anew; one whose type asks for none has none. */
  async watch(stack: StackRecord, record: ResourceRecord): Promise<void> {
    this.#timers.get(record.id)?.abort();
    this.#timers.delete(record.id);
    const type = await this.#operations.loader.typeOf(stack, record);
    if (!type?.wakesAt || this.#closed || record.physicalId === undefined || record.action === 'DELETE') return;
    const { clock } = this.#operations.parts;
    const properties = revealed(record.properties);
    const at = type.wakesAt(isMap(properties) ? (properties as JsonMap) : {}, clock.now());
    if (at === undefined) return;
    const timer = new AbortController();
    this.#timers.set(record.id, timer);
    const wait = Math.min(LONGEST_MS, Math.max(0, at - clock.now()));
    clock
      .sleep(wait, timer.signal)
      .then(() => this.#wake(stack.id, record.id, at))
      .catch(() => {
        // Only the end of the timer rejects: the resource changed, or the engine closes.
      });
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) timer.abort();
    this.#timers.clear();
  }

  async #wake(stackId: string, recordId: string, at: number): Promise<void> {
    const stack = await this.#operations.stack(stackId);
    const record = (await this.#operations.records(stackId)).find((candidate) => candidate.id === recordId);
    if (!stack || !record || this.#closed) return;
    try {
      if (this.#operations.parts.clock.now() >= at) {
        await deliverSignal(this.#operations, stack, record, { scheduled: new Date(at).toISOString() });
      }
    } catch (error) {
      this.#operations.parts.log('a scheduled action failed', {
        resource: record.name,
        stack: stackId,
        error: String(error),
      });
    }
    await this.watch(stack, record);
  }
}
