import { displayWidth, truncate } from '../output/display-width.js';
import { layOut } from './layout.js';
import { type StackGraph, statusColor } from './stack-graph.js';

const BOX_HEIGHT = 44;
const GAP_X = 24;
const GAP_Y = 56;
const MARGIN = 20;
const CHAR_WIDTH = 7.2;
const MAX_CHARS = 36;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The graph as a picture: what needs nothing at the bottom, arrows from a resource to what it needs. */
export function toSvg(title: string, graph: StackGraph): string {
  const { layers } = layOut(graph);
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const widthOf = (name: string): number => {
    const node = byName.get(name);
    const chars = Math.min(MAX_CHARS, Math.max(displayWidth(name), displayWidth(node?.type ?? '') * 0.85));
    return Math.round(chars * CHAR_WIDTH + 24);
  };
  const rowWidths = layers.map((layer) => layer.reduce((sum, name) => sum + widthOf(name) + GAP_X, -GAP_X));
  const width = Math.max(200, ...rowWidths) + 2 * MARGIN;
  const height = Math.max(1, layers.length) * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN;
  const boxes = new Map<string, Box>();
  for (const [index, layer] of layers.entries()) {
    let x = (width - (rowWidths[index] ?? 0)) / 2;
    const y = height - MARGIN - BOX_HEIGHT - index * (BOX_HEIGHT + GAP_Y);
    for (const name of layer) {
      boxes.set(name, { x, y, width: widthOf(name) });
      x += widthOf(name) + GAP_X;
    }
  }
  const arrows = graph.edges.map((edge) => arrow(boxes.get(edge.from), boxes.get(edge.to), edge.reason));
  const shapes = graph.nodes.map((node) => {
    const box = boxes.get(node.name);
    if (box === undefined) return '';
    const middle = box.x + box.width / 2;
    return [
      `<g><title>${escapeMarkup(`${node.name} (${node.type}) ${node.status}`.trim())}</title>`,
      `<rect x="${round(box.x)}" y="${round(box.y)}" width="${box.width}" height="${BOX_HEIGHT}" rx="7" fill="${statusColor(node.status)}" stroke="#555"/>`,
      `<text x="${round(middle)}" y="${round(box.y + 18)}" text-anchor="middle" font-weight="600">${escapeMarkup(truncate(node.name, MAX_CHARS))}</text>`,
      `<text x="${round(middle)}" y="${round(box.y + 34)}" text-anchor="middle" font-size="10.5" fill="#444">${escapeMarkup(truncate(node.type, MAX_CHARS + 6))}</text></g>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="Helvetica, Arial, sans-serif" font-size="12.5">`,
    `<title>${escapeMarkup(title)}</title>`,
    '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#777"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...arrows,
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

function arrow(from: Box | undefined, to: Box | undefined, reason: string): string {
  if (from === undefined || to === undefined) return '';
  const x1 = from.x + from.width / 2;
  const y1 = from.y + BOX_HEIGHT;
  const x2 = to.x + to.width / 2;
  const y2 = to.y;
  const bend = Math.max(20, (y2 - y1) / 2);
  const path = `M${round(x1)} ${round(y1)}C${round(x1)} ${round(y1 + bend)} ${round(x2)} ${round(y2 - bend)} ${round(x2)} ${round(y2)}`;
  return `<path d="${path}" fill="none" stroke="#777" marker-end="url(#arrow)"><title>${escapeMarkup(reason)}</title></path>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
