import { type Diagnostic, Diagnostics, type Position } from '../../model/diagnostic.js';
import { type Json, type JsonMap, Secret, setOwn } from '../../model/value.js';
import { DEFAULT_LIMITS, type DocumentLimits } from '../parse-options.js';
import type { SourceNode } from '../source.js';

/** The plain JSON of a parsed node; shared parts (aliases) are written out. */
export function toJson(node: SourceNode): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toJson);
    case 'map': {
      const map: JsonMap = {};
      for (const entry of node.entries) setOwn(map, entry.key, toJson(entry.value));
      return map;
    }
  }
}

const START: Position = { line: 1, column: 1 };

/** The node of a JSON value that has no text; all of its places are the start. See `checkJson` for values from outside. */
export function fromJson(value: Json): SourceNode {
  // The template of a nested stack may hold secrets: they stay what they are, and are values like texts.
  if ((value as unknown) instanceof Secret) return { kind: 'scalar', value: value as unknown as string, at: START };
  if (Array.isArray(value)) return { kind: 'list', items: value.map(fromJson), at: START };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.keys(value).map((key) => ({ key, keyAt: START, value: fromJson(value[key] ?? null) }));
    return { kind: 'map', entries, at: START };
  }
  return { kind: 'scalar', value, at: START };
}

/** What makes a JSON value too deep or too large to work on; without recursion, so that no value can overflow the stack. */
export function checkJson(value: Json, limits: Partial<DocumentLimits> = {}): Diagnostic[] {
  const { maxDepth, maxNodes } = { ...DEFAULT_LIMITS, ...limits };
  const diagnostics = new Diagnostics();
  const queue: { value: Json; depth: number }[] = [{ value, depth: 1 }];
  let nodes = 0;
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    nodes++;
    if (nodes > maxNodes) {
      diagnostics.error('limit', `the document has more than ${maxNodes} values`, { path: [], at: START });
      break;
    }
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > maxDepth) {
      diagnostics.error('limit', `the document is nested deeper than ${maxDepth} levels`, { path: [], at: START });
      break;
    }
    for (const item of Object.values(next.value)) queue.push({ value: item, depth: next.depth + 1 });
  }
  return diagnostics.all;
}
