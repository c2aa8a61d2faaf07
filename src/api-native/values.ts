import { pythonStr } from '../engine/model/python-text.js';
import type { Json, JsonMap } from '../engine/model/value.js';
import { attributeError, badRequest } from './api-error.js';

/** A value as it came, from a query or a body. */
export type Given = Json;

/** `true` or `false` in any case, or a JSON boolean. */
export function readBoolean(name: string, value: Given): boolean {
  const text = pythonStr(value).toLowerCase();
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw badRequest(`Unrecognized value "${pythonStr(value)}" for "${name}", acceptable values are: true, false.`);
}

/** A whole number, not negative, written as Python would write it. */
export function readInteger(name: string, value: Given): number {
  if (!(typeof value === 'string' || typeof value === 'number') || !/^-?(0|[1-9]\d*)$/.test(String(value))) {
    throw badRequest(`Only integer is acceptable by '${name}'.`);
  }
  const number = Number(value);
  if (number < 0) {
    throw badRequest(`Value '${value}' is invalid for '${name}' which only accepts non-negative integer.`);
  }
  return Math.min(number, Number.MAX_SAFE_INTEGER);
}

const MAX_TAG_LENGTH = 80;

/** Comma separated tags. */
export function readTags(value: Given): string[] {
  if (typeof value !== 'string') throw attributeError();
  const tags = value === '' ? [] : value.split(',');
  for (const tag of tags) {
    if (tag.length > MAX_TAG_LENGTH) {
      throw badRequest(`Invalid tag, "${tag}" is longer than ${MAX_TAG_LENGTH} characters`);
    }
  }
  return tags;
}

/** True for JSON objects. */
export function isJsonMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object, or a 400 in Heat's general words; null and absent give undefined. */
export function optionalMap(value: Json | undefined): JsonMap | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonMap(value)) throw badRequest();
  return value;
}

/** A list of strings, or a 400 in Heat's general words; null and absent give undefined. */
export function optionalStrings(value: Json | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw badRequest();
  return value;
}

/** A string, or a 400 in Heat's general words; null and absent give undefined. */
export function optionalString(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badRequest();
  return value;
}

/** A list of objects, or a 400 in Heat's general words; null and absent give undefined. */
export function optionalMaps(value: Json | undefined): JsonMap[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every(isJsonMap)) throw badRequest();
  return value;
}
