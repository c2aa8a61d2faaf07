/** More cycles than this are not looked for: each one is a mistake to mend first. */
const MAX_CYCLES = 20;

/**
 * Cycles in a directed graph, each as its nodes in order; no two share a node. Nodes are in no cycle twice. It takes
 * time linear in nodes and edges and does not recurse, so that chains of any length are fine.
 */
export function findCycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const place = new Map<string, number>();
  for (const start of edges.keys()) {
    if (done.has(start)) continue;
    // A depth-first walk with its own stack: the path from the start, and where each node's successors are gone through.
    const path: string[] = [start];
    const pending: Iterator<string>[] = [(edges.get(start) ?? new Set<string>()).values()];
    place.set(start, 0);
    while (path.length > 0) {
      const next = pending.at(-1)?.next();
      const node = path.at(-1) ?? '';
      if (next === undefined || next.done) {
        done.add(node);
        place.delete(node);
        path.pop();
        pending.pop();
        continue;
      }
      const target = next.value;
      const from = place.get(target);
      if (from !== undefined) {
        const cycle = path.slice(from);
        cycles.push(cycle);
        if (cycles.length >= MAX_CYCLES) return cycles;
        // Leave the cycle altogether, so that its other edges do not report it again.
        for (const member of cycle) {
          done.add(member);
          place.delete(member);
        }
        path.length = from;
        pending.length = from;
      } else if (!done.has(target) && edges.has(target)) {
        place.set(target, path.length);
        path.push(target);
        pending.push((edges.get(target) ?? new Set<string>()).values());
      }
    }
  }
  return cycles;
}
