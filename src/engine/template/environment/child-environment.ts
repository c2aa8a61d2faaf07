import type { Json, JsonMap } from '../../model/value.js';
import { setOwn } from '../../model/value.js';
import type { Environment } from './environment.js';
import { HOOK_TYPES, type HookType, RESTRICTED_ACTIONS, type RestrictedAction } from './load-registry.js';
import { matchesNamePattern } from './name-pattern.js';

function isMapping(value: Json | undefined): value is JsonMap {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function resourcesOf(registry: JsonMap): JsonMap {
  return Object.hasOwn(registry, 'resources') && isMapping(registry.resources) ? registry.resources : {};
}

function without(level: JsonMap, path: readonly string[]): JsonMap {
  const [key, ...deeper] = path;
  if (key === undefined || !Object.hasOwn(level, key)) return level;
  const copy = { ...level };
  const below = level[key];
  if (deeper.length === 0) delete copy[key];
  else if (isMapping(below)) setOwn(copy, key, without(below, deeper));
  return copy;
}

/** What stands for one resource, moved up a level: entries of matching patterns first, those of its own name last. */
function entriesFor(resources: JsonMap, resourceName: string): JsonMap {
  const kept: JsonMap = {};
  const take = (source: Json | undefined) => {
    if (!isMapping(source)) return;
    // Hooks and mappings of the resource itself mean nothing within it.
    for (const [key, value] of Object.entries(source)) if (isMapping(value)) setOwn(kept, key, value);
  };
  for (const [pattern, entry] of Object.entries(resources)) if (matchesNamePattern(resourceName, pattern)) take(entry);
  if (Object.hasOwn(resources, resourceName)) take(resources[resourceName]);
  return kept;
}

/**
 * The environment of the nested stack that a resource makes: the parent's without its parameters, with what it says of
 * resources within that resource, and without the mapping that led to the nested template, so that it cannot call itself.
 * @param mappingPath the path that `resolveType` gave
 */
export function childEnvironment(
  environment: Environment,
  resourceName: string,
  mappingPath: readonly string[] = [],
): Environment {
  const registry = without(environment.resource_registry, mappingPath);
  return {
    ...environment,
    parameters: {},
    encrypted_param_names: [],
    parameter_merge_strategies: {},
    moved: {},
    resource_registry: { ...registry, resources: entriesFor(resourcesOf(registry), resourceName) },
  };
}

function wordsFor(environment: Environment, resourceName: string, key: string): ReadonlySet<Json> {
  const words = new Set<Json>();
  for (const [pattern, entry] of Object.entries(resourcesOf(environment.resource_registry))) {
    if (!isMapping(entry) || !Object.hasOwn(entry, key) || !matchesNamePattern(resourceName, pattern)) continue;
    const value = entry[key] ?? [];
    for (const word of Array.isArray(value) ? value : [value]) words.add(word);
  }
  return words;
}

/** The hooks that are set on a resource; patterns of names count. */
export function hooksFor(environment: Environment, resourceName: string): readonly HookType[] {
  const words = wordsFor(environment, resourceName, 'hooks');
  return HOOK_TYPES.filter((hook) => words.has(hook));
}

/** What may not be done to a resource; patterns of names count. */
export function restrictedActionsFor(environment: Environment, resourceName: string): readonly RestrictedAction[] {
  const words = wordsFor(environment, resourceName, 'restricted_actions');
  return RESTRICTED_ACTIONS.filter((action) => words.has(action));
}
