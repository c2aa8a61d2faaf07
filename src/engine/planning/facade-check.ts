import type { PropertyType, ResourceSchema } from '../drivers/resource-schema.js';

/** What a parameter of a template can be, in Heat's words for properties. */
const WORDS: { readonly [type in PropertyType]?: string } = {
  string: 'String',
  number: 'Number',
  integer: 'Number',
  boolean: 'Boolean',
  list: 'List',
  map: 'Map',
};

/**
 * What keeps a nested template from standing in for a type of the engine's own under that type's name: whoever uses the
 * name relies on its properties and attributes. Undefined if nothing does.
 */
export function facadeProblem(facade: ResourceSchema, provider: ResourceSchema): string | undefined {
  const { type } = facade;
  const has = (name: string) => Object.hasOwn(provider.properties, name);
  for (const [name, property] of Object.entries(facade.properties)) {
    if (property.required && !has(name)) return `Required property ${name} for facade ${type} missing in provider`;
    const wanted = WORDS[property.type];
    const given = WORDS[provider.properties[name]?.type ?? 'any'];
    if (has(name) && wanted !== undefined && given !== undefined && wanted !== given)
      return `Property ${name} type mismatch between facade ${type} (${wanted}) and provider (${given})`;
  }
  for (const [name, property] of Object.entries(provider.properties)) {
    if (property.required && !Object.hasOwn(facade.properties, name))
      return `Provider requires property ${name} unknown in facade ${type}`;
  }
  const missing = Object.keys(facade.attributes).find(
    (name) => name !== 'show' && !Object.hasOwn(provider.attributes, name),
  );
  return missing === undefined ? undefined : `Attribute ${missing} for facade ${type} missing in provider`;
}
