import { NotAvailableError } from '../model/errors.js';
import type { OperationRecord, ResourceRecord, StackRecord } from '../model/records.js';
import type { StackAction } from '../model/status.js';
import type { DesiredStack } from '../planning/desired.js';
import { type ChildRunner, ChildStacks } from './child-stacks.js';
import { type ChildViews, createChildViews } from './child-view.js';
import { conclude } from './conclude.js';
import { deleteSnapshotOf } from './delete-snapshot.js';
import type { EngineParts } from './engine-parts.js';
import { Exclusive } from './exclusive.js';
import type { PhaseResult } from './execute.js';
import { ResourceFailure } from './failure.js';
import { Holds } from './holds.js';
import { initialRecords } from './initial-records.js';
import { type LaunchOptions, operationTurn } from './operation-turn.js';
import { performAction } from './perform-action.js';
import { RecordBook } from './record-book.js';
import { Run, type StopReason, stackEvent } from './run.js';
import { createStackAccess } from './stack-access.js';
import { StackLoader } from './stack-loader.js';
import { WakeUps } from './wake-ups.js';

export type { LaunchOptions } from './operation-turn.js';

/** How an operation ended. */
export interface RunResult {
  /** STOPPED: the engine ends or the store refuses writes; the operation goes on later where it is. */
  readonly status: 'COMPLETE' | 'FAILED' | 'SUPERSEDED' | 'STOPPED';
  readonly reason: string;
  readonly failure?: ResourceFailure;
  /** An operation that the end of this one has begun: a rollback. */
  readonly next?: LaunchOptions;
}

interface Active {
  readonly operationId: string;
  readonly operation: OperationRecord;
  run: Run | undefined;
  stack: StackRecord;
  stopWith: { readonly reason: StopReason; readonly abort: boolean } | undefined;
  readonly ended: Promise<RunResult>;
  isOver: boolean;
}

/** Interrupted operations that begin in one turn of the event loop. */
const RESUMED_AT_ONCE = 8;

/** Milliseconds after which an operation that the store stopped is tried again. */
const STORE_RETRY_MS = 2000;

/** Runs operations: one at a time on each stack; a newer one supersedes the older at the next node. */
export class Operations implements ChildRunner {
  readonly parts: EngineParts;
  readonly loader: StackLoader;
  readonly views: ChildViews;
  readonly children: ChildStacks;
  /** Signals to one resource wait for each other. */
  readonly signals = new Exclusive();
  readonly wakeUps = new WakeUps(this);
  readonly #writers = new Exclusive();
  readonly #holds = new Holds();
  readonly #active = new Map<string, Active>();
  #closing = false;
  readonly #closed = new AbortController();
  #recovery: Promise<unknown> | undefined;

  constructor(parts: EngineParts) {
    this.parts = { ...parts, access: (stack, record) => createStackAccess(this, stack, record) };
    this.loader = new StackLoader(this.parts);
    this.views = createChildViews(this.parts, this.loader, (stackId) => this.records(stackId));
    this.children = new ChildStacks(this);
  }

  /** The stack as it is now, a running operation's view included. */
  async stack(id: string): Promise<StackRecord | undefined> {
    const active = this.#active.get(id);
    return active ? (active.run?.stack ?? active.stack) : this.parts.store.reads.stack(id);
  }

  async records(stackId: string): Promise<readonly ResourceRecord[]> {
    const run = this.#active.get(stackId)?.run;
    return run ? run.records.all() : this.parts.store.reads.resources(stackId);
  }

  async isSettled(stackId: string): Promise<boolean> {
    return !this.#active.has(stackId) && (await this.parts.store.reads.isSettled(stackId));
  }

  running(stackId: string): Promise<RunResult> | undefined {
    return this.#active.get(stackId)?.ended;
  }

  /** The run on a stack, for what has to see its state at once (signals, hooks). */
  runOn(stackId: string): Run | undefined {
    return this.#active.get(stackId)?.run;
  }

