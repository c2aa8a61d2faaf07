import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';

/** A stack's resources and what depends on what, as the API gives it. */
export interface StackGraph {
  readonly nodes: readonly { readonly name: string; readonly type: string; readonly status: string }[];
  /** `from` needs `to`. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
}

/** Reads the answer of `GET S/graph`; edges to unknown nodes are left out. */
export function toStackGraph(answer: JsonMap): StackGraph {
  const nodes = maps(answer.nodes).map((node) => ({
    name: String(node.name),
    type: String(node.type ?? ''),
    status: typeof node.status === 'string' ? node.status : '',
  }));
  const names = new Set(nodes.map((node) => node.name));
  const edges = maps(answer.edges)
    .map((edge) => ({ from: String(edge.from), to: String(edge.to), reason: String(edge.reason ?? '') }))
    .filter((edge) => names.has(edge.from) && names.has(edge.to));
  return { nodes, edges };
}

function maps(value: Json | undefined): JsonMap[] {
  return Array.isArray(value) ? value.filter((item): item is JsonMap => isMap(item)) : [];
}

/** The colour that a status is drawn in. */
export function statusColor(status: string): string {
  if (status.endsWith('FAILED')) return '#f8d0d0';
  if (status.endsWith('IN_PROGRESS')) return '#cfe6f7';
  if (status.endsWith('COMPLETE') && !status.startsWith('INIT')) return '#d5efd5';
  return '#eeeeee';
}
