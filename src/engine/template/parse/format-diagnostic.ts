import { type Diagnostic, formatDiagnostic } from '../../model/diagnostic.js';

const MAX_WIDTH = 120;

/** Cuts a long line so that the column stays in sight; says where the column is now. */
function windowOf(line: string, column: number): { shown: string; column: number } {
  if (line.length <= MAX_WIDTH) return { shown: line, column };
  const start = Math.max(0, Math.min(column - 1 - MAX_WIDTH / 2, line.length - MAX_WIDTH));
  const end = start + MAX_WIDTH;
  const head = start > 0 ? '…' : '';
  const tail = end < line.length ? '…' : '';
  return { shown: head + line.slice(start, end) + tail, column: column - start + head.length };
}

function lineOf(text: string, number: number): string | undefined {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const breaks = /\r\n|\r|\n/g;
  breaks.lastIndex = start;
  for (let line = 1; line < number; line++) {
    if (breaks.exec(text) === null) return undefined;
    start = breaks.lastIndex;
  }
  const end = breaks.exec(text)?.index ?? text.length;
  return text.slice(start, end);
}

/**
 * A diagnostic for people: place, message, the line of the source with a caret below the place, and the hint.
 * `name` is what the text is called when the diagnostic does not know it.
 */
export function formatDiagnosticWithSource(text: string, diagnostic: Diagnostic, name = 'template'): string {
  const { at, severity, hint } = diagnostic;
  const place = at ? `${at.source ?? name}:${at.line}:${at.column}` : name;
  const lines = [`${place}: ${severity}: ${formatDiagnostic(diagnostic)}`];
  const source = at === undefined ? undefined : lineOf(text, at.line);
  if (at !== undefined && source !== undefined) {
    const { shown, column } = windowOf(source, at.column);
    const number = String(at.line);
    // Tabs stay tabs before the caret, so that it stands below its character in every terminal.
    const blank = shown.slice(0, column - 1).replace(/[^\t]/g, ' ');
    lines.push(`  ${number} | ${shown}`, `  ${' '.repeat(number.length)} | ${blank}^`);
  }
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  return lines.join('\n');
}