  /**
   * Works on a stack's records from outside of its operation: through the run if there is one, else on the stored
   * records, which no operation begins to use meanwhile.
   */
  withWriter<T>(stack: StackRecord, work: (run: Run) => Promise<T>): Promise<T> {
    const active = this.#active.get(stack.id)?.run;
    if (active) return work(active);
    return this.#writers.run(stack.id, async () => {
      const begun = this.#active.get(stack.id)?.run;
      if (begun) return work(begun);
      const current = (await this.parts.store.reads.stack(stack.id)) ?? stack;
      const operation = await this.parts.store.reads.operation(current.operationId ?? '');
      if (!operation) throw new NotAvailableError(`The Stack (${stack.name}) is not available.`);
      const records = new RecordBook(await this.parts.store.reads.resources(stack.id));
      const run = new Run(this.parts, current, operation, records);
      // For events, which tell what the template gives; one that cannot be read any more must not stop a signal.
      run.desired = await this.loader.desired(current).catch(() => undefined);
      return work(run);
    });
  }

  /** Lets no operation begin on the given stacks, on which none may run, while their records are changed all at once. */
  hold<T>(stackIds: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.#holds.during(
      stackIds,
      (id) => this.#active.has(id),
      () => stackIds.reduceRight<() => Promise<T>>((inner, id) => () => this.#writers.run(id, inner), work)(),
    );
  }

  /** While the store refuses writes: the next try to go on with what has stopped. */
  get recovery(): Promise<unknown> | undefined {
    return this.#recovery;
  }

  get activeCount(): number {
    return this.#active.size;
  }

  stop(stackId: string, reason: StopReason, abort: boolean): void {
    const active = this.#active.get(stackId);
    if (!active) return;
    active.stopWith = { reason, abort: abort || active.stopWith?.abort === true };
    active.run?.stop(reason, { abort });
  }

  /** Ends what runs on a stack where it is, also if the engine dies meanwhile; running calls have the grace time. */
  async cancel(stackId: string): Promise<void> {
    const active = this.#active.get(stackId);
    if (!active) return;
    const operation = active.run?.cancelledOperation() ?? { ...active.operation, cancelledAt: this.parts.clock.now() };
    await this.parts.journal.record({ operations: [operation] });
    this.stop(stackId, 'cancelled', false);
    this.#abortLater(active, 'cancelled');
  }

  async launch(stack: StackRecord, options: LaunchOptions): Promise<RunResult> {
    return (await this.begin(stack, options)).ended;
  }

  /** Makes an operation durable and sets it going; an operation that runs on the stack is superseded. */
  async begin(
    asked: StackRecord,
    launch: LaunchOptions,
  ): Promise<{ readonly stack: StackRecord; readonly operation: OperationRecord; readonly ended: Promise<RunResult> }> {
    let known = asked;
    if (this.#holds.isHeld(asked.id)) {
      await this.#holds.free(asked.id);
      known = (await this.parts.store.reads.stack(asked.id)) ?? asked;
    }
    const previous = this.#active.get(known.id);
    const before = previous ? (previous.run?.stack ?? previous.stack) : known;
    const now = this.parts.clock.now();
    const { operation, stack } = operationTurn(before, launch, now);
    const desired = launch.template ? (launch.desired ?? this.loader.remember(stack, launch.template)) : undefined;
    if (desired) this.loader.keep(desired);
    const fresh = launch.isNew && desired ? initialRecords(stack, desired, now) : [];
    const start = { go: () => {}, fail: (_error: unknown) => {} };
    const durable = new Promise<void>((resolve, reject) => {
      start.go = resolve;
      start.fail = reject;
    });
    const ended = durable.then(() => this.#runToEnd(stack, operation, previous?.ended, desired, launch, fresh));
    ended.catch(() => {
      // Whoever launched the operation gets the error from `begin`; this only keeps it from being unhandled.
    });
    this.#active.set(stack.id, activeFor(stack, operation, ended));
    const older = previous && (previous.run?.operation ?? previous.operation);
    const superseded =
      older?.status === 'RUNNING' ? [{ ...older, status: 'SUPERSEDED', finishedAt: now } as const] : [];
    if (previous) this.#supersede(previous, launch.action);
    try {
      // One write: there is no moment at which nobody owns the stack.
      await this.parts.journal.record({
        stacks: [stack],
        operations: [...superseded, operation],
        resources: fresh,
        events: [...cancelledEvents(before, older, launch.action, now), stackEvent(stack, operation.id, now)],
        ...(launch.snapshot ? { snapshots: [launch.snapshot] } : {}),
        ...(launch.template ? { templates: [{ stackId: stack.id, record: launch.template }] } : {}),
      });
    } catch (error) {
      if (this.#active.get(stack.id)?.operationId === operation.id) {
        if (previous && !previous.isOver) this.#active.set(stack.id, previous);
        else this.#active.delete(stack.id);
      }
      // The older operation was told to stop and yet keeps the stack: it goes on from its rows.
      previous?.ended.finally(() => this.#retryLater(stack, error)).catch(() => undefined);
      start.fail(error);
      throw error;
    }
    start.go();
    return { stack, operation, ended };
  }

  /**
   * Sets every operation going again that was running when it was let go of; parents wait for their children. All are
   * known at once, and begin a few at a time: the first does not wait until the thousandth has been read.
   */
  async recover(): Promise<number> {
    await this.wakeUps.begin();
    const operations = await this.parts.store.reads.runningOperations();
    const stacks = new Map(
      (await this.parts.store.reads.stacks(operations.map((one) => one.stackId))).map((one) => [one.id, one]),
    );
    const starts: (() => void)[] = [];
    for (const operation of operations) {
      const stack = stacks.get(operation.stackId);
      if (!stack || stack.operationId !== operation.id || this.#active.has(stack.id)) continue;
      const gate = new Promise<void>((resolve) => starts.push(resolve));
      const launch = { action: operation.action, options: operation.options };
      const ended = gate.then(() => this.#runToEnd(stack, operation, undefined, undefined, launch, undefined));
      this.#active.set(stack.id, activeFor(stack, operation, ended));
      ended.catch((error: unknown) => {
        this.parts.log('an interrupted operation could not be resumed', { stack: stack.id, error: String(error) });
      });
    }
    void this.#startInTurn(starts);
    return starts.length;
  }

  async #startInTurn(starts: readonly (() => void)[]): Promise<void> {
    for (const [index, start] of starts.entries()) {
      start();
      if (index % RESUMED_AT_ONCE === RESUMED_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Stops starting new work and waits for what runs; what is not done is resumed by the next engine. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    this.#closed.abort();
    this.wakeUps.close();
    for (const active of this.#active.values()) active.run?.stop('shutdown', { abort: false });
    const all = Promise.allSettled([...this.#active.values()].map((active) => active.ended));
    const timer = new AbortController();
    await Promise.race([all, this.parts.clock.sleep(graceMs, timer.signal).catch(() => undefined)]);
    timer.abort();
    for (const active of this.#active.values()) active.run?.stop('shutdown', { abort: true });
    await all;
    await this.parts.journal.flushed();
  }

  #supersede(previous: Active, action: StackAction): void {
    const reason: StopReason = action === 'DELETE' ? 'deleted' : 'superseded';
    previous.stopWith = { reason, abort: action === 'DELETE' };
    previous.run?.stop(reason, { abort: action === 'DELETE', endsChildren: action !== 'UPDATE' });
    if (previous.run && action !== 'DELETE') this.#abortLater(previous, 'superseded');
  }

  /** What still waits when the grace time is over gives up: nobody must wait for ever. */
  #abortLater(active: Active, reason: StopReason, since = this.parts.clock.now()): void {
    const { clock, limits } = this.parts;
    const timer = new AbortController();
    active.ended.finally(() => timer.abort()).catch(() => undefined);
    clock
      .sleep(Math.max(0, since + limits.cancelGraceMs - clock.now()), timer.signal)
      .then(() => active.run?.stop(reason, { abort: true }))
      .catch(() => undefined);
  }

  async #runToEnd(
    stack: StackRecord,
    operation: OperationRecord,
    previous: Promise<RunResult> | undefined,
    desired: DesiredStack | undefined,
    launch: LaunchOptions,
    fresh: readonly ResourceRecord[] | undefined,
  ): Promise<RunResult> {
    await previous?.catch(() => undefined);
    const active = this.#active.get(stack.id);
    const isNew = launch.isNew === true && fresh !== undefined;
    const run = await this.#writers.run(stack.id, async () => {
      const records = isNew ? fresh : await this.parts.store.reads.resources(stack.id);
      const begun = new Run(this.parts, stack, operation, new RecordBook(records));
      if (active?.operationId === operation.id) active.run = begun;
      return begun;
    });
    run.desired = desired;
    if (active?.operationId === operation.id && active.stopWith) run.stop(active.stopWith.reason, active.stopWith);
    if (active?.operationId !== operation.id) run.stop('superseded', { abort: false });
    if (operation.cancelledAt !== undefined) {
      run.stop('cancelled', { abort: false });
      if (active) this.#abortLater(active, 'cancelled', operation.cancelledAt);
    }
    if (this.#closing) run.stop('shutdown', { abort: false });
    const timer = new AbortController();
    this.parts.clock
      .sleep(Math.max(0, run.deadline - this.parts.clock.now()), timer.signal)
      .then(() => run.stop('timed-out', { abort: true }))
      .catch(() => undefined);
    try {
      const phases = { run, loader: this.loader, children: this.children, views: this.views };
      const result = await conclude(
        phases,
        await performAction(phases).catch((error: unknown) => brokenOff(run, error)),
      );
      if (run.storeFault !== undefined) this.#retryLater(run.stack, run.storeFault);
      if (run.stack.deletedAt !== undefined) await this.#forget(run.stack);
      else if (run.stack.parentId !== undefined && result.status === 'COMPLETE')
        await this.views.keepOutputs(run.stack);
      for (const record of run.records.all()) {
        if (record.type.endsWith('ScheduledAction')) await this.wakeUps.watch(run.stack, record);
      }
      if (result.next && this.#isCurrent(run)) {
        this.#active.delete(stack.id);
        const rollback = await this.begin(run.stack, result.next);
        const end = await rollback.ended;
        return {
          ...result,
          reason: result.reason,
          ...(end.failure && !result.failure ? { failure: end.failure } : {}),
        };
      }
      return result;
    } catch (error) {
      if (run.letsGo(error)) this.#retryLater(run.stack, error);
      throw error;
    } finally {
      timer.abort();
      if (active) active.isOver = true;
      if (this.#isCurrent(run)) this.#active.delete(stack.id);
    }
  }

  /** What a deleted stack leaves behind besides its resources: snapshots and users. */
  async #forget(stack: StackRecord): Promise<void> {
    for (const snapshot of await this.parts.store.reads.snapshots(stack.id))
      await deleteSnapshotOf(this, stack, snapshot);
    await this.parts.outside?.forget(stack);
  }

  #isCurrent(run: Run): boolean {
    return this.#active.get(run.stack.id)?.operationId === run.operation.id;
  }

  /** The disk was full or the like: the rows still say what runs, so it goes on when they can be written again. */
  #retryLater(stack: StackRecord, error: unknown): void {
    if (this.#closing) return;
    this.parts.log('the store refused a write; the operation goes on when it takes writes again', {
      stack: stack.id,
      error: error instanceof Error ? error.message : String(error),
    });
    this.#recovery ??= this.parts.clock
      .sleep(STORE_RETRY_MS, this.#closed.signal)
      .then(() => {
        this.#recovery = undefined;
        return this.recover();
      })
      .catch((reason: unknown) => {
        this.#recovery = undefined;
        if (!this.#closing) this.#retryLater(stack, reason);
      });
  }
}

function activeFor(stack: StackRecord, operation: OperationRecord, ended: Promise<RunResult>): Active {
  return { operationId: operation.id, operation, run: undefined, stack, stopWith: undefined, ended, isOver: false };
}

/** A deletion ends what runs: Heat tells so before it begins. */
function cancelledEvents(before: StackRecord, older: OperationRecord | undefined, action: StackAction, now: number) {
  if (action !== 'DELETE' || older?.status !== 'RUNNING' || before.origin !== 'heat' || before.action === 'DELETE')
    return [];
  const cancelled: StackRecord = { ...before, status: 'FAILED', statusReason: `Stack ${before.action} cancelled` };
  return [stackEvent(cancelled, older.id, now)];
}

/** What could not even be begun ends as a failure of the operation: nothing may be left running without anybody at it. */
function brokenOff(run: Run, error: unknown): PhaseResult {
  const text = error instanceof Error ? error.message : String(error);
  if (!run.letsGo(error)) run.parts.log('an operation broke off', { stack: run.stack.id, error: text });
  return { failures: [new ResourceFailure([], 'Exception', text, 1, '', undefined, { cause: error })], skipped: 0 };
}
