import { OperationInProgressError } from '../model/errors.js';

/** Keeps operations from beginning on stacks while their records are changed all at once. */
export class Holds {
  readonly #held = new Map<string, Promise<unknown>>();

  /** Resolves when nobody holds the stack; at once if nobody does. */
  async free(stackId: string): Promise<void> {
    for (let held = this.#held.get(stackId); held; held = this.#held.get(stackId)) await held;
  }

  isHeld(stackId: string): boolean {
    return this.#held.has(stackId);
  }

  /** Holds stacks on which nothing runs while the work is done. Throws OperationInProgressError if something does. */
  async during<T>(
    stackIds: readonly string[],
    isActive: (stackId: string) => boolean,
    work: () => Promise<T>,
  ): Promise<T> {
    for (let taken = this.#taken(stackIds); taken !== undefined; taken = this.#taken(stackIds)) await this.free(taken);
    const busy = stackIds.find(isActive);
    if (busy !== undefined) throw new OperationInProgressError(`An operation is running on stack ${busy}.`);
    // Taken all in one turn: two that want the same stacks never wait for each other.
    const held = { end: () => {} };
    const ended = new Promise<void>((resolve) => {
      held.end = resolve;
    });
    for (const id of stackIds) this.#held.set(id, ended);
    try {
      return await work();
    } finally {
      for (const id of stackIds) this.#held.delete(id);
      held.end();
    }
  }

  #taken(stackIds: readonly string[]): string | undefined {
    return stackIds.find((id) => this.#held.has(id));
  }
}
