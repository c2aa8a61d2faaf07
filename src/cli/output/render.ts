import type { Json, JsonMap } from '../../engine/model/value.js';
import { setOwn } from '../../engine/model/value.js';
import { UsageError } from '../program/exit-codes.js';
import { type CsvQuoting, formatCsv } from './csv.js';
import type { CommandResult, ListResult, ShowResult } from './result.js';
import { isComplex, scalarText } from './scalar-text.js';
import { formatTable } from './table.js';

/** How a result is to be written. */
export interface RenderOptions {
  readonly format: string;
  readonly columns: readonly string[];
  readonly sortColumns: readonly string[];
  readonly noindent: boolean;
  /** 0: as wide as it is. */
  readonly maxWidth: number;
  readonly printEmpty: boolean;
  readonly quoting: CsvQuoting;
  /** Put before each name of the `shell` format. */
  readonly prefix: string;
}

/** The text of a result in the asked format, without the last line end; undefined if there is nothing to print. */
export async function renderResult(result: CommandResult, options: RenderOptions): Promise<string | undefined> {
  if (result.kind === 'events') {
    if (options.format === 'log') return result.lines.length > 0 ? result.lines.join('\n') : undefined;
    return renderList(result.list, options);
  }
  return result.kind === 'list' ? renderList(result, options) : renderShow(result, options);
}

async function renderList(result: ListResult, options: RenderOptions): Promise<string | undefined> {
  if (options.format === 'dot') {
    const { resourcesToDot } = await import('../graph/resources-dot.js');
    return resourcesToDot(result.items ?? []);
  }
  const picked = pickColumns(result.columns, options.columns);
  const sorted = sortRows(result, options.sortColumns);
  const columns = picked.map((index) => result.columns[index] ?? '');
  const rows = sorted.map((row) => picked.map((index) => row[index] ?? null));
  switch (options.format) {
    case 'json':
      return toJson(
        rows.map((row) => toObject(columns, row)),
        options,
      );
    case 'yaml':
      return toYaml(rows.map((row) => toObject(columns, row)));
    case 'csv':
      return formatCsv(columns, rows, options.quoting);
    case 'value':
      return rows.length > 0 ? rows.map((row) => row.map(scalarText).join(' ')).join('\n') : undefined;
    case 'table': {
      if (rows.length === 0 && !options.printEmpty) return '';
      return formatTable(
        columns,
        rows.map((row) => row.map(scalarText)),
        { maxWidth: options.maxWidth, alignRight: columns.map((_, index) => typeof rows[0]?.[index] === 'number') },
      );
    }
    default:
      throw new UsageError(`a list cannot be written as ${options.format}`);
  }
}

async function renderShow(result: ShowResult, options: RenderOptions): Promise<string | undefined> {
  const picked = pickColumns(result.columns, options.columns);
  const columns = picked.map((index) => result.columns[index] ?? '');
  const values = picked.map((index) => result.values[index] ?? null);
  switch (options.format) {
    case 'json':
      return toJson(toObject(columns, values), options);
    case 'yaml':
      return toYaml(toObject(columns, values));
    case 'value':
      return values.map(scalarText).join('\n');
    case 'shell':
      return columns.map((name, index) => shellLine(options.prefix, name, values[index] ?? null)).join('\n');
    case 'table': {
      if (result.lines && options.columns.length === 0) return [...result.lines, ...(result.epilogue ?? [])].join('\n');
      const rows: string[][] = [];
      for (const [index, name] of columns.entries()) {
        rows.push([name, await cellText(values[index] ?? null, result.complex ?? 'json')]);
      }
      const table = formatTable(['Field', 'Value'], rows, { maxWidth: options.maxWidth });
      return [table, ...(result.epilogue ?? [])].join('\n');
    }
    default:
      throw new UsageError(`one thing cannot be written as ${options.format}`);
  }
}

async function cellText(value: Json, complex: 'yaml' | 'json'): Promise<string> {
  const isEmpty = Object.keys(value ?? {}).length === 0;
  if (!isComplex(value) || isEmpty) return scalarText(value);
  return complex === 'json' ? JSON.stringify(value, undefined, 2) : `${await toYaml(value)}\n`;
}

/** Indices of the asked columns in the order of the result; names are compared without case. */
function pickColumns(all: readonly string[], wanted: readonly string[]): number[] {
  const indices = all.map((_, index) => index);
  if (wanted.length === 0) return indices;
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  const picked = indices.filter((index) => names.has((all[index] ?? '').toLowerCase()));
  if (picked.length === 0) {
    throw new UsageError(
      `No recognized column names in ${wanted.join(', ')}. Recognized columns are ${all.join(', ')}.`,
    );
  }
  return picked;
}

function sortRows(result: ListResult, by: readonly string[]): readonly (readonly Json[])[] {
  const indices = by.flatMap((name) => {
    const index = result.columns.findIndex((column) => column.toLowerCase() === name.toLowerCase());
    if (index < 0) throw new UsageError(`--sort-column ${name}: there is no such column`);
    return [index];
  });
  if (indices.length === 0) return result.rows;
  return [...result.rows].sort((a, b) => {
    for (const index of indices) {
      const order = compareCells(a[index] ?? null, b[index] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Orders two cells: numbers by size, the rest as text, nothing last. */
export function compareCells(a: Json, b: Json): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = scalarText(a);
  const right = scalarText(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function toObject(columns: readonly string[], values: readonly Json[]): JsonMap {
  const object: JsonMap = {};
  for (const [index, name] of columns.entries()) setOwn(object, name, values[index] ?? null);
  return object;
}

function toJson(value: Json, options: RenderOptions): string {
  return JSON.stringify(value, undefined, options.noindent ? undefined : 2);
}

async function toYaml(value: Json): Promise<string> {
  const { dump } = await import('js-yaml');
  return dump(value, { noRefs: true, lineWidth: 100, seqNoIndent: true }).trimEnd();
}

function shellLine(prefix: string, name: string, value: Json): string {
  const text = scalarText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '\\$');
  return `${prefix}${name.toLowerCase().replace(/[-:. ]/g, '_')}="${text.replaceAll('`', '\\`')}"`;
}
