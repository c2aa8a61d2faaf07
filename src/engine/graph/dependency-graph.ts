import { Graph } from '@dagrejs/graphlib';

/** One reason why a resource needs another. */
export interface DependencyReason {
  readonly from: string;
  readonly to: string;
  /** `depends_on`, or where the reference stands: `properties.network`. */
  readonly reason: string;
}

/**
 * Which resource needs which. Nodes are numbered in template order; the walks use the plain adjacency lists, the
 * graphlib form (with the reasons on its edges) is made when somebody wants to see it.
 */
export class DependencyGraph {
  readonly #numbers: Map<string, number>;
  /** For each node, the nodes that it needs. */
  readonly requires: readonly (readonly number[])[];
  /** For each node, the nodes that need it. */
  readonly requiredBy: readonly (readonly number[])[];

  constructor(
    readonly names: readonly string[],
    readonly reasons: readonly DependencyReason[],
  ) {
    this.#numbers = new Map(names.map((name, number) => [name, number]));
    const requires: Set<number>[] = names.map(() => new Set());
    const requiredBy: number[][] = names.map(() => []);
    for (const { from, to } of reasons) {
      const fromNumber = this.#numbers.get(from);
      const toNumber = this.#numbers.get(to);
      if (fromNumber === undefined || toNumber === undefined || requires[fromNumber]?.has(toNumber)) continue;
      requires[fromNumber]?.add(toNumber);
      requiredBy[toNumber]?.push(fromNumber);
    }
    this.requires = requires.map((set) => [...set]);
    this.requiredBy = requiredBy;
  }

  get size(): number {
    return this.names.length;
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** Names of the resources that `name` needs. */
  requirementsOf(name: string): string[] {
    const number = this.#numbers.get(name);
    return number === undefined ? [] : (this.requires[number] ?? []).map((other) => this.names[other] ?? '');
  }

  /** Names of the resources that need `name`. */
  dependantsOf(name: string): string[] {
    const number = this.#numbers.get(name);
    return number === undefined ? [] : (this.requiredBy[number] ?? []).map((other) => this.names[other] ?? '');
  }

  /** The same as a graphlib graph, for drawing: an edge's label is the list of its reasons. */
  toGraph(): Graph {
    const graph = new Graph({ directed: true });
    for (const name of this.names) graph.setNode(name);
    for (const { from, to, reason } of this.reasons) {
      if (from === to) continue;
      const before = (graph.edge(from, to) as string[] | undefined) ?? [];
      graph.setEdge(from, to, [...before, reason]);
    }
    return graph;
  }
}
