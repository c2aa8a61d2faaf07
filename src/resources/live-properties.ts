import type { PropertySchema, ResourceSchema } from '../engine/drivers/resource-schema.js';
import { isMap, type Json, type JsonMap, sameValue } from '../engine/model/value.js';
import { isGiven } from './json-access.js';

/**
 * What the properties of a thing are really like, as far as its body has them under the same names. Told in the words of
 * the properties: what the cloud adds of its own to what was asked for is no difference.
 */
export function liveProperties({ properties: schemas }: ResourceSchema, properties: JsonMap, body: JsonMap): JsonMap {
  const live: JsonMap = {};
  for (const [key, wanted] of Object.entries(properties)) {
    const value = body[key];
    // An empty text asks for nothing: whoever uses the thing may fill it in (the device on a port).
    if (isGiven(wanted) && wanted !== '' && isGiven(value)) live[key] = inWordsOf(schemas[key], wanted, value);
  }
  return live;
}

/**
 * A live value in the form of the wanted one: of a map with known keys the wanted parts, references by the name or id
 * that was given. Maps with free keys are told whole.
 */
function inWordsOf(schema: PropertySchema | undefined, wanted: Json, live: Json): Json {
  if (Array.isArray(wanted) && Array.isArray(live) && wanted.length === live.length) {
    return wanted.map((item, index) => inWordsOf(schema?.items, item, live[index] ?? null));
  }
  const parts = schema?.properties;
  if (!parts || !isMap(wanted) || !isMap(live)) return live;
  const told: JsonMap = {};
  const values = live as JsonMap;
  for (const [key, part] of Object.entries(wanted as JsonMap)) {
    if (Object.hasOwn(values, key)) told[key] = inWordsOf(parts[key], part, values[key] ?? null);
    else if (Object.hasOwn(values, `${key}_id`)) told[key] = referred(part, values[`${key}_id`] ?? null);
    // What the cloud does not tell under any name is taken for what it was told.
    else told[key] = part;
  }
  return told;
}

const ID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/;

/** A name stays a name: the id behind it does not show that it differs. */
function referred(wanted: Json, id: Json): Json {
  return typeof wanted === 'string' && !ID.test(wanted) && !sameValue(wanted, id) ? wanted : id;
}
