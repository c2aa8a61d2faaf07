import type { Json } from '../../engine/model/value.js';
import { isComplex, scalarText } from './scalar-text.js';

export type CsvQuoting = 'all' | 'minimal' | 'none' | 'nonnumeric';

/** Comma separated values: a header and a line per row. */
export function formatCsv(columns: readonly string[], rows: readonly (readonly Json[])[], quoting: CsvQuoting): string {
  return [columns, ...rows].map((row) => row.map((cell) => quoteCell(cell, quoting)).join(',')).join('\n');
}

function quoteCell(cell: Json, quoting: CsvQuoting): string {
  const text = cell === null ? '' : isComplex(cell) ? JSON.stringify(cell) : scalarText(cell);
  const needed = /[",\r\n]/.test(text);
  const wanted = quoting === 'all' || (quoting === 'nonnumeric' && typeof cell !== 'number');
  if (quoting === 'none' || !(needed || wanted)) return text;
  return `"${text.replaceAll('"', '""')}"`;
}
