import { newId } from '../model/ids.js';
import type { OperationRecord, ResourceRecord, StackRecord } from '../model/records.js';
import type { EventAction, ResourceAction, StackAction, Status } from '../model/status.js';
import { type JsonMap, masked } from '../model/value.js';
import type { DesiredStack } from '../planning/desired.js';
import type { CloudBinding, EngineParts } from './engine-parts.js';
import type { JournalEntry } from './journal.js';
import type { RecordBook } from './record-book.js';

/** Why an operation has to end before its work is done. */
export type StopReason = 'superseded' | 'cancelled' | 'timed-out' | 'deleted' | 'shutdown';

/** One operation on one stack while it runs: the state that its steps share. */
export class Run {
  readonly parts: EngineParts;
  readonly records: RecordBook;
  readonly cloud: CloudBinding;
  readonly deadline: number;
  /** What the stack is to be, once it is known. */
  desired: DesiredStack | undefined;
  #stack: StackRecord;
  #operation: OperationRecord;
  #stop: StopReason | undefined;
  readonly #abort = new AbortController();
  readonly #onStop: (() => void)[] = [];
  /** The first write that failed: the operation ends there. */
  #storeFault: unknown;

  constructor(parts: EngineParts, stack: StackRecord, operation: OperationRecord, records: RecordBook) {
    this.parts = parts;
    this.#stack = stack;
    this.#operation = operation;
    this.records = records;
    this.cloud = parts.cloudOf(stack);
    const timeoutMs = stack.timeoutMins ? stack.timeoutMins * 60_000 : parts.limits.defaultTimeoutMs;
    this.deadline = operation.startedAt + (operation.options.timeoutMs ?? timeoutMs);
  }

  get stack(): StackRecord {
    return this.#stack;
  }

  get operation(): OperationRecord {
    return this.#operation;
  }

  get stopped(): StopReason | undefined {
    return this.#stop;
  }

  get storeFault(): unknown {
    return this.#storeFault;
  }

  /** Aborts when running calls have to give up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Starts nothing new from now on; with `abort`, running calls give up too. */
  stop(reason: StopReason, options: { readonly abort: boolean }): void {
    this.#stop ??= reason;
    if (options.abort && !this.#abort.signal.aborted) this.#abort.abort(reason);
    for (const listener of this.#onStop) listener();
  }

  onStop(listener: () => void): void {
    this.#onStop.push(listener);
  }

  /** Writes and remembers the new state; resolves when it is durable. */
  async record(entry: JournalEntry): Promise<void> {
    for (const record of entry.resources ?? []) this.records.put(record);
    try {
      await this.parts.journal.record(entry);
    } catch (error) {
      if (this.#storeFault === undefined) {
        this.#storeFault = error;
        this.stop('shutdown', { abort: true });
      }
      throw error;
    }
  }

  /** The same without waiting: for results whose follow-ups will be written together with them. */
  recordSoon(entry: JournalEntry): void {
    this.record(entry).catch(() => {
      // `record` has kept the error as the run's store fault, which ends the run.
    });
  }

  /** A changed record together with its event, not written yet. */
  changed(
    record: ResourceRecord,
    patch: Partial<ResourceRecord>,
  ): { readonly record: ResourceRecord; readonly entry: JournalEntry } {
    const next: ResourceRecord = { ...record, ...patch, updatedAt: this.parts.clock.now() };
    const isTurn = next.action !== record.action || next.status !== record.status || patch.statusReason !== undefined;
    return {
      record: next,
      entry: { resources: [next], ...(isTurn ? { events: [this.eventOf(next)] } : {}) },
    };
  }

  eventOf(
    record: ResourceRecord,
    options: { readonly action?: EventAction; readonly status?: Status; readonly reason?: string } = {},
  ) {
    const shown = record.intent?.desired ?? record.properties;
    return {
      stack: this.#stack,
      event: {
        id: newId(),
        stackId: record.stackId,
        operationId: this.#operation.id,
        resourceName: record.name,
        resourceType: record.type,
        physicalId: record.physicalId,
        action: options.action ?? record.action,
        status: options.status ?? record.status,
        reason: options.reason ?? record.statusReason,
        properties: masked(shown) as JsonMap,
        createdAt: this.parts.clock.now(),
      },
    };
  }

  /** The entry that brings the stack itself (and its operation) to a new state, with its event. */
  stackTurn(turn: {
    readonly action?: StackAction;
    readonly status: Status;
    readonly reason: string;
    readonly stack?: Partial<StackRecord>;
    readonly operation?: Partial<OperationRecord>;
  }): JournalEntry {
    const now = this.parts.clock.now();
    this.#stack = {
      ...this.#stack,
      ...turn.stack,
      action: turn.action ?? this.#stack.action,
      status: turn.status,
      statusReason: turn.reason,
    };
    this.#operation = { ...this.#operation, ...turn.operation };
    return {
      stacks: [this.#stack],
      operations: [this.#operation],
      events: [stackEvent(this.#stack, this.#operation.id, now)],
    };
  }

  /** Changes the stack record without a turn of its state. */
  patchStack(patch: Partial<StackRecord>): JournalEntry {
    this.#stack = { ...this.#stack, ...patch };
    return { stacks: [this.#stack] };
  }
}

/** The event of a stack's own state. */
export function stackEvent(stack: StackRecord, operationId: string | undefined, now: number) {
  return {
    stack,
    event: {
      id: newId(),
      stackId: stack.id,
      operationId,
      resourceName: stack.name,
      resourceType: stack.origin === 'cfn' ? 'AWS::CloudFormation::Stack' : 'OS::Heat::Stack',
      physicalId: stack.id,
      action: stack.action as EventAction,
      status: stack.status,
      reason: stack.statusReason,
      properties: undefined,
      createdAt: now,
    },
  };
}

