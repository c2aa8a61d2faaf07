/** A scalar that JSON can write. */
export type JsonScalar = string | number | boolean | null;
/** Anything that JSON can write: the form in which values are stored and sent. */
export type Json = JsonScalar | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonMap = { [key: string]: Json };

/** A value that cannot be known yet, because it comes from a resource that is not there yet. It spreads through functions. */
export class Unknown {
  /** @param sources what it waits for, each as `resource` or `resource.attribute`, for plans that say why. */
  constructor(readonly sources: readonly string[] = []) {}

  /** One unknown that waits for all that the given ones wait for. */
  static merge(unknowns: readonly Unknown[]): Unknown {
    if (unknowns.length === 1 && unknowns[0]) return unknowns[0];
    return new Unknown([...new Set(unknowns.flatMap((unknown) => unknown.sources))]);
  }
}

/** How a secret looks wherever it is shown. */
export const MASK = '******';

/** A value that must never be shown: it prints as a mask and spreads through functions. */
export class Secret {
  readonly #plain: Json;

  constructor(plain: Json) {
    this.#plain = plain;
  }

  /** The plain value: for drivers and for the store's encryption only. */
  reveal(): Json {
    return this.#plain;
  }

  toJSON(): string {
    return MASK;
  }

  toString(): string {
    return MASK;
  }
}

/** A list item, map entry or property that is to be left out altogether (`AWS::NoValue`, HOT's `if` without an else). */
export const NO_VALUE: unique symbol = Symbol('no value');
export type NoValue = typeof NO_VALUE;

/** What an expression evaluates to: JSON in which parts may be unknown or secret. */
export type Value = JsonScalar | Unknown | Secret | NoValue | readonly Value[] | { readonly [key: string]: Value };
export type ValueMap = { readonly [key: string]: Value };

/** True for maps: not lists, null, Unknown or Secret. */
export function isMap(value: unknown): value is { [key: string]: Value } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret)
  );
}

/** All unknowns in a value, at any depth. */
export function unknownsIn(value: Value, found: Unknown[] = []): Unknown[] {
  if (value instanceof Unknown) found.push(value);
  else if (Array.isArray(value)) for (const item of value) unknownsIn(item, found);
  else if (isMap(value)) for (const key in value) unknownsIn(value[key] as Value, found);
  return found;
}

/** True if a value has an unknown at any depth. */
export function hasUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (isMap(value)) {
    for (const key in value) if (hasUnknown(value[key] as Value)) return true;
  }
  return false;
}

/** True if a value has a secret at any depth. */
export function hasSecret(value: Value): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  if (isMap(value)) {
    for (const key in value) if (hasSecret(value[key] as Value)) return true;
  }
  return false;
}

/**
 * The plain JSON of a value, with secrets revealed; `NO_VALUE` entries are dropped.
 * Throws a TypeError on an unknown: callers check with `hasUnknown` first.
 */
export function revealed(value: Value): Json {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Unknown) throw new TypeError(`value is not known yet: ${value.sources.join(', ')}`);
  if (Array.isArray(value)) return value.filter((item) => item !== NO_VALUE).map(revealed);
  if (isMap(value)) {
    const plain: JsonMap = {};
    for (const key in value) {
      const entry: Value = value[key] as Value;
      if (entry !== NO_VALUE) setOwn(plain, key, revealed(entry));
    }
    return plain;
  }
  return value === NO_VALUE ? null : (value as JsonScalar);
}

/** The JSON of a value as people may see it: secrets masked, unknowns as the given text. */
export function masked(value: Value, unknownText = '<unknown>'): Json {
  if (value instanceof Secret) return MASK;
  if (value instanceof Unknown) return unknownText;
  if (Array.isArray(value)) return value.filter((item) => item !== NO_VALUE).map((item) => masked(item, unknownText));
  if (isMap(value)) {
    const shown: JsonMap = {};
    for (const key in value) {
      const entry: Value = value[key] as Value;
      if (entry !== NO_VALUE) setOwn(shown, key, masked(entry, unknownText));
    }
    return shown;
  }
  return value === NO_VALUE ? null : (value as JsonScalar);
}

/** Sets an own property even for a key such as `__proto__`, which templates may well contain. */
export function setOwn<T>(target: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** Deep equality of values; two unknowns are never equal, secrets compare by what they hide. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (a instanceof Secret) return sameValue(a.reveal(), b);
  if (b instanceof Secret) return sameValue(a, b.reveal());
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key] as Value, b[key] as Value));
}

/** A JSON string in pure ASCII, as Python's `json.dumps` writes it. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** JSON text with sorted keys, Python's separators (`", "`, `": "`) and in ASCII: how Heat writes values into strings. */
export function sortedJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(', ')}]`;
  if (isMap(value)) {
    const map = value as JsonMap;
    return `{${Object.keys(map)
      .sort()
      .map((key) => `${asciiJson(key)}: ${sortedJson(map[key] ?? null)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? asciiJson(value) : JSON.stringify(value);
}
