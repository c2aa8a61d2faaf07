import type { ResourceSchema } from '../engine/drivers/resource-schema.js';
import type { ResourceType } from '../engine/drivers/resource-type.js';
import { listTypes, loadSchema, type Preference } from './catalogue/catalogue.js';
import type { Cloud } from './clouds/cloud.js';
import { defineGeneric } from './define-generic.js';
import { defineType } from './define-type.js';
import { composingType } from './types/composing-types.js';
import { GENERIC_TYPES } from './types/generic-types.js';
import { OWN_TYPES, TYPE_DEFINITIONS } from './types/types.js';

/** Makes a type of its schema; how types with a life of their own are added. */
export type TypeMaker = (schema: ResourceSchema) => ResourceType<Cloud>;

/** Finds resource types by name. */
export interface TypeRegistry {
  /** The type, or undefined if nobody knows the name; `prefer` says whose form of it. Made at the first call. */
  resolve(typeName: string, options: { readonly prefer: Preference }): ResourceType<Cloud> | undefined;
  /** All names, in order. */
  names(): readonly string[];
}

/** What a registry is made from. */
export interface TypeRegistryOptions {
  /** Further types by name, before all others: groups, wait conditions, nested stacks. */
  readonly makers?: { readonly [type: string]: TypeMaker };
  readonly load?: (type: string, options: { readonly prefer: Preference }) => ResourceSchema | undefined;
}

/** A registry of all catalogued types. */
export function createTypeRegistry(options: TypeRegistryOptions = {}): TypeRegistry {
  const load = options.load ?? loadSchema;
  const made = new Map<string, ResourceType<Cloud>>();
  const names = (): readonly string[] => [...new Set([...listTypes(), ...Object.keys(options.makers ?? {})])].sort();
  return {
    resolve(typeName, { prefer }) {
      const key = `${prefer} ${typeName}`;
      const known = made.get(key);
      if (known) return known;
      const schema = load(typeName, { prefer });
      const type = schema && makeType(schema, options.makers ?? {});
      // Names that mean nothing are not kept: templates may have any number of them.
      if (type) made.set(key, type);
      return type;
    },
    names,
  };
}

function makeType(schema: ResourceSchema, makers: { readonly [type: string]: TypeMaker }): ResourceType<Cloud> {
  const { type } = schema;
  const maker = own(makers, type) ?? own(OWN_TYPES, type) ?? composingType(type);
  if (maker) return maker(schema);
  const definition = own(TYPE_DEFINITIONS, type);
  return definition ? defineType(definition, schema) : defineGeneric(schema, own(GENERIC_TYPES, type));
}

function own<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
