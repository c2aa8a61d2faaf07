import { DriverError } from '../model/errors.js';

/** How often a driver's verb is tried again and how long the pauses are. */
export interface RetryPolicy {
  /** Repetitions after the first try. */
  readonly limit: number;
  /** The first pause in milliseconds; each further one is twice as long. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Gives 0..1: a share of the pause that is added at random, so that many do not come back at once. */
  readonly random: () => number;
}

export const DEFAULT_RETRY: RetryPolicy = { limit: 5, baseMs: 1000, maxMs: 60_000, random: Math.random };

/** Milliseconds to wait before try number `attempt` + 1. */
export function pauseBefore(policy: RetryPolicy, attempt: number): number {
  const pause = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.round(pause * (1 + policy.random() / 2));
}

/** True if the failed verb may be tried again. */
export function isRetryable(error: unknown): error is DriverError {
  return error instanceof DriverError && error.retryable;
}
