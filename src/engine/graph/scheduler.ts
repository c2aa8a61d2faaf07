import { type Adjacency, remainingPathLengths, transpose } from './topology.js';

/**
 * Decides what may start: a node is ready the moment its last requirement is done, and of the ready ones that with
 * the longest chain behind it goes first. Pure: it knows no time and calls nothing; O(V + E) over a whole walk, and a
 * logarithm for each pick.
 */
export class Scheduler {
  readonly #dependants: number[][];
  readonly #missing: number[];
  readonly #priority: number[];
  readonly #ready: number[] = [];
  #unfinished: number;

  constructor(requires: Adjacency) {
    this.#dependants = transpose(requires);
    this.#missing = requires.map((needed) => needed.length);
    this.#priority = remainingPathLengths(requires);
    this.#unfinished = requires.length;
    this.#missing.forEach((count, node) => {
      if (count === 0) this.#push(node);
    });
  }

  /** The node to start next, or undefined if none is ready now. */
  next(): number | undefined {
    return this.#pop();
  }

  /** Marks a started node as done: what waited only for it becomes ready. */
  complete(node: number): void {
    this.#unfinished--;
    for (const dependant of this.#dependants[node] ?? []) {
      const left = (this.#missing[dependant] ?? 0) - 1;
      this.#missing[dependant] = left;
      if (left === 0) this.#push(dependant);
    }
  }

  /** How many nodes are not done, started ones included. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Every node that needs `node`, directly or not: what cannot run when it fails. */
  blockedBy(node: number): number[] {
    const seen = new Set<number>([node]);
    const queue = [node];
    for (let index = 0; index < queue.length; index++) {
      for (const dependant of this.#dependants[queue[index] as number] ?? []) {
        if (!seen.has(dependant)) {
          seen.add(dependant);
          queue.push(dependant);
        }
      }
    }
    seen.delete(node);
    return [...seen];
  }

  #before(a: number, b: number): boolean {
    const difference = (this.#priority[a] ?? 0) - (this.#priority[b] ?? 0);
    return difference === 0 ? a < b : difference > 0;
  }

  #push(node: number): void {
    const heap = this.#ready;
    heap.push(node);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(node, heap[parent] as number)) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = node;
  }

  #pop(): number | undefined {
    const heap = this.#ready;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1] as number, heap[child] as number)) child++;
      if (!this.#before(heap[child] as number, last)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
