import type { AttributeSchema, OnChange, PropertySchema, PropertyType } from '../../engine/drivers/resource-schema.js';
import type { Constraint } from '../../engine/model/constraint.js';
import type { Json } from '../../engine/model/value.js';

/** A property as the catalogue's files write it: what is usual is left out, shared shapes are named. */
export interface CompactProperty {
  readonly type: PropertyType;
  readonly required?: boolean;
  readonly onChange?: OnChange;
  readonly default?: Json;
  readonly constraints?: readonly Constraint[];
  readonly properties?: CompactProperties;
  /** The name of a shape in the file's `types`, for maps. */
  readonly ref?: string;
  readonly items?: CompactProperty;
  readonly secret?: boolean;
  readonly hidden?: boolean;
  readonly notImplemented?: boolean;
  readonly replacedBy?: string;
}

export type CompactProperties = { readonly [name: string]: CompactProperty };

/** A type as the catalogue's files write it. */
export interface CompactType {
  readonly properties: CompactProperties;
  readonly attributes: { readonly [name: string]: AttributeSchema };
  readonly types?: { readonly [name: string]: CompactProperties };
  readonly updatePolicy?: CompactProperties;
  readonly open?: boolean;
  readonly openAttributes?: boolean;
}

type Properties = { readonly [name: string]: PropertySchema };

/**
 * Makes property schemas from a file's compact form. Each shared shape becomes one object, so a recursive type
 * becomes a cyclic object instead of an endless one.
 */
export function inflateProperties(
  compact: CompactProperties,
  shapes: { readonly [name: string]: CompactProperties },
  usualOnChange: OnChange,
): Properties {
  const inflated = new Map<string, { [name: string]: PropertySchema }>();

  const shape = (name: string): Properties => {
    const known = inflated.get(name);
    if (known) return known;
    const properties: { [name: string]: PropertySchema } = {};
    inflated.set(name, properties);
    return Object.assign(properties, all(shapes[name] ?? {}));
  };

  const one = ({ ref, properties, items, ...rest }: CompactProperty): PropertySchema => ({
    required: false,
    onChange: usualOnChange,
    ...rest,
    ...(ref === undefined ? {} : { properties: shape(ref) }),
    ...(properties === undefined ? {} : { properties: all(properties) }),
    ...(items === undefined ? {} : { items: one(items) }),
  });

  const all = (from: CompactProperties): Properties =>
    Object.fromEntries(Object.entries(from).map(([name, property]) => [name, one(property)]));

  return all(compact);
}
