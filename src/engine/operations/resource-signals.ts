import { RejectedError } from '../model/errors.js';
import type { ResourceRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap } from '../model/value.js';
import type { Run } from './run.js';

/** How long a resource without a timeout of its own waits for signals. */
const DEFAULT_TIMEOUT_MS = 5 * 60_000;
const LOOK_MS = 200;

/** One success or failure signal to a resource, as CloudFormation's SignalResource sends it. */
export interface ResourceSignal {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The signals that a resource has got; a second one of the same id changes nothing. */
export function signalsOf(record: ResourceRecord): ResourceSignal[] {
  const { resourceSignals } = record.data;
  return Array.isArray(resourceSignals) ? (resourceSignals as unknown as ResourceSignal[]) : [];
}

/** The record with one more signal. */
export function withSignal(record: ResourceRecord, signal: ResourceSignal): ResourceRecord {
  const before = signalsOf(record);
  if (before.some((one) => one.id === signal.id)) return record;
  const resourceSignals = [...before, { ...signal }] as unknown as Json;
  return { ...record, data: { ...record.data, resourceSignals } };
}

/** A resource's notes without the signals of earlier operations: ids count once per wait only. */
export function withoutSignals({ resourceSignals: _, ...data }: JsonMap): JsonMap {
  return data;
}

/** For what signals somebody waits. */
export interface WantedSignals {
  /** So many answers are expected. */
  readonly count: number;
  /** So many per hundred of them must be successes; 100 if absent. */
  readonly percent?: number;
  readonly timeoutMs: number;
}

/** What a creation policy asks for; undefined if it asks for no signals. */
export function creationSignals(policy: Json): WantedSignals | undefined {
  const { ResourceSignal, AutoScalingCreationPolicy } = isMap(policy) ? (policy as JsonMap) : {};
  if (!isMap(ResourceSignal)) return undefined;
  const { Count, Timeout } = ResourceSignal as JsonMap;
  const percent = isMap(AutoScalingCreationPolicy)
    ? (AutoScalingCreationPolicy as JsonMap).MinSuccessfulInstancesPercent
    : undefined;
  return {
    count: Count === undefined ? 1 : Number(Count),
    timeoutMs: durationMs(Timeout) ?? DEFAULT_TIMEOUT_MS,
    ...(percent === undefined ? {} : { percent: Number(percent) }),
  };
}

/** Milliseconds of an ISO 8601 duration such as `PT1H30M`. */
export function durationMs(text: Json | undefined): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(String(text ?? ''));
  if (!match || text === 'P' || text === 'PT') return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/**
 * Waits until all expected answers have come since a time, or so many failures that it cannot end well any more, or the
 * timeout: who has not answered by then counts as failed. Throws unless there are enough successes.
 */
export async function awaitSignals(
  run: Run,
  recordId: string,
  wanted: WantedSignals & { readonly since: number },
): Promise<void> {
  const { count, percent = 100, timeoutMs, since } = wanted;
  const needed = Math.ceil((count * percent) / 100);
  const until = run.parts.clock.now() + timeoutMs;
  for (;;) {
    const record = run.records.get(recordId);
    const signals = record ? signalsOf(record).filter(({ at }) => at >= since) : [];
    const failures = signals.filter(({ status }) => status === 'FAILURE').length;
    const successes = signals.length - failures;
    if (failures > count - needed) throw refusal(failures, count, percent);
    if (signals.length >= count) return;
    const left = until - run.parts.clock.now();
    if (left <= 0) {
      if (successes >= needed) return;
      throw failures > 0 || percent < 100
        ? refusal(count - successes, count, percent)
        : missing(count - signals.length);
    }
    await run.parts.clock.sleep(Math.min(LOOK_MS, left), run.signal);
  }
}

function refusal(failures: number, count: number, percent: number): RejectedError {
  return new RejectedError(
    `Received ${failures} FAILURE signal(s) out of ${count}. Unable to satisfy ${percent}% MinSuccessfulInstancesPercent requirement`,
    { reasonClass: 'ResourceFailure' },
  );
}

function missing(count: number): RejectedError {
  return new RejectedError(`Failed to receive ${count} resource signal(s) within the specified duration`, {
    reasonClass: 'ResourceFailure',
  });
}
