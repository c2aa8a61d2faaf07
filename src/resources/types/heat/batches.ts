import { RejectedError } from '../../../engine/model/errors.js';

/** One step of a rolling update. */
export interface Batch {
  /** The group's size after it. */
  readonly size: number;
  /** How many members get the new declaration in it, new ones included. */
  readonly replace: number;
}

/** What a rolling update must keep to. */
export interface BatchPolicy {
  readonly maxBatchSize: number;
  readonly minInService: number;
}

/** True until all members are up to date and the group has its size. */
function needsMore(target: number, current: number, updated: number): boolean {
  return !(updated >= current && current === target);
}

/** The next step: enough extra members are made that the minimum stays in service. */
export function nextBatch(target: number, current: number, updated: number, policy: BatchPolicy): Batch {
  const least = Math.min(policy.minInService, target, current);
  const replace = Math.min(policy.maxBatchSize, Math.max(target - updated, 0));
  return { size: replace + Math.max(Math.min(current, target - replace), least), replace };
}

/** All steps of a ResourceGroup from one size to another. */
export function groupBatches(target: number, start: number, policy: BatchPolicy): Batch[] {
  const batches: Batch[] = [];
  let current = start;
  let updated = 0;
  while (needsMore(target, current, updated)) {
    const batch = nextBatch(target, current, updated, policy);
    batches.push(batch);
    // Extra members are removed in the end: their having the new declaration does not count.
    updated += batch.replace - Math.max(batch.size - Math.max(current, target), 0);
    current = batch.size;
  }
  return batches;
}

/** All steps of a scaling group, which keeps its size or shrinks on the way; it grows only afterwards. */
export function scalingBatches(target: number, start: number, policy: BatchPolicy): Batch[] {
  const batches: Batch[] = [];
  let current = start;
  let updated = 0;
  while (needsMore(target, current, updated)) {
    const batch = nextBatch(target, current, updated, policy);
    batches.push(batch);
    current = batch.size;
    updated += batch.replace;
  }
  return batches;
}

/** Refuses batches whose pauses alone take longer than the operation may. */
export function guardPauses(batches: number, pauseMs: number, timeoutMs: number): void {
  if (pauseMs * Math.max(batches - 1, 0) < timeoutMs) return;
  throw new RejectedError('The current update policy will result in stack update timeout.', {
    reasonClass: 'ValueError',
  });
}

/** The operation's time when nobody says it: Heat's default. */
export const DEFAULT_TIMEOUT_MS = 3_600_000;

/** The milliseconds of an ISO 8601 duration such as `PT1H30M5S`; undefined if it is none that Heat reads. */
export function durationMs(text: string): number | undefined {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text);
  if (!match) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
