import { type StackGraph, statusColor } from './stack-graph.js';

/** The graph as a Mermaid flowchart. */
export function toMermaid(graph: StackGraph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.name, `n${index}`]));
  const lines = graph.nodes.map(
    (node) => `  ${ids.get(node.name)}["${escapeMarkup(node.name)}<br/><small>${escapeMarkup(node.type)}</small>"]`,
  );
  const styles = graph.nodes.map((node) => `  style ${ids.get(node.name)} fill:${statusColor(node.status)}`);
  const arrows = graph.edges.map((edge) => `  ${ids.get(edge.from)} --> ${ids.get(edge.to)}`);
  return ['flowchart BT', ...lines, ...arrows, ...styles, ''].join('\n');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
