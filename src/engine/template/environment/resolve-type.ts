import type { Json, JsonMap } from '../../model/value.js';
import type { Environment } from './environment.js';

/** What a type name means in an environment. */
export type ResolvedType =
  | { readonly kind: 'type'; readonly name: string }
  | {
      readonly kind: 'template';
      /** The template's name in `files`, or its URL. */
      readonly key: string;
      /** The type that the template stands for; its own key if it is used directly. */
      readonly name: string;
      /** Where the registry says so, for `childEnvironment`. */
      readonly path: readonly string[];
    }
  /** The mappings lead back to where they began. */
  | { readonly kind: 'loop'; readonly chain: readonly string[] };

export interface ResolveTypeOptions {
  /** The operator's own registry; the user's goes first. */
  readonly globalRegistry?: JsonMap;
  /** Whether a type exists; a mapping to one that does not is passed over for the next. Absent: all exist. */
  readonly isKnownType?: (name: string) => boolean;
}

interface Match {
  readonly path: readonly string[];
  readonly value: string;
  readonly isUser: boolean;
}

const TEMPLATE_NAME = /\.(?:yaml|template)$/;

/** True for a type name that is itself a template's name. */
export function isTemplateName(name: string): boolean {
  return TEMPLATE_NAME.test(name);
}

function mapAt(level: JsonMap, key: string): JsonMap {
  const value = own(level, key);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function own(level: JsonMap, key: string): Json {
  return Object.hasOwn(level, key) ? (level[key] ?? null) : null;
}

function matchesIn(registry: JsonMap, typeName: string, resourceName: string | undefined, isUser: boolean): Match[] {
  const matches: Match[] = [];
  const add = (path: string[], value: Json) => {
    if (typeof value === 'string') matches.push({ path, value, isUser });
  };
  if (isUser && isTemplateName(typeName)) add([typeName], typeName);
  if (resourceName !== undefined) {
    add(['resources', resourceName, typeName], own(mapAt(mapAt(registry, 'resources'), resourceName), typeName));
  }
  if (!(isUser && isTemplateName(typeName))) add([typeName], own(registry, typeName));
  const patterns = Object.keys(registry)
    .filter((pattern) => pattern.endsWith('*') && typeName.startsWith(pattern.slice(0, -1)))
    .sort();
  // A mapping of many to one must not catch that one again.
  for (const pattern of patterns) if (registry[pattern] !== typeName) add([pattern], own(registry, pattern));
  return matches;
}

function targetOf(match: Match, typeName: string): string {
  const name = match.path.at(-1) ?? '';
  if (!name.endsWith('*') || !match.value.endsWith('*')) return match.value;
  return match.value.slice(0, -1) + typeName.slice(name.length - 1);
}

/**
 * What a type name means for a resource: the user's mappings go before the operator's, those for the one resource before
 * those for all, exact ones before wild cards; aliases are followed. Undefined if it leads to no known type.
 */
export function resolveType(
  environment: Pick<Environment, 'resource_registry'>,
  typeName: string,
  resourceName?: string,
  options: ResolveTypeOptions = {},
): ResolvedType | undefined {
  return follow(environment.resource_registry, typeName, resourceName, options, []);
}

function follow(
  registry: JsonMap,
  typeName: string,
  resourceName: string | undefined,
  options: ResolveTypeOptions,
  chain: readonly string[],
): ResolvedType | undefined {
  if (chain.includes(typeName)) return { kind: 'loop', chain: [...chain, typeName] };
  const matches = [
    ...matchesIn(registry, typeName, resourceName, true),
    ...matchesIn(options.globalRegistry ?? {}, typeName, resourceName, false),
  ];
  for (const match of matches) {
    const target = targetOf(match, typeName);
    if (isTemplateName(target)) return { kind: 'template', key: target, name: typeName, path: match.path };
    // A type mapped to itself is plainly that type.
    const resolved =
      target === typeName
        ? asType(typeName, options)
        : follow(registry, target, resourceName, options, [...chain, typeName]);
    if (resolved) return resolved;
  }
  return asType(typeName, options);
}

function asType(name: string, options: ResolveTypeOptions): ResolvedType | undefined {
  return options.isKnownType && !options.isKnownType(name) ? undefined : { kind: 'type', name };
}
