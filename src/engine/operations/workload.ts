/** A share in what is worked on at a time. */
export interface Place {
  /** Gives it up before the end of the work: from now on it only waits. */
  leave(): void;
}

/**
 * What all operations on a cloud work on at a time. Child stacks begin while there is room: a thousand of them that all
 * have begun hold their records, graphs and half-done steps in memory at once, and none is done sooner for it.
 */
export class Workload {
  readonly #enough: number;
  #busy = 0;
  readonly #queue: (() => void)[] = [];

  constructor(enough: number) {
    this.#enough = enough;
  }

  /** Something is being worked on. It never waits for room, so that nothing that has begun can be held up. */
  add(): void {
    this.#busy++;
  }

  /** Something has ended, or only waits from now on: what waits for others must never keep those from beginning. */
  remove(): void {
    this.#busy--;
    while (this.#busy < this.#enough && this.#queue.length > 0) {
      this.#busy++;
      this.#queue.shift()?.();
    }
  }

  /**
   * Works on a child stack as soon as there is room, in the order of the asking. Its parent only waits meanwhile, so that
   * others may have the parent's place.
   */
  async whenRoom<T>(waiting: (isWaiting: boolean) => void, work: (place: Place) => Promise<T>): Promise<T> {
    waiting(true);
    if (this.#busy < this.#enough && this.#queue.length === 0) this.#busy++;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    let isLeft = false;
    const leave = () => {
      if (!isLeft) this.remove();
      isLeft = true;
    };
    try {
      return await work({ leave });
    } finally {
      leave();
      waiting(false);
    }
  }
}
