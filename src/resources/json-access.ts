import type { Json, JsonMap } from '../engine/model/value.js';

/** The text of a scalar, or undefined for null, absent, lists and maps. */
export function asText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The text of a scalar, or undefined where it is absent or empty. */
export function asFilled(value: Json | undefined): string | undefined {
  const text = asText(value);
  return text === '' ? undefined : text;
}

/** A number, also from a numeric string; undefined for anything else. */
export function asNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A boolean, also from the words templates use for it; undefined for anything else. */
export function asBoolean(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  if (word === 'true' || word === 'yes' || word === 'on' || word === '1') return true;
  return word === 'false' || word === 'no' || word === 'off' || word === '0' ? false : undefined;
}

/** The items of a list; nothing for null and absent, and a single value as a list of one. */
export function asList(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A map, or an empty one for anything else. */
export function asMap(value: Json | undefined): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The non-empty texts of a list. */
export function asTexts(value: Json | undefined): string[] {
  return asList(value).flatMap((item) => asFilled(item) ?? []);
}

/** The maps of a list. */
export function asMaps(value: Json | undefined): JsonMap[] {
  return asList(value).filter(
    (item): item is JsonMap => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}

/** A map without its absent and null entries. */
export function compact(map: { readonly [key: string]: Json | undefined }): JsonMap {
  const kept: JsonMap = {};
  for (const [key, value] of Object.entries(map)) if (value !== undefined && value !== null) kept[key] = value;
  return kept;
}

/** The named entries of a map, as far as they are there. */
export function pick(map: JsonMap, ...names: readonly string[]): JsonMap {
  const kept: JsonMap = {};
  for (const name of names) {
    const value = map[name];
    if (value !== undefined && value !== null) kept[name] = value;
  }
  return kept;
}

/** True if a property was given a value: neither absent nor null. */
export function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

/** AWS's list of `{Key, Value}` as a map. */
export function tagMap(value: Json | undefined): JsonMap {
  const tags: JsonMap = {};
  for (const tag of asMaps(value)) {
    const key = asText(tag.Key);
    if (key !== undefined) tags[key] = asText(tag.Value) ?? '';
  }
  return tags;
}
