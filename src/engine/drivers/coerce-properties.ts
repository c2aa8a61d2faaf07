import {
  hasUnknown,
  isMap,
  type Json,
  MASK,
  masked,
  NO_VALUE,
  Secret,
  setOwn,
  Unknown,
  type Value,
  type ValueMap,
} from '../model/value.js';
import { type Conversions, Mismatch } from './conversions.js';
import type { PropertySchema } from './resource-schema.js';

type Properties = { readonly [name: string]: PropertySchema };
type Path = readonly (string | number)[];

/** A value that could not be converted. */
export interface ConversionFault {
  readonly path: Path;
  readonly message: string;
}

/** Stands where a value was refused: like any unknown, nothing more is said about it. */
const REFUSED = new Unknown(['a value that was refused']);

/**
 * Turns written properties into values of their schema's types: scalars converted, defaults filled in, old names
 * replaced, values of secret properties wrapped. Unknown values pass; secrets are converted inside their wrapping.
 */
export class Coercion {
  readonly faults: ConversionFault[] = [];
  /** True once a secret was met: then the result has wrappings in it. */
  hasSecrets = false;
  #insideSecret = false;

  constructor(readonly conversions: Conversions) {}

  /** The converted map; names that the schema lacks stay as they are. */
  properties(schema: Properties, given: ValueMap, path: Path): { [name: string]: Value } {
    const result: { [name: string]: Value } = {};
    const current = this.#withCurrentNames(schema, given);
    for (const name in current) {
      const value: Value = current[name] as Value;
      const property = Object.hasOwn(schema, name) ? schema[name] : undefined;
      const coerced =
        property === undefined || value === NO_VALUE ? value : this.#value(property, value, [...path, name]);
      if (coerced !== NO_VALUE) setOwn(result, name, coerced);
    }
    if (this.conversions.fillsDefaults) this.#fillDefaults(schema, result, path);
    return result;
  }

  #fillDefaults(schema: Properties, result: { [name: string]: Value }, path: Path): void {
    for (const name in schema) {
      const property = schema[name];
      if (property?.default === undefined || Object.hasOwn(result, name)) continue;
      setOwn(result, name, this.#value(property, property.default, [...path, name]));
    }
  }

  #withCurrentNames(schema: Properties, given: ValueMap): ValueMap {
    let moved: { [name: string]: Value } | undefined;
    for (const name in given) {
      const property = Object.hasOwn(schema, name) ? schema[name] : undefined;
      const successor = property?.replacedBy;
      if (successor === undefined) continue;
      moved ??= { ...given };
      const value: Value = given[name] as Value;
      delete moved[name];
      if (value === null || value === NO_VALUE || (moved[successor] ?? null) !== null) continue;
      moved[successor] = schema[successor]?.type === 'list' && property?.type !== 'list' ? [value] : value;
    }
    return moved ?? given;
  }

  #value(property: PropertySchema, value: Value, path: Path): Value {
    if (value instanceof Unknown || value === NO_VALUE) return value;
    if (value instanceof Secret) return this.#secret(property, value.reveal(), path);
    const given = value ?? this.conversions.ofNull(property);
    if (given === undefined) return NO_VALUE;
    if (property.secret && !this.#insideSecret && !hasUnknown(given))
      return this.#secret(property, given as Json, path);
    return this.#plain(property, given, path);
  }

  #secret(property: PropertySchema, plain: Json, path: Path): Value {
    if (this.#insideSecret) return this.#value(property, plain, path);
    this.#insideSecret = true;
    const coerced = this.#value(property, plain, path);
    this.#insideSecret = false;
    if (hasUnknown(coerced)) return REFUSED;
    if (coerced === NO_VALUE) return coerced;
    this.hasSecrets = true;
    return new Secret(coerced as Json);
  }

  #plain(property: PropertySchema, value: Value, path: Path): Value {
    const shown = (): Json => (this.#insideSecret ? MASK : masked(value));
    const isPart = typeof value === 'object' && value !== null;
    const fits = isPart && property.type === (Array.isArray(value) ? 'list' : 'map');
    if (!fits && property.type !== 'any') {
      const converted = this.conversions.convert(property, value as Json, shown(), nameIn(path));
      if (!(converted instanceof Mismatch)) return converted;
      this.faults.push({ path, message: converted.message });
      return REFUSED;
    }
    if (property.type === 'list' && property.items && Array.isArray(value)) {
      const { items } = property;
      return value
        .map((item: Value, index) => this.#value(items, item, [...path, index]))
        .filter((item) => item !== NO_VALUE);
    }
    if (property.type === 'map' && isMap(value)) {
      if (property.properties) return this.properties(property.properties, value, path);
      if (property.items) return this.#freeMap(property.items, value, path);
    }
    return value;
  }

  #freeMap(items: PropertySchema, value: ValueMap, path: Path): Value {
    const result: { [key: string]: Value } = {};
    for (const key in value) {
      const coerced = this.#value(items, value[key] as Value, [...path, key]);
      if (coerced !== NO_VALUE) setOwn(result, key, coerced);
    }
    return result;
  }
}

/** The name of the property that a path leads to, list indices left out. */
export function nameIn(path: Path): string {
  const name = path.findLast((item) => typeof item === 'string');
  return name === undefined ? '' : String(name);
}
