import type { Preferences, Target } from './stack-set-records.js';

/** The targets of one region, of which some may run at once. */
export interface RegionWork<T extends Target> {
  readonly region: string;
  readonly targets: readonly T[];
  /** Failures that the region bears. */
  readonly tolerance: number;
  readonly concurrency: number;
}

/** The targets by region in the order of the preferences, each region with its numbers. */
export function workOrder<T extends Target>(targets: readonly T[], preferences: Preferences): RegionWork<T>[] {
  const byRegion = new Map<string, T[]>();
  for (const target of targets) {
    const group = byRegion.get(target.region);
    if (group) group.push(target);
    else byRegion.set(target.region, [target]);
  }
  const wanted = preferences.regionOrder ?? [];
  const rank = (region: string) => (wanted.includes(region) ? wanted.indexOf(region) : wanted.length);
  return [...byRegion]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([region, group]) => ({
      region,
      targets: group,
      tolerance: toleranceOf(preferences, group.length),
      concurrency: concurrencyOf(preferences, group.length),
    }));
}

function toleranceOf({ toleranceCount, tolerancePercentage }: Preferences, count: number): number {
  return toleranceCount ?? Math.floor(((tolerancePercentage ?? 0) * count) / 100);
}

/** Percentages are rounded down, but one is the least. */
function concurrencyOf({ concurrentCount, concurrentPercentage }: Preferences, count: number): number {
  const wanted =
    concurrentCount ?? (concurrentPercentage === undefined ? 1 : Math.floor((concurrentPercentage * count) / 100));
  return Math.max(1, wanted);
}

/**
 * How many targets of a region may run now: in the strict mode never more than the failures that may still come and
 * one, so that the tolerance is not exceeded by those that run.
 */
export function roomFor(work: RegionWork<Target>, preferences: Preferences, failures: number): number {
  if (preferences.mode === 'SOFT_FAILURE_TOLERANCE') return work.concurrency;
  return Math.min(work.concurrency, Math.max(1, work.tolerance - failures + 1));
}
