import type { ResourceRecord } from '../model/records.js';
import { type JsonMap, revealed, sameValue, type ValueMap } from '../model/value.js';

/**
 * The properties that the world has, as far as the record can tell. After a failed update each of them may be the old
 * or the tried one: it is taken for the one that is not wanted, so that the world is told in any case.
 */
export function assumedProperties({ properties, tried }: ResourceRecord, wanted: ValueMap): JsonMap {
  if (tried === undefined) return revealed(properties) as JsonMap;
  const names = Object.keys({ ...properties, ...tried });
  const assumed = names.map((name) => {
    const isWanted = Object.hasOwn(properties, name) && sameValue(properties[name], wanted[name]);
    const from = isWanted || !(Object.hasOwn(properties, name) || Object.hasOwn(wanted, name)) ? tried : properties;
    return Object.hasOwn(from, name) ? [[name, revealed(from[name] ?? null)] as const] : [];
  });
  return Object.fromEntries(assumed.flat()) as JsonMap;
}

/** What was tried so far, with one more failed update to `desired`. */
export function triedProperties({ properties, tried = {} }: ResourceRecord, desired: ValueMap): ValueMap {
  // Going back is what failed: what was tried before may be there still.
  const kept = Object.entries(tried).filter(([name]) => sameValue(desired[name], properties[name]));
  return { ...desired, ...Object.fromEntries(kept) };
}
