import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asMap, isGiven } from '../../json-access.js';

/** Metadata keys by which a group remembers its scaling; they are Heat's. */
const END = 'cooldown_end';
const BUSY = 'scaling_in_progress';

/** True if a group may be scaled now: nothing else scales it and its cooldown is over. */
export function mayScale(metadata: Json, now: number): boolean {
  const known = asMap(metadata);
  if (isBeingScaled(known)) return false;
  const [end] = Object.keys(asMap(known[END]));
  return end === undefined || isoTime(now) >= end;
}

/** True while something scales the group. */
export function isBeingScaled(metadata: Json): boolean {
  return asMap(metadata)[BUSY] === true;
}

/** The metadata while a group is being scaled. */
export function beginScaling(metadata: JsonMap): JsonMap {
  return { ...metadata, [BUSY]: true };
}

/** The metadata afterwards; a cooldown only begins when the size has changed, and never ends earlier than the one before. */
export function endScaling(
  metadata: JsonMap,
  turn: {
    readonly now: number;
    readonly cooldown: number | undefined;
    readonly reason: string;
    readonly sizeChanged: boolean;
  },
): JsonMap {
  if (!turn.sizeChanged) return { ...metadata, [BUSY]: false };
  const [before] = Object.keys(asMap(metadata[END]));
  const own = isoTime(turn.now + Math.max(0, turn.cooldown ?? 0) * 1000);
  const end = before !== undefined && before > own ? before : own;
  return { ...metadata, [END]: { [end]: turn.reason }, [BUSY]: false };
}

/** A time as Python's `isoformat` of a UTC time without zone writes it. */
function isoTime(ms: number): string {
  const text = new Date(ms).toISOString().slice(0, -1);
  return text.endsWith('.000') ? text.slice(0, -4) : `${text}000`;
}

/** The metadata after a group's own create or update. */
export function settledMetadata(metadata: Json, cooldown: number | undefined, size: number, now: number): JsonMap {
  return endScaling(isGiven(metadata) ? asMap(metadata) : {}, {
    now,
    cooldown,
    reason: `ExactCapacity : ${size}`,
    sizeChanged: true,
  });
}
