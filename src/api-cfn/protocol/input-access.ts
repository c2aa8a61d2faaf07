import { isMap, type JsonMap } from '../../engine/model/value.js';

/** A text of the input; undefined if it is absent. */
export function textOf(input: JsonMap, name: string): string | undefined {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** A required text: the model has checked that it is there. */
export function needText(input: JsonMap, name: string): string {
  const text = textOf(input, name);
  if (text === undefined) throw new TypeError(`${name} is not a required member of this action`);
  return text;
}

export function flagOf(input: JsonMap, name: string): boolean | undefined {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

export function numberOf(input: JsonMap, name: string): number | undefined {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** A list of texts; undefined if it is absent. */
export function textsOf(input: JsonMap, name: string): string[] | undefined {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** A list of structures; undefined if it is absent. */
export function mapsOf(input: JsonMap, name: string): JsonMap[] | undefined {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return Array.isArray(value) ? value.filter((item): item is JsonMap => isMap(item)) : undefined;
}

/** A structure; undefined if it is absent. */
export function mapOf(input: JsonMap, name: string): JsonMap | undefined {
  const value = Object.hasOwn(input, name) ? input[name] : undefined;
  return isMap(value) ? (value as JsonMap) : undefined;
}
