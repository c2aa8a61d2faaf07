import type { Json, JsonMap } from '../../model/value.js';
import { isTemplateName } from './resolve-type.js';

function asMap(value: Json | undefined): JsonMap {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** The types of the members that a group's properties declare (`resource_def`, `resource`, or a chain's list). */
function memberTypes(properties: JsonMap): (Json | undefined)[] {
  const chained = Array.isArray(properties.resources) ? properties.resources : [];
  return [asMap(properties.resource_def).type, asMap(properties.resource).type, ...chained];
}

/**
 * The template files that a document's resources name as their types, as entries of a registry that map each to itself:
 * Heat enters them into the environment when it first looks a type up, and shows them there. `members` counts those of
 * groups as well, which Heat looks up when it makes the group.
 */
export function templateTypes(document: JsonMap, { members }: { readonly members: boolean }): JsonMap {
  const found: JsonMap = {};
  for (const resource of Object.values(asMap(document.resources ?? document.Resources)).map(asMap)) {
    const properties = asMap(resource.properties ?? resource.Properties);
    for (const type of [resource.type ?? resource.Type, ...(members ? memberTypes(properties) : [])])
      if (typeof type === 'string' && isTemplateName(type)) found[type] = type;
  }
  return found;
}
