import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type {
  ChildStep,
  ChildView,
  ComposedType,
  ComposeInput,
  ResourceType,
} from '../../../engine/drivers/resource-type.js';
import { NotFoundError } from '../../../engine/model/errors.js';
import { type Json, type JsonMap, sameValue, setOwn } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asList, asMap, asMaps, asNumber, asText, isGiven } from '../../json-access.js';
import { composeType } from '../compose-type.js';
import { checkGroupSize } from './check-group-size.js';
import {
  asArray,
  asObject,
  memberAttributes,
  memberInName,
  memberReferences,
  readMember,
  selectFrom,
} from './group-attributes.js';
import { hotGroup } from './member-definitions.js';
import { pauseProblems, rollingSteps } from './rolling-steps.js';

const BLACKLIST = 'name_blacklist';

/** OS::Heat::ResourceGroup: numbered members of one declaration. */
export function resourceGroup(schema: ResourceSchema): ResourceType<Cloud> {
  return composeType(schema, COMPOSED, {
    validate: (_properties, _name, scope) =>
      pauseProblems(asMap(scope?.updatePolicy), 'rolling_update', 'batch_create'),
    validateKnown: (_properties, _unknown, scope) =>
      pauseProblems(asMap(scope.updatePolicy), 'rolling_update', 'batch_create'),
  });
}

const COMPOSED: ComposedType = {
  readsMembers: true,
  child(input) {
    const skipped = skipList(input);
    const size = sizeOf(input.properties);
    const data = skipData(input, skipped);
    const definitionOf = memberDefinition(input.properties);
    const batched = rollingSteps({
      input,
      skipped,
      size,
      definitionOf,
      namesOf: (count) => memberNames(count, skipped),
      changed: !sameValue(input.previous?.resource_def, input.properties.resource_def),
    });
    const steps = batched ?? [step(memberNames(size, skipped), definitionOf)];
    return data ? steps.map((one, index) => (index === steps.length - 1 ? { ...one, data } : one)) : steps;
  },
  sample(input) {
    // A group of none may hold anything: that is how templates switch a part off.
    if (sizeOf(input.properties) === 0) return undefined;
    return step(memberNames(1, skipList(input)), memberDefinition(input.properties));
  },
  async attribute(child, properties, name, path, data = {}) {
    return groupAttribute(child, memberNames(sizeOf(properties), new Set(stored(data))), name, path, data);
  },
  reference: (child) => child.stackId,
};

/** Attributes of a group whose members have known names. */
export async function groupAttribute(
  child: ChildView,
  names: readonly string[],
  name: string,
  path: readonly Json[],
  data: JsonMap,
): Promise<Json | undefined> {
  const asked = memberInName(name);
  if (asked) {
    const member = (await child.members()).find((one) => one.name === asked.member);
    if (!member && asked.attribute === undefined && path.length === 0) {
      const text = `Member '${asked.member}' not found in group resource '${child.resourceName ?? ''}'.`;
      throw new NotFoundError('Resource', asked.member, text);
    }
    return readMember(child, member, asked.attribute, path);
  }
  if (name === 'refs') return selectFrom(asArray(await memberReferences(child, names)), path);
  if (name === 'refs_map') return selectFrom(asObject(await memberReferences(child, names)), path);
  if (name === 'removed_rsrc_list') return selectFrom(stored(data), path);
  if (name === 'attributes') {
    const [attribute, ...rest] = path;
    return attribute === undefined
      ? undefined
      : asObject(await memberAttributes(child, names, String(attribute), rest));
  }
  return asArray(await memberAttributes(child, names, name, path));
}

function sizeOf(properties: JsonMap): number {
  return checkGroupSize(Math.max(0, asNumber(properties.count) ?? 1));
}

function step(names: readonly string[], definitionOf: (name: string) => JsonMap): ChildStep {
  const members = names.map((name) => ({ name, definition: definitionOf(name) }));
  return { stack: { template: hotGroup(members), parameters: {} } };
}

/** The first so many numbers that were never removed. */
function memberNames(count: number, skipped: ReadonlySet<string>): string[] {
  const names: string[] = [];
  for (let index = 0; names.length < count; index++) {
    const name = String(index);
    if (!skipped.has(name)) names.push(name);
  }
  return names;
}

function stored(data: JsonMap): string[] {
  const text = asText(data[BLACKLIST]);
  return text ? text.split(',') : [];
}

/** Names that are never used (again): removed before, or to be removed now. Unknown entries count only before the first create. */
function skipList({ properties, members, data, previous }: ComposeInput): ReadonlySet<string> {
  const before = new Set(stored(data));
  const skipped = new Set(properties.removal_policies_mode === 'update' ? [] : before);
  const names = new Set(members.map((member) => member.name));
  for (const entry of asMaps(properties.removal_policies).flatMap((policy) => asList(policy.resource_list))) {
    const text = asText(entry);
    if (text === undefined) continue;
    if (before.has(text) || previous === undefined || names.has(text)) skipped.add(text);
    else for (const member of members) if (member.reference === text) skipped.add(member.name);
  }
  return skipped;
}

function skipData({ data }: ComposeInput, skipped: ReadonlySet<string>): JsonMap | undefined {
  const before = new Set(stored(data));
  const isSame = before.size === skipped.size && [...skipped].every((name) => before.has(name));
  return isSame ? undefined : { ...data, [BLACKLIST]: [...skipped].sort().join(',') };
}

/**
 * Gives each member's declaration. Where the index variable does not occur, all members share one object: a group of
 * thousands then costs little more than its names.
 */
function memberDefinition(properties: JsonMap): (name: string) => JsonMap {
  const wanted = asMap(properties.resource_def);
  const given = asMap(wanted.properties);
  const variable = asText(properties.index_var) ?? '%index%';
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const common: JsonMap = {
    type: asText(wanted.type) ?? '',
    ...(isGiven(wanted.metadata) ? { metadata: wanted.metadata } : {}),
  };
  if (!mentions(kept, variable)) {
    const shared: JsonMap = { ...common, properties: kept };
    return () => shared;
  }
  return (name) => ({ ...common, properties: replaced(kept, variable, name) });
}

function mentions(value: Json, variable: string): boolean {
  if (typeof value === 'string') return value.includes(variable);
  if (Array.isArray(value)) return value.some((item) => mentions(item, variable));
  return typeof value === 'object' && value !== null && Object.values(value).some((item) => mentions(item, variable));
}

/** The value with the index variable replaced in all texts, but not in keys; parts without it are shared. */
function replaced(value: Json, variable: string, name: string): Json {
  if (typeof value === 'string') return value.replaceAll(variable, () => name);
  if (Array.isArray(value))
    return mentions(value, variable) ? value.map((item) => replaced(item, variable, name)) : value;
  if (typeof value !== 'object' || value === null || !mentions(value, variable)) return value;
  const copy: JsonMap = {};
  for (const [key, item] of Object.entries(value)) setOwn(copy, key, replaced(item, variable, name));
  return copy;
}
