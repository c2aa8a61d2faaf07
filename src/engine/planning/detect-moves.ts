import type { ResourceRecord } from '../model/records.js';
import { type Json, masked, type ValueMap } from '../model/value.js';
import { digest } from './digest.js';
import type { Plan, PlannedResource } from './planner.js';

/** A resource that seems to have changed its name only. */
export interface ProposedMove {
  readonly from: string;
  readonly to: string;
}

/**
 * Finds renames in a plan: a removal and a creation of the same type, with the same properties, that need the same
 * others. Only pairs that are the only ones of their kind are proposed; nothing is done by itself.
 */
export function detectMoves(plan: Plan): ProposedMove[] {
  const removed = groupBy(plan.removals, removalKey);
  const created = groupBy(
    plan.resources.filter(({ decision }) => decision.action === 'create'),
    creationKey,
  );
  const moves: ProposedMove[] = [];
  for (const [key, [from, ...others]] of removed) {
    const [to, ...more] = created.get(key) ?? [];
    if (from && to && others.length === 0 && more.length === 0) moves.push({ from: from.name, to: to.resource.name });
  }
  return moves;
}

function removalKey({ type, properties, requires }: ResourceRecord): string {
  return keyOf(type, properties, requires);
}

function creationKey({ resource, evaluated }: PlannedResource): string {
  return keyOf(resource.typeName, evaluated.properties, evaluated.requires);
}

function keyOf(type: string, properties: ValueMap, requires: readonly string[]): string {
  return digest([type, masked(properties) as Json, [...requires].sort()]);
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
