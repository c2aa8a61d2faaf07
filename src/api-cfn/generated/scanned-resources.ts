import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import { isMap, type Json, type JsonMap, masked, revealed } from '../../engine/model/value.js';
import type { ResourceView } from '../../engine/stacks/requests.js';
import type { ActionContext } from '../action.js';

/** A thing in the cloud that is not (or no longer) a resource of a stack. */
export interface CloudResource {
  readonly type: string;
  readonly physicalId: string;
  readonly properties: JsonMap;
}

/** A resource that a scan found. */
export interface ScannedResource {
  readonly type: string;
  /** The primary identifier of its type: property names with their values. */
  readonly identifier: { readonly [property: string]: string };
  readonly physicalId: string;
  readonly properties: JsonMap;
  /** Texts by which others refer to it, with the attribute that gives each; '' for `Ref`. */
  readonly references: { readonly [text: string]: string };
  readonly isManaged: boolean;
  /** Names of properties whose values are secret: they are not in a scan. */
  readonly secrets: readonly string[];
}

/** Every AWS resource of the caller's project and region: those of stacks, and what else the cloud has. */
export async function scanResources(context: ActionContext, types?: readonly string[]): Promise<ScannedResource[]> {
  const { deps, caller } = context;
  const isWanted = (type: string) =>
    type.startsWith('AWS::') && (types === undefined || types.some((one) => fits(one, type)));
  const found = new Map<string, ScannedResource>();
  for (const view of await resourcesOfStacks(context)) {
    const { type, physicalId } = view.record;
    if (physicalId === undefined || !isWanted(type) || type.startsWith('AWS::CloudFormation::')) continue;
    const scanned = ofRecord(view, deps.typeSchema(type));
    found.set(keyOf(scanned), scanned);
  }
  for (const resource of (await deps.cloudResources?.(caller)) ?? []) {
    const schema = isWanted(resource.type) ? deps.typeSchema(resource.type) : undefined;
    if (!schema) continue;
    const scanned = ofCloud(resource, schema);
    if (!found.has(keyOf(scanned))) found.set(keyOf(scanned), scanned);
  }
  return [...found.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function fits(filter: string, type: string): boolean {
  return filter.endsWith('*') ? type.startsWith(filter.slice(0, -1)) : filter === type;
}

const keyOf = ({ type, physicalId }: ScannedResource): string => `${type}\n${physicalId}`;

async function resourcesOfStacks({ deps, caller }: ActionContext): Promise<ResourceView[]> {
  const stacks = await deps.stacks.list(caller, { showNested: true, showHidden: true });
  const own = stacks.filter((stack) => stack.region === caller.region);
  return (await Promise.all(own.map((stack) => deps.stacks.resources(caller, stack.id, { attributes: true })))).flat();
}

function ofRecord({ record, attributes = {} }: ResourceView, schema: ResourceSchema | undefined): ScannedResource {
  const { type, physicalId = '', reference } = record;
  const secrets = Object.keys(record.properties).filter((name) => schema?.properties[name]?.secret === true);
  const shown = masked(record.properties) as JsonMap;
  const properties = Object.fromEntries(Object.entries(shown).filter(([name]) => !secrets.includes(name)));
  const ref = typeof reference === 'string' ? reference : physicalId;
  return {
    type,
    physicalId: ref,
    identifier: identifierOf(schema, ref, { ...properties, ...attributes }),
    properties,
    references: referencesOf(ref, attributes),
    isManaged: true,
    secrets,
  };
}

function ofCloud({ type, physicalId, properties }: CloudResource, schema: ResourceSchema): ScannedResource {
  const secrets = Object.keys(properties).filter((name) => schema.properties[name]?.secret === true);
  const plain = revealed(properties) as JsonMap;
  return {
    type,
    physicalId,
    identifier: identifierOf(schema, physicalId, plain),
    properties: Object.fromEntries(Object.entries(plain).filter(([name]) => !secrets.includes(name))),
    references: referencesOf(physicalId, {}),
    isManaged: false,
    secrets,
  };
}

/** A type's identifier may have several parts; the id joins their values by `|`. */
function identifierOf(
  schema: ResourceSchema | undefined,
  physicalId: string,
  known: JsonMap,
): ScannedResource['identifier'] {
  const names = schema?.primaryIdentifier ?? ['Id'];
  const [only] = names;
  if (names.length === 1 && only !== undefined) return { [only]: physicalId };
  const parts = physicalId.split('|');
  return Object.fromEntries(names.map((name, index) => [name, textOr(known[name], parts[index] ?? physicalId)]));
}

function textOr(value: Json | undefined, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}

function referencesOf(ref: string, attributes: JsonMap): { [text: string]: string } {
  const references: { [text: string]: string } = {};
  for (const [name, value] of Object.entries(attributes)) {
    // Short texts are words, not names of things.
    if (typeof value === 'string' && value.length > 8 && name !== 'show') references[value] = name;
  }
  if (ref !== '') references[ref] = '';
  return references;
}

/** True if a resource is the one of a type and an identifier. */
export function isIdentified(
  resource: ScannedResource,
  type: string,
  identifier: { readonly [property: string]: string },
): boolean {
  const entries = Object.entries(identifier);
  return (
    resource.type === type &&
    entries.length > 0 &&
    entries.every(([name, value]) => resource.identifier[name] === value)
  );
}

/** True if one of two resources refers to the other. */
export function isRelated(a: ScannedResource, b: ScannedResource): boolean {
  const texts = (one: ScannedResource) => new Set(textsIn(one.properties));
  const [inA, inB] = [texts(a), texts(b)];
  return (
    Object.keys(b.references).some((text) => inA.has(text)) || Object.keys(a.references).some((text) => inB.has(text))
  );
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isMap(value) ? Object.values(value).flatMap((one) => textsIn(one as Json)) : [];
}
