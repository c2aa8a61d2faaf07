import type { Json, JsonMap } from '../../engine/model/value.js';

/** What a command hands to the printer: rows under columns, or the fields of one thing. */
export type CommandResult = ListResult | ShowResult | EventsResult;

export interface ListResult {
  readonly kind: 'list';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  /** The objects behind the rows, for formats that draw them (`-f dot`). */
  readonly items?: readonly JsonMap[];
}

export interface ShowResult {
  readonly kind: 'show';
  readonly columns: readonly string[];
  readonly values: readonly Json[];
  /** How lists and maps look in a table; JSON if absent. */
  readonly complex?: 'yaml' | 'json';
  /** Lines for people in place of a table. */
  readonly lines?: readonly string[];
  /** Printed under a table, never with another format. */
  readonly epilogue?: readonly string[];
}

/** Events: log lines by default, else a list. */
export interface EventsResult {
  readonly kind: 'events';
  readonly lines: readonly string[];
  readonly list: ListResult;
}

/** The fields of an object as a result, in their own order or in the given one. */
export function showObject(object: JsonMap, columns: readonly string[] = Object.keys(object)): ShowResult {
  return { kind: 'show', columns, values: columns.map((column) => object[fieldOf(column)] ?? null) };
}

/** Objects as rows: a column `Stack Name` shows the field `stack_name`. */
export function listObjects(items: readonly JsonMap[], columns: readonly string[]): ListResult {
  return {
    kind: 'list',
    columns,
    rows: items.map((item) => columns.map((column) => item[column] ?? item[fieldOf(column)] ?? null)),
    items,
  };
}

function fieldOf(column: string): string {
  return column.toLowerCase().replaceAll(' ', '_');
}
