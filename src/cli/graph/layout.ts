import type { StackGraph } from './stack-graph.js';

/** Where each node of a graph is to be drawn: a layer per distance from what needs nothing. */
export interface Layout {
  /** Names by layer, each from left to right; the first layer needs nothing. */
  readonly layers: readonly (readonly string[])[];
}

const SWEEPS = 6;

/** Layers by longest path, then ordered so that few lines cross (each node goes to the middle of its neighbours). */
export function layOut(graph: StackGraph): Layout {
  const needs = new Map<string, string[]>(graph.nodes.map((node) => [node.name, []]));
  const neededBy = new Map<string, string[]>(graph.nodes.map((node) => [node.name, []]));
  for (const edge of graph.edges) {
    if (edge.from === edge.to) continue;
    needs.get(edge.from)?.push(edge.to);
    neededBy.get(edge.to)?.push(edge.from);
  }
  const layers = layersOf(graph, needs, neededBy);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isUp = sweep % 2 === 0;
    const neighbours = isUp ? needs : neededBy;
    const order = isUp ? layers.map((_, index) => index) : layers.map((_, index) => layers.length - 1 - index);
    const places = placesOf(layers);
    for (const index of order) {
      const layer = layers[index] ?? [];
      const keyed = layer.map((name) => ({
        name,
        key: middle(neighbours.get(name) ?? [], places, places.get(name) ?? 0),
      }));
      keyed.sort((a, b) => a.key - b.key);
      layers[index] = keyed.map((entry) => entry.name);
      for (const [place, entry] of keyed.entries()) places.set(entry.name, relative(place, layer.length));
    }
  }
  return { layers };
}

function layersOf(
  graph: StackGraph,
  needs: ReadonlyMap<string, readonly string[]>,
  neededBy: ReadonlyMap<string, readonly string[]>,
): string[][] {
  const missing = new Map([...needs].map(([name, list]) => [name, list.length]));
  const depth = new Map<string, number>();
  const queue = graph.nodes.filter((node) => missing.get(node.name) === 0).map((node) => node.name);
  for (const name of queue) depth.set(name, 0);
  for (let next = 0; next < queue.length; next++) {
    const name = queue[next] ?? '';
    for (const user of neededBy.get(name) ?? []) {
      depth.set(user, Math.max(depth.get(user) ?? 0, (depth.get(name) ?? 0) + 1));
      const left = (missing.get(user) ?? 0) - 1;
      missing.set(user, left);
      if (left === 0) queue.push(user);
    }
  }
  const layers: string[][] = [];
  for (const node of graph.nodes) {
    const layer = depth.get(node.name) ?? 0;
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(node.name);
  }
  return layers;
}

function placesOf(layers: readonly (readonly string[])[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const layer of layers) {
    for (const [place, name] of layer.entries()) places.set(name, relative(place, layer.length));
  }
  return places;
}

/** Place within a layer from 0 to 1, so that layers of different sizes can be compared. */
function relative(place: number, size: number): number {
  return (place + 0.5) / size;
}

function middle(neighbours: readonly string[], places: ReadonlyMap<string, number>, fallback: number): number {
  if (neighbours.length === 0) return fallback;
  return neighbours.reduce((sum, name) => sum + (places.get(name) ?? 0), 0) / neighbours.length;
}
