import { type StackGraph, statusColor } from './stack-graph.js';

/** The graph in Graphviz's language; an arrow points from a resource to what it needs. */
export function toDot(name: string, graph: StackGraph): string {
  const lines = graph.nodes.map((node) => {
    const label = `${node.name}\\n${node.type}`.replaceAll('"', '\\"');
    return `  ${quote(node.name)} [label="${label}", fillcolor="${statusColor(node.status)}"];`;
  });
  const arrows = graph.edges.map((edge) => {
    const reason = edge.reason === '' ? '' : ` [tooltip=${quote(edge.reason)}]`;
    return `  ${quote(edge.from)} -> ${quote(edge.to)}${reason};`;
  });
  return [
    `digraph ${quote(name)} {`,
    '  rankdir=BT;',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11];',
    ...lines,
    ...arrows,
    '}',
    '',
  ].join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
