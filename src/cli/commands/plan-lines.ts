import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';

const WORDS: { readonly [action: string]: { readonly sign: string; readonly word: string } } = {
  create: { sign: '+', word: 'is created' },
  import: { sign: '+', word: 'is taken over' },
  update: { sign: '~', word: 'is updated in place' },
  'may-update': { sign: '~', word: 'may be updated in place' },
  replace: { sign: '±', word: 'is replaced' },
  'may-replace': { sign: '±', word: 'may be replaced' },
  delete: { sign: '-', word: 'is deleted' },
  retain: { sign: '-', word: 'is let go of and stays in the cloud' },
  move: { sign: '>', word: 'changes its name' },
};

/** A nested stack is always gone through: what changes in it is decided there. */
const INSIDE = { sign: '~', word: 'is updated inside if need be' };

const LONGEST_VALUE = 80;

/** What an update would do, for people: a line for each resource that changes, its properties below, and the sum. */
export function planLines(plan: readonly JsonMap[]): string[] {
  const counts = new Map<string, number>();
  const lines = plan.flatMap((change) => changeLines(change, '', counts));
  return [...(lines.length > 0 ? [...lines, ''] : []), sumLine(counts)];
}

function changeLines(change: JsonMap, indent: string, counts: Map<string, number>): string[] {
  const action = String(change.action);
  counts.set(action, (counts.get(action) ?? 0) + 1);
  const nested = mapsOf(change.nested).flatMap((inner) => changeLines(inner, `${indent}    `, counts));
  const known = WORDS[action];
  if (!known && nested.length === 0) return [];
  const isOnlyInside = action === 'update' && mapsOf(change.properties).length === 0;
  const { sign, word } = isOnlyInside ? INSIDE : (known ?? INSIDE);
  const from = typeof change.moved_from === 'string' ? `, was ${change.moved_from}` : '';
  const because =
    Array.isArray(change.because) && change.because.length > 0 ? ` (depends on ${change.because.join(', ')})` : '';
  return [
    `${indent}${sign} ${String(change.resource_name)}${from}  ${String(change.resource_type)}  ${word}${because}`,
    ...mapsOf(change.properties).map((property) => `${indent}    ${propertyLine(property)}`),
    ...nested,
  ];
}

function propertyLine({ path, before, after, on_change: onChange }: JsonMap): string {
  const place = (Array.isArray(path) ? path : []).join('.');
  const effect = onChange === 'replace' ? '  replaces' : '';
  const [old, now] = shortened(valueText(before ?? null), valueText(after ?? null));
  return `${place}: ${old} -> ${now}${effect}`;
}

function valueText(value: Json): string {
  if (value === UNKNOWN) return '(known later)';
  return value === null ? '(none)' : JSON.stringify(value);
}

/** How the API writes what depends on something that is not there yet. */
const UNKNOWN = '<unknown>';

/** Of long values, the part from a little before the first difference. */
function shortened(before: string, after: string): [string, string] {
  if (before.length <= LONGEST_VALUE && after.length <= LONGEST_VALUE) return [before, after];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const start = Math.max(0, same - SHOWN_BEFORE);
  const cut = (text: string) => {
    const part = text.slice(start, start + LONGEST_VALUE);
    return `${start > 0 ? '…' : ''}${part}${start + part.length < text.length ? '…' : ''}`;
  };
  return [cut(before), cut(after)];
}

const SHOWN_BEFORE = 20;

function sumLine(counts: ReadonlyMap<string, number>): string {
  const sum = (...actions: string[]) => actions.reduce((total, action) => total + (counts.get(action) ?? 0), 0);
  const moved = sum('move');
  return [
    `${sum('create', 'import')} to create`,
    `${sum('update', 'may-update')} to update`,
    `${sum('replace', 'may-replace')} to replace`,
    `${sum('delete', 'retain')} to delete`,
    ...(moved > 0 ? [`${moved} to rename`] : []),
    `${sum('none')} unchanged`,
  ].join(', ');
}

function mapsOf(value: Json | undefined): JsonMap[] {
  return Array.isArray(value) ? value.filter((item): item is JsonMap => isMap(item)) : [];
}
