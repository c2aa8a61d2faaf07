/** Adjacency as numbers: for each node, others. */
export type Adjacency = readonly (readonly number[])[];

/**
 * Node numbers so that each comes after all that it requires, or undefined if there is a cycle. Counting in-degrees
 * instead of recursing keeps a chain of any length off the call stack.
 */
export function topologicalOrder(requires: Adjacency): number[] | undefined {
  const missing = requires.map((needed) => needed.length);
  const dependants = transpose(requires);
  const order: number[] = [];
  for (let node = 0; node < requires.length; node++) if (missing[node] === 0) order.push(node);
  for (let next = 0; next < order.length; next++) {
    for (const dependant of dependants[order[next] as number] ?? []) {
      missing[dependant] = (missing[dependant] ?? 0) - 1;
      if (missing[dependant] === 0) order.push(dependant);
    }
  }
  return order.length === requires.length ? order : undefined;
}

/** The same edges seen from their other end. */
export function transpose(adjacency: Adjacency): number[][] {
  const turned: number[][] = adjacency.map(() => []);
  adjacency.forEach((others, node) => {
    for (const other of others) turned[other]?.push(node);
  });
  return turned;
}

/** For each node the length of the longest chain that waits for it, itself included: what to start first. */
export function remainingPathLengths(requires: Adjacency): number[] {
  const order = topologicalOrder(requires) ?? [];
  const length = requires.map(() => 1);
  for (let index = order.length - 1; index >= 0; index--) {
    const node = order[index] as number;
    for (const needed of requires[node] ?? []) {
      length[needed] = Math.max(length[needed] ?? 1, (length[node] ?? 1) + 1);
    }
  }
  return length;
}
