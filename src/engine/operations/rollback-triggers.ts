import { EVENT_REASONS } from '../model/event-reasons.js';
import type { OperationRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap } from '../model/value.js';
import type { Run } from './run.js';

/** An alarm that goes off is noticed within this time. */
const LOOK_MS = 1000;

/** An alarm that a stack's rollback configuration names. */
export interface RollbackTrigger {
  readonly arn: string;
  readonly type: string;
}

/**
 * Watches the alarms of a stack's rollback configuration while an operation creates or updates it, and for the monitoring
 * time after everything is there. An alarm that goes off, or is not there, ends the operation: what follows is a rollback.
 */
export class TriggerWatch {
  readonly #run: Run;
  readonly #triggers: readonly RollbackTrigger[];
  readonly #over = new AbortController();

  constructor(run: Run) {
    this.#run = run;
    this.#triggers = isWatched(run.operation) ? triggersOf(run.stack) : [];
    run.onStop(() => this.#over.abort());
  }

  /** Looks for the first time; resolves when that is done and goes on looking. */
  async begin(): Promise<void> {
    if (this.#triggers.length === 0) return;
    await this.#look();
    void this.#goOn();
  }

  /** Waits until the monitoring time is over or the operation is stopped. How long it has lasted survives a crash. */
  async monitor(): Promise<void> {
    const run = this.#run;
    const lasts = isWatched(run.operation) ? monitoringMs(run.stack) : 0;
    if (lasts === 0 || run.stopped !== undefined) return;
    const { clock } = run.parts;
    const known = run.stack.extra.monitoring;
    const begun =
      isMap(known) && (known as JsonMap).operation === run.operation.id ? Number((known as JsonMap).until) : NaN;
    const until = Number.isNaN(begun) ? clock.now() + lasts : begun;
    if (Number.isNaN(begun)) {
      const monitoring = { operation: run.operation.id, until };
      await run.record(run.patchStack({ extra: { ...run.stack.extra, monitoring } }));
    }
    await clock.sleep(Math.max(0, until - clock.now()), this.#over.signal).catch(() => undefined);
    // What went off in the last moment counts too.
    if (!this.#over.signal.aborted) await this.#look();
  }

  end(): void {
    this.#over.abort();
  }

  async #goOn(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      await this.#run.parts.clock.sleep(LOOK_MS, signal).catch(() => undefined);
      if (!signal.aborted) await this.#look();
    }
  }

  async #look(): Promise<void> {
    const run = this.#run;
    const states = await Promise.all(this.#triggers.map((trigger) => this.#stateOf(trigger)));
    const named = (test: (state: string | undefined) => boolean) =>
      this.#triggers.filter((_, index) => test(states[index])).map(({ arn }) => arn);
    const missing = named((state) => state === undefined);
    const gone = named((state) => state === 'ALARM');
    if (gone.length > 0) run.breach(`${EVENT_REASONS.alarmed} [${gone.join(', ')}].`);
    else if (missing.length > 0) run.breach(`${EVENT_REASONS.noAlarm} [${missing.join(', ')}].`);
  }

  async #stateOf(trigger: RollbackTrigger): Promise<string | undefined> {
    const { cloud, stack, parts } = this.#run;
    try {
      return await cloud.alarmState?.(stack, trigger);
    } catch (error) {
      // A cloud that cannot tell now is asked again; that says nothing of the alarm.
      parts.log('the state of an alarm could not be read', {
        stack: stack.id,
        alarm: trigger.arn,
        error: String(error),
      });
      return 'INSUFFICIENT_DATA';
    }
  }
}

function isWatched({ action }: OperationRecord): boolean {
  return action === 'CREATE' || action === 'UPDATE';
}

/** How long a stack is watched after its creation or update. */
export function monitoringMs({ extra }: Pick<StackRecord, 'extra'>): number {
  const minutes = configurationOf(extra).MonitoringTimeInMinutes;
  return typeof minutes === 'number' ? minutes * 60_000 : 0;
}

function triggersOf({ extra }: StackRecord): RollbackTrigger[] {
  const given = configurationOf(extra).RollbackTriggers;
  if (!Array.isArray(given)) return [];
  return given.flatMap((trigger: Json) => {
    if (!isMap(trigger)) return [];
    const { Arn, Type } = trigger as JsonMap;
    return typeof Arn === 'string' && typeof Type === 'string' ? [{ arn: Arn, type: Type }] : [];
  });
}

function configurationOf({ rollbackConfiguration }: JsonMap): JsonMap {
  return isMap(rollbackConfiguration) ? (rollbackConfiguration as JsonMap) : {};
}
