import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asMap, asNumber, isGiven } from '../../json-access.js';

const KEY = 'scheduled_limits';

/** The least and the greatest size of a group. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** A group's limits as they are now: those of its template, or those that a scheduled action has set in their place. */
export function limitsNow(metadata: Json, own: Limits): Limits {
  const set = asMap(asMap(metadata)[KEY]);
  // A template that says other sizes has the last word.
  const isValid = isGiven(set) && set.own_min === own.min && set.own_max === own.max;
  return isValid ? { min: asNumber(set.min) ?? own.min, max: asNumber(set.max) ?? own.max } : own;
}

/** The metadata of a group whose limits a scheduled action sets. */
export function withLimits(metadata: JsonMap, own: Limits, { min, max }: Limits): JsonMap {
  return { ...metadata, [KEY]: { min, max, own_min: own.min, own_max: own.max } };
}
