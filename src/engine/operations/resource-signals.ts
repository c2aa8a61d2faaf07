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

/** What a creation policy asks for; undefined if it asks for no signals. */
export function creationSignals(policy: Json): { readonly count: number; readonly timeoutMs: number } | undefined {
  const signal = isMap(policy) ? (policy as JsonMap).ResourceSignal : undefined;
  if (!isMap(signal)) return undefined;
  const { Count, Timeout } = signal as JsonMap;
  return { count: Count === undefined ? 1 : Number(Count), timeoutMs: durationMs(Timeout) ?? DEFAULT_TIMEOUT_MS };
}

/** Milliseconds of an ISO 8601 duration such as `PT1H30M`. */
export function durationMs(text: Json | undefined): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(String(text ?? ''));
  if (!match || text === 'P' || text === 'PT') return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** Waits until a resource has had so many success signals since a time; a failure signal or the timeout ends it badly. */
export async function awaitSignals(
  run: Run,
  recordId: string,
  wanted: { readonly count: number; readonly timeoutMs: number; readonly since: number },
): Promise<void> {
  const until = run.parts.clock.now() + wanted.timeoutMs;
  for (;;) {
    const record = run.records.get(recordId);
    const signals = record ? signalsOf(record).filter(({ at }) => at >= wanted.since) : [];
    const failures = signals.filter(({ status }) => status === 'FAILURE').length;
    if (failures > 0) {
      throw new RejectedError(
        `Received ${failures} FAILURE signal(s) out of ${wanted.count}. Unable to satisfy 100% MinSuccessfulInstancesPercent requirement`,
        { reasonClass: 'ResourceFailure' },
      );
    }
    if (signals.length >= wanted.count) return;
    const left = until - run.parts.clock.now();
    if (left <= 0) {
      const missing = wanted.count - signals.length;
      throw new RejectedError(`Failed to receive ${missing} resource signal(s) within the specified duration`, {
        reasonClass: 'ResourceFailure',
      });
    }
    await run.parts.clock.sleep(Math.min(LOOK_MS, left), run.signal);
  }
}
