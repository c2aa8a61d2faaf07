import { displayWidth } from './display-width.js';

export interface TableOptions {
  /** Widest the whole table may be; 0 is no bound. */
  readonly maxWidth: number;
  /** Per column: numbers stand on the right. */
  readonly alignRight?: readonly boolean[];
}

/** A box of `+---+` around cells; a cell may have several lines. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions,
): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('\r\n', '\n').replaceAll('\r', ' ')));
  const natural = header.map((_, column) => Math.max(0, ...cells.map((row) => widestLine(row[column] ?? ''))));
  const widths = options.maxWidth > 0 ? fitWidths(natural, options.maxWidth) : natural;
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const lines = [rule];
  for (const [index, row] of cells.entries()) {
    const wrapped = widths.map((width, column) => wrapCell(row[column] ?? '', width));
    const height = Math.max(1, ...wrapped.map((cell) => cell.length));
    for (let line = 0; line < height; line++) {
      const parts = widths.map((width, column) => {
        const text = wrapped[column]?.[line] ?? '';
        const padding = ' '.repeat(Math.max(0, width - displayWidth(text)));
        return options.alignRight?.[column] ? ` ${padding}${text} ` : ` ${text}${padding} `;
      });
      lines.push(`|${parts.join('|')}|`);
    }
    if (index === 0) lines.push(rule);
  }
  lines.push(rule);
  return lines.join('\n');
}

function widestLine(cell: string): number {
  return Math.max(0, ...cell.split('\n').map(displayWidth));
}

/** Takes width from the widest columns first until the table fits; no column falls below eight columns for that. */
function fitWidths(natural: readonly number[], maxWidth: number): number[] {
  const widths = [...natural];
  const budget = maxWidth - 3 * widths.length - 1;
  let excess = widths.reduce((sum, width) => sum + width, 0) - budget;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= 8) break;
    const second = Math.max(8, ...widths.filter((width) => width < widest));
    const atTop = widths.filter((width) => width === widest).length;
    const step = Math.min(widest - second, Math.max(1, Math.ceil(excess / atTop)));
    if (step <= 0) break;
    for (const [column, width] of widths.entries()) {
      if (width === widest && excess > 0) {
        widths[column] = width - step;
        excess -= step;
      }
    }
  }
  return widths;
}

function wrapCell(cell: string, width: number): string[] {
  return cell.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<= )/)) {
    let rest = word;
    if (displayWidth(current + rest.trimEnd()) > width && current.trim() !== '') {
      lines.push(current.trimEnd());
      current = '';
    }
    while (displayWidth(rest.trimEnd()) > width) {
      const chars = [...rest];
      let taken = 0;
      let used = 0;
      for (const char of chars) {
        if (used + displayWidth(char) > width) break;
        used += displayWidth(char);
        taken += 1;
      }
      lines.push(chars.slice(0, Math.max(1, taken)).join(''));
      rest = chars.slice(Math.max(1, taken)).join('');
    }
    current += rest;
  }
  if (current.trim() !== '') lines.push(current.trimEnd());
  return lines;
}
