import { hasUnknown, isMap, type Json, type JsonMap, sameValue, type Value, type ValueMap } from '../model/value.js';
import type { OnChange, PropertySchema, ResourceSchema } from './resource-schema.js';

type Properties = { readonly [name: string]: PropertySchema };
type Path = readonly (string | number)[];

/** What a set of changes means for a resource, from harmless to refused; `maybe`: the type or an unknown value decides. */
export type ChangeEffect = 'none' | 'update' | 'maybe' | 'replace' | 'immutable';

/** One place that differs. */
export interface PropertyDifference {
  readonly path: Path;
  readonly onChange: OnChange;
  /** Undefined: it was not there. */
  readonly before: Json | undefined;
  /** Undefined: it is not there any more. May hold unknowns. */
  readonly after: Value | undefined;
  /** True if only the value that is not known yet will tell whether there is a change. */
  readonly unknown: boolean;
}

/** All differences between the properties that were applied and those that are wanted. */
export interface PropertyDiff {
  /** Names of top-level properties that differ for sure. */
  readonly changed: string[];
  /** Names of top-level properties that may differ: their value is not known yet. */
  readonly unknown: string[];
  readonly effect: ChangeEffect;
  /** Places, sorted as the schema has them; nested where the schema knows the inside. */
  readonly details: PropertyDifference[];
}

const WEIGHT: { readonly [effect in ChangeEffect]: number } = {
  none: 0,
  update: 1,
  maybe: 2,
  replace: 3,
  immutable: 4,
};

/** Custom properties of open types are updated in place, as everything else that no schema speaks of. */
const OPEN: PropertySchema = { type: 'any', required: false, onChange: 'update' };

/**
 * Compares by the schema. Heat: an absent property equals its default, and top-level properties alone decide.
 * CloudFormation: what the templates say counts, and the place that changed decides: a shape inside may ask for
 * replacement where its owner does not.
 */
export function diffProperties(
  schema: Pick<ResourceSchema, 'origin' | 'properties'>,
  before: JsonMap,
  after: ValueMap,
): PropertyDiff {
  const changed: string[] = [];
  const unknown: string[] = [];
  const details: PropertyDifference[] = [];
  let effect: ChangeEffect = 'none';
  for (const name of namesOf(schema.properties, before, after)) {
    const property = (Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined) ?? OPEN;
    const own = compare(
      property,
      entryOf(before, name),
      entryOf(after, name),
      [name],
      schema.origin === 'aws',
      property.onChange,
    );
    if (own.length === 0) continue;
    details.push(...own);
    const isSure = own.some((difference) => !difference.unknown);
    (isSure ? changed : unknown).push(name);
    for (const difference of own) {
      const one = difference.unknown && difference.onChange !== 'update' ? 'maybe' : difference.onChange;
      if (WEIGHT[one] > WEIGHT[effect]) effect = one;
    }
  }
  return { changed, unknown, effect, details };
}

function entryOf<T>(map: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function namesOf(schema: Properties, before: ValueMap, after: ValueMap): string[] {
  const given = new Set([...Object.keys(before), ...Object.keys(after)]);
  const known = Object.keys(schema).filter((name) => given.delete(name));
  return [...known, ...given];
}

function compare(
  property: PropertySchema,
  before: Json | undefined,
  after: Value | undefined,
  path: Path,
  nested: boolean,
  onChange: OnChange,
): PropertyDifference[] {
  if (isSame(nested ? undefined : property.default, before, after)) return [];
  if (nested && isMap(before) && isMap(after) && (property.properties || property.items)) {
    return compareMaps(property, before as JsonMap, after, path, onChange);
  }
  if (nested && Array.isArray(before) && Array.isArray(after) && before.length === after.length && property.items) {
    const { items } = property;
    return before.flatMap((item, index) =>
      compare(items, item, after[index] as Value, [...path, index], nested, stricter(onChange, items.onChange)),
    );
  }
  return [{ path, onChange, before, after, unknown: isOpenQuestion(before, after) }];
}

function compareMaps(
  property: PropertySchema,
  before: JsonMap,
  after: ValueMap,
  path: Path,
  onChange: OnChange,
): PropertyDifference[] {
  const known = property.properties ?? {};
  return namesOf(known, before, after).flatMap((name) => {
    const inner = (Object.hasOwn(known, name) ? known[name] : property.items) ?? OPEN;
    const own = stricter(onChange, inner.onChange);
    return compare(inner, entryOf(before, name), entryOf(after, name), [...path, name], true, own);
  });
}

/** What lies inside is at least as strict as its owner. */
function stricter(outer: OnChange, inner: OnChange): OnChange {
  return WEIGHT[inner] > WEIGHT[outer] ? inner : outer;
}

function isSame(standard: Json | undefined, before: Json | undefined, after: Value | undefined): boolean {
  return sameValue(before, after) || (standard !== undefined && sameValue(before ?? standard, after ?? standard));
}

/** True if the known parts of both agree, so that only the unknown parts can make a difference. */
function isOpenQuestion(before: Json | undefined, after: Value | undefined): boolean {
  if (after === undefined || !hasUnknown(after)) return false;
  if (!isMap(after) && !Array.isArray(after)) return true;
  if (Array.isArray(after)) {
    return (
      Array.isArray(before) &&
      before.length === after.length &&
      after.every((item, index) => agrees(before[index], item))
    );
  }
  if (!isMap(before)) return false;
  const names = Object.keys(after);
  return (
    names.length === Object.keys(before).length &&
    names.every((name) => Object.hasOwn(before, name) && agrees(before[name] as Json, after[name] as Value))
  );
}

function agrees(before: Json | undefined, after: Value): boolean {
  return hasUnknown(after) ? isOpenQuestion(before, after) : sameValue(before, after);
}
