import type { Clock } from '../engine/model/clock.js';

/** How many failed logins are borne before more are refused unseen. */
export interface LoginLimits {
  readonly windowMs: number;
  /** Of one user from one address. */
  readonly perUserAndAddress: number;
  /** Of one user from anywhere, and of anybody from one address. */
  readonly perUser: number;
  readonly perAddress: number;
}

/** Enough for people, too few for guessing. */
export const DEFAULT_LOGIN_LIMITS: LoginLimits = {
  windowMs: 60_000,
  perUserAndAddress: 10,
  perUser: 100,
  perAddress: 100,
};

const MAX_COUNTERS = 10_000;

/**
 * Counts failed logins. Who has too many of them is refused without a look at the password until the window has
 * passed, with the same 401 as for a wrong password: Keystone's own way with locked accounts. The narrow limit is per
 * user *and* address, so that a stranger cannot lock somebody out from elsewhere.
 */
export class LoginGuard {
  readonly #clock: Clock;
  readonly #limits: LoginLimits;
  readonly #counters = new Map<string, { count: number; since: number }>();

  constructor(clock: Clock, limits: LoginLimits = DEFAULT_LOGIN_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  isLocked(user: string, address: string): boolean {
    return this.#keys(user, address).some(([key, limit]) => this.#count(key) >= limit);
  }

  recordFailure(user: string, address: string): void {
    for (const [key] of this.#keys(user, address)) {
      const count = this.#count(key);
      if (count === 0) this.#counters.set(key, { count: 1, since: this.#clock.now() });
      else this.#counters.set(key, { count: count + 1, since: this.#counters.get(key)?.since ?? this.#clock.now() });
    }
    if (this.#counters.size > MAX_COUNTERS) this.#forget();
  }

  recordSuccess(user: string, address: string): void {
    this.#counters.delete(`both\n${user}\n${address}`);
  }

  #keys(user: string, address: string): [string, number][] {
    return [
      [`both\n${user}\n${address}`, this.#limits.perUserAndAddress],
      [`user\n${user}`, this.#limits.perUser],
      [`address\n${address}`, this.#limits.perAddress],
    ];
  }

  #count(key: string): number {
    const counter = this.#counters.get(key);
    if (!counter || this.#clock.now() - counter.since >= this.#limits.windowMs) return 0;
    return counter.count;
  }

  /** Bounded memory under attack: first what has expired, then the oldest. */
  #forget(): void {
    for (const key of this.#counters.keys()) if (this.#count(key) === 0) this.#counters.delete(key);
    for (const key of this.#counters.keys()) {
      if (this.#counters.size <= MAX_COUNTERS / 2) break;
      this.#counters.delete(key);
    }
  }
}
