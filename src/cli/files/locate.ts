import type { Position } from '../../engine/model/diagnostic.js';
import { parseDocument } from '../../engine/template/parse/parse-document.js';
import type { SourceNode } from '../../engine/template/source.js';

/** The place in a text of what a path leads to, or of the last part of the path that is there. */
export function locate(text: string, path: readonly (string | number)[]): Position | undefined {
  const { root } = parseDocument(text);
  if (root === undefined || path.length === 0) return undefined;
  let node: SourceNode = root;
  let place: Position | undefined;
  const items = [...path];
  for (let item = items.shift(); item !== undefined; item = items.shift()) {
    if (node.kind === 'map') {
      let key = String(item);
      const { entries } = node;
      const named = (name: string) => entries.find((candidate) => candidate.key === name);
      let entry = named(key);
      // A key with a dot in it came in two parts.
      while (entry === undefined && typeof items[0] === 'string') {
        key = `${key}.${items.shift()}`;
        entry = named(key);
      }
      if (entry === undefined) break;
      place = entry.keyAt;
      node = entry.value;
    } else if (node.kind === 'list' && typeof item === 'number') {
      const next = node.items[item];
      if (next === undefined) break;
      place = next.at;
      node = next;
    } else {
      break;
    }
  }
  return place;
}
