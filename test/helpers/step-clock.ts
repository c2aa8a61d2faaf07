import type { Clock } from '../../src/engine/model/clock.js';

/** A clock that stands still until it is moved; sleeping moves it. */
export class StepClock implements Clock {
  #now: number;
  readonly slept: number[] = [];

  constructor(now = Date.UTC(2024, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw signal.reason;
    this.slept.push(ms);
    this.#now += ms;
  }

  move(ms: number): void {
    this.#now += ms;
  }
}
