import { didYouMean } from '../../model/closest.js';
import type { Diagnostic, DiagnosticCode, Diagnostics } from '../../model/diagnostic.js';
import { pythonType } from '../../model/python-text.js';
import type { SourceEntry, SourceMap, SourceNode } from '../source.js';
import type { FunctionSet } from './function-table.js';
import type { HotDate } from './versions.js';

/** What the readers of the sections share. */
export interface HotReader {
  readonly diagnostics: Diagnostics;
  readonly version: HotDate;
  readonly functions: FunctionSet;
}

/** The Python class of a node's value, as Heat's texts show it: `<class 'list'>`. */
export function pythonClass(node: SourceNode): string {
  return `<class '${node.kind === 'scalar' ? pythonType(node.value) : node.kind === 'list' ? 'list' : 'dict'}'>`;
}

/** The value of a key in a map. */
export function valueAt(map: SourceMap, key: string): SourceNode | undefined {
  return map.entries.find((entry) => entry.key === key)?.value;
}

/** True for what Python takes for "not there": null, empty text, list or map, false, zero. */
export function isEmpty(node: SourceNode | undefined): boolean {
  if (node === undefined) return true;
  if (node.kind === 'list') return node.items.length === 0;
  return node.kind === 'map' ? node.entries.length === 0 : !node.value;
}

/** The text of a scalar; undefined for anything else and for null. */
export function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** Reports a mistake in a section. */
export function report(
  reader: HotReader,
  code: DiagnosticCode,
  message: string,
  path: readonly (string | number)[],
  node: Pick<SourceNode, 'at'>,
  rest: Partial<Pick<Diagnostic, 'hint' | 'prefix' | 'heatType'>> = {},
): void {
  reader.diagnostics.error(code, message, { path, at: node.at, ...rest });
}

/** Reports a key that may not stand in a map, with the key that was probably meant. */
export function reportKey(
  reader: HotReader,
  code: DiagnosticCode,
  message: string,
  path: readonly (string | number)[],
  entry: SourceEntry,
  allowed: readonly string[],
  rest: Partial<Pick<Diagnostic, 'heatType'>> = {},
): void {
  const at = { at: entry.keyAt };
  report(reader, code, message, [...path, entry.key], at, { ...didYouMean(entry.key, allowed), ...rest });
}
