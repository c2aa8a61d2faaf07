import { Scheduler } from '../graph/scheduler.js';
import type { Adjacency } from '../graph/topology.js';
import type { Workload } from './workload.js';

export interface GraphWalk {
  readonly requires: Adjacency;
  /** How many nodes may be worked on at once; those that only wait do not count. */
  readonly concurrency: number;
  /** Works on one node; `waiting` gives its place to others while it only waits. */
  readonly visit: (node: number, waiting: (isWaiting: boolean) => void) => Promise<void>;
  /** Asked before each start: true ends the walk as soon as what runs has ended. */
  readonly isStopped: () => boolean;
  /** Go on with what does not depend on a failed node. */
  readonly keepGoing?: boolean;
  /** Told of every node that is worked on. */
  readonly workload?: Workload;
}

export interface WalkResult {
  /** What the nodes threw, in the order in which they failed. */
  readonly failures: readonly { readonly node: number; readonly error: unknown }[];
  /** Nodes that were never started. */
  readonly skipped: number;
}

/** Visits every node after all that it requires. A failure stops what depends on it and lets what runs finish. */
export function walkGraph(walk: GraphWalk): Promise<WalkResult> {
  const scheduler = new Scheduler(walk.requires);
  const failures: { node: number; error: unknown }[] = [];
  let busy = 0;
  let open = 0;
  let started = 0;
  return new Promise((resolve) => {
    const isOver = () => walk.isStopped() || (failures.length > 0 && !walk.keepGoing);
    const pump = () => {
      while (busy < walk.concurrency && !isOver()) {
        const node = scheduler.next();
        if (node === undefined) break;
        start(node);
      }
      if (open === 0) resolve({ failures, skipped: walk.requires.length - started });
    };
    const start = (node: number) => {
      started++;
      busy++;
      open++;
      walk.workload?.add();
      let isWaiting = false;
      const waiting = (nowWaiting: boolean) => {
        if (nowWaiting === isWaiting) return;
        isWaiting = nowWaiting;
        busy += isWaiting ? -1 : 1;
        if (!isWaiting) return walk.workload?.add();
        pump();
        walk.workload?.remove();
      };
      walk
        .visit(node, waiting)
        .then(
          () => scheduler.complete(node),
          (error: unknown) => {
            failures.push({ node, error });
          },
        )
        .finally(() => {
          if (!isWaiting) busy--;
          open--;
          pump();
          if (!isWaiting) walk.workload?.remove();
        });
    };
    pump();
  });
}
