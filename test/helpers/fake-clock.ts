import type { Clock } from '../../src/engine/model/clock.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Turns of the event loop without a new sleeper after which everybody counts as waiting for the clock. */
const IDLE_TURNS = 25;

/**
 * A clock that jumps to the next sleeper as soon as nothing else happens, as long as that is not farther away than
 * `horizonMs`: so waits take no time, and timeouts strike only in tests that move the horizon.
 */
export class FakeClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #idle = 0;
  #isPumping = false;
  /** Milliseconds of every sleep that was asked for, in order. */
  readonly slept: number[] = [];

  constructor(
    now = Date.UTC(2026, 0, 1),
    public horizonMs = 20 * 60_000,
  ) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper: Sleeper = {
        at: this.#now + ms,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
      this.#idle = 0;
      this.#pump();
    });
  }

  /** Moves the time on and wakes whoever slept until then. */
  advance(ms: number): void {
    this.#moveTo(this.#now + ms);
  }

  #moveTo(time: number): void {
    this.#now = Math.max(this.#now, time);
    const due = this.#sleepers.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const turn = () => {
      const next = Math.min(...this.#sleepers.map(({ at }) => at));
      if (next - this.#now > this.horizonMs) {
        this.#isPumping = false;
        return;
      }
      if (++this.#idle >= IDLE_TURNS) {
        this.#idle = 0;
        this.#moveTo(next);
      }
      setImmediate(turn);
    };
    setImmediate(turn);
  }
}
