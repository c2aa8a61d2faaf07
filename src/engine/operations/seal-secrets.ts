import { isMap, type Json, revealed, Secret, setOwn, type Value, type ValueMap } from '../model/value.js';

/** Shorter ones are words such as `yes`, that stand everywhere. */
const MIN_LENGTH = 4;
/** From this length on a text that only contains the secret counts as one too. */
const MIN_PART_LENGTH = 8;

/** The texts among a resource's properties that are secret. */
export function secretTexts(properties: ValueMap): readonly string[] {
  const found = new Set<string>();
  collect(properties, false, found);
  return [...found];
}

function collect(value: Value, isSecret: boolean, found: Set<string>): void {
  if (value instanceof Secret) collect(revealed(value), true, found);
  else if (typeof value === 'string' && isSecret && value.length >= MIN_LENGTH) found.add(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, isSecret, found);
  else if (isMap(value)) for (const key in value) collect(value[key] as Value, isSecret, found);
}

/** A driver's answer in which texts that give the resource's own secrets away are secrets again. */
export function sealed(value: Json, secrets: readonly string[]): Value {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') {
    const tells = secrets.some(
      (secret) => value === secret || (secret.length >= MIN_PART_LENGTH && value.includes(secret)),
    );
    return tells ? new Secret(value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => sealed(item, secrets));
  if (!isMap(value)) return value;
  const copy: { [key: string]: Value } = {};
  for (const [key, entry] of Object.entries(value)) setOwn(copy, key, sealed(entry as Json, secrets));
  return copy;
}
