import type { Position } from '../../model/diagnostic.js';
import { isMap, type Json, type JsonMap, type JsonScalar, type Value } from '../../model/value.js';
import type { SourceEntry, SourceMap, SourceNode } from '../source.js';

/** The entry of a map with the given key. */
export function entryOf(map: SourceMap, key: string): SourceEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

/** The node under a key of a map; a null counts as absent. */
export function childOf(map: SourceMap, key: string): SourceNode | undefined {
  const node = entryOf(map, key)?.value;
  return node === undefined || isNull(node) ? undefined : node;
}

/** True for the scalar null. */
export function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** A scalar as CloudFormation reads it, which knows only strings: `true` is "true"; undefined for null and for what is no scalar. */
export function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? scalarText(node.value) : undefined;
}

/** A plain scalar as text; undefined for everything else. */
export function scalarText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A node for plain JSON; all of it stands at the given place. */
export function jsonToSource(value: Json, at: Position): SourceNode {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => jsonToSource(item, at)), at };
  if (isMap(value)) {
    const entries = Object.entries(value as JsonMap).map(([key, item]) => ({
      key,
      keyAt: at,
      value: jsonToSource(item, at),
    }));
    return { kind: 'map', entries, at };
  }
  return { kind: 'scalar', value: value as JsonScalar, at };
}

/** The only entry of a map that has just one: the shape of a function call. */
export function singleEntry(node: SourceNode): SourceEntry | undefined {
  return node.kind === 'map' && node.entries.length === 1 ? node.entries[0] : undefined;
}
