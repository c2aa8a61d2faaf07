import { setMaxListeners } from 'node:events';
import { newId, physicalName } from '../model/ids.js';
import type { LeftBehind, OperationRecord, ResourceRecord, StackRecord } from '../model/records.js';
import type { EventAction, StackAction, Status } from '../model/status.js';
import { type JsonMap, masked, type ValueMap } from '../model/value.js';
import type { DesiredStack } from '../planning/desired.js';
import type { CloudBinding, EngineParts } from './engine-parts.js';
import type { JournalEntry } from './journal.js';
import type { RecordBook } from './record-book.js';
import { monitoringMs } from './rollback-triggers.js';
import { isStoreFault } from './store-fault.js';

/** Why an operation has to end before its work is done. */
export type StopReason = 'superseded' | 'cancelled' | 'timed-out' | 'breached' | 'deleted' | 'shutdown';

/** Of several reasons the stronger one decides how the operation ends. */
const STRENGTH: { readonly [reason in StopReason]: number } = {
  cancelled: 1,
  'timed-out': 1,
  breached: 1,
  superseded: 2,
  deleted: 2,
  shutdown: 3,
};

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
  /** Another operation has the stack now: its row is that one's to write. */
  #isTakenOver = false;
  #endsChildren = false;
  #hasFailed = false;
  #breach: string | undefined;
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
    // Every resource that waits listens; ten are no sign of a leak here.
    setMaxListeners(0, this.#abort.signal);
    this.deadline = operation.startedAt + (operation.options.timeoutMs ?? timeoutMs) + monitoringMs(stack);
  }

  get stack(): StackRecord {
    return this.#stack;
  }

  get operation(): OperationRecord {
    return this.#operation;
  }

  /** Which alarms stopped it. */
  get breachReason(): string | undefined {
    return this.#breach;
  }

  get stopped(): StopReason | undefined {
    return this.#stop;
  }

  /** True if what took over (a rollback) does not wait for child stacks to end by themselves. */
  get endsChildren(): boolean {
    return this.#endsChildren;
  }

  /** True as soon as one of its resources has failed: nothing new is begun. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  noteFailure(): void {
    this.#hasFailed = true;
  }

  get storeFault(): unknown {
    return this.#storeFault;
  }

  get isTakenOver(): boolean {
    return this.#isTakenOver;
  }

  /** Ends the operation where it is: its rows go on saying that it runs, and whoever opens them next goes on from there. */
  abandon(fault: unknown): void {
    this.#storeFault ??= fault;
    this.stop('shutdown', { abort: true });
  }

  /** True if an error only says that the operation has been let go of: then nothing of it goes on record. */
  letsGo(error: unknown): boolean {
    if (this.#storeFault === undefined && isStoreFault(error)) this.abandon(error);
    return this.#storeFault !== undefined || (this.#stop === 'shutdown' && this.signal.aborted);
  }

  /** Aborts when running calls have to give up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Remembers what stays in the world without anybody who keeps it. */
  leave(things: readonly LeftBehind[]): void {
    // Whoever abandons a stack is told of everything.
    const known = new Set(this.#operation.left?.map(({ physicalId }) => physicalId));
    const news = things.filter(({ physicalId }) => !known.has(physicalId));
    if (news.length === 0 || this.#operation.options.abandon) return;
    this.#operation = { ...this.#operation, left: [...(this.#operation.left ?? []), ...news] };
    this.recordSoon({ operations: [this.#operation] });
  }

  /** The operation with the wish that it ends where it is; every later state of it tells of that too. */
  cancelledOperation(): OperationRecord {
    this.#operation = { ...this.#operation, cancelledAt: this.#operation.cancelledAt ?? this.parts.clock.now() };
    return this.#operation;
  }

  /** Starts nothing new from now on; with `abort`, running calls give up too. */
  stop(reason: StopReason, options: { readonly abort: boolean; readonly endsChildren?: boolean }): void {
    if (options.endsChildren) this.#endsChildren = true;
    if (this.#stop === undefined || STRENGTH[reason] > STRENGTH[this.#stop]) this.#stop = reason;
    if (reason === 'superseded' || reason === 'deleted') this.#isTakenOver = true;
    if (options.abort && !this.#abort.signal.aborted) this.#abort.abort(reason);
    for (const listener of this.#onStop) listener();
  }

  /** An alarm that is watched has gone off: everything is to be as it was before. */
  breach(reason: string): void {
    this.#breach ??= reason;
    this.stop('breached', { abort: true });
  }

  onStop(listener: () => void): void {
    this.#onStop.push(listener);
  }

  /** Writes and remembers the new state; resolves when it is durable. */
  async record(entry: JournalEntry): Promise<void> {
    for (const record of entry.resources ?? []) this.records.put(record);
    try {
      await this.parts.journal.record(this.#isTakenOver ? withoutTurns(entry) : entry);
    } catch (error) {
      this.abandon(error);
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
    const now = this.parts.clock.now();
    const isUpdate = patch.action === 'UPDATE' && patch.status === 'IN_PROGRESS';
    const next: ResourceRecord = {
      ...record,
      ...patch,
      ...(isUpdate ? { updateBegunAt: now } : {}),
      updatedAt: now,
    };
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
    const shown = this.#givenProperties(record);
    return {
      stack: this.#stack,
      event: {
        id: newId(),
        stackId: record.stackId,
        operationId: this.#operation.id,
        resourceName: record.name,
        resourceType: record.type,
        // Heat tells the name that the thing is going to have while there is none yet.
        physicalId:
          record.physicalId ??
          (this.#stack.origin === 'heat' ? physicalName(this.#stack.name, record.name, record.id) : undefined),
        action: options.action ?? record.action,
        status: options.status ?? record.status,
        reason: options.reason ?? record.statusReason,
        properties: masked(shown) as JsonMap,
        createdAt: this.parts.clock.now(),
      },
    };
  }

  /** What the template gives a resource, without the defaults of its type. */
  #givenProperties(record: ResourceRecord): ValueMap {
    const all = record.intent?.desired ?? record.properties;
    const declared = this.desired?.resources.get(record.name)?.declaration.properties;
    if (declared?.kind !== 'map') return all;
    const given = new Set(declared.entries.map(({ key }) => key));
    return Object.fromEntries(Object.entries(all).filter(([name]) => given.has(name)));
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

/** What an operation that was taken over may still write: what has become of its resources. */
function withoutTurns({ stacks: _stacks, operations: _operations, ...rest }: JournalEntry): JournalEntry {
  return rest;
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
