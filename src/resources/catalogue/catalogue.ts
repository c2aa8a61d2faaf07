import type { PropertySchema, ResourceSchema } from '../../engine/drivers/resource-schema.js';
import { listAwsTypes, readAwsSchema } from './aws-catalogue.js';
import { listHeatTypes, readHeatSchema, resolveHeatAlias } from './heat-catalogue.js';

/** Whose schema wins for a name that both worlds have: `aws` for CloudFormation templates, `heat` for all others. */
export type Preference = 'heat' | 'aws';

const cache = {
  heat: new Map<string, ResourceSchema | undefined>(),
  aws: new Map<string, ResourceSchema | undefined>(),
};

/**
 * The schema of a resource type, or undefined if nobody knows it. Reads one small file at the first call for a type.
 * Throws when the package was never built.
 */
export function loadSchema(type: string, { prefer }: { readonly prefer: Preference }): ResourceSchema | undefined {
  const known = cache[prefer];
  if (known.has(type)) return known.get(type);
  const schema = prefer === 'heat' ? (readHeatSchema(type) ?? readIfAws(type)) : readPreferringAws(type);
  known.set(type, schema);
  return schema;
}

/** OS:: types are Heat's alone: they need no built catalogue. */
function readIfAws(type: string): ResourceSchema | undefined {
  return type.startsWith('OS::') ? undefined : readAwsSchema(type);
}

function readPreferringAws(type: string): ResourceSchema | undefined {
  const heat = readHeatSchema(type);
  const aws = readIfAws(type);
  return heat && aws ? withHeatNames(aws, heat) : (aws ?? heat);
}

/** Heat knows a few names that AWS does not (`NovaSchedulerHints`): templates written for Heat keep working. */
function withHeatNames(aws: ResourceSchema, heat: ResourceSchema): ResourceSchema {
  const extra: { [name: string]: PropertySchema } = {};
  for (const name in heat.properties) {
    const property = heat.properties[name];
    if (property && !Object.hasOwn(aws.properties, name)) extra[name] = { ...property, required: false, hidden: true };
  }
  return {
    ...aws,
    properties: { ...extra, ...aws.properties },
    attributes: { ...heat.attributes, ...aws.attributes },
    ...(heat.updatePolicy ? { updatePolicy: heat.updatePolicy } : {}),
    ...(heat.openAttributes ? { openAttributes: true } : {}),
  };
}

export interface TypeFilter {
  /** Only types of this world; absent: of both, each name once. */
  readonly origin?: Preference;
  /** Also types that Heat hides. */
  readonly hidden?: boolean;
}

/** All type names in order. Reads the indexes only. */
export function listTypes(filter: TypeFilter = {}): string[] {
  const heat = filter.origin === 'aws' ? [] : listHeatTypes().filter((entry) => filter.hidden || !entry.hidden);
  const aws = filter.origin === 'heat' ? [] : listAwsTypes();
  return [...new Set([...heat.map((entry) => entry.type), ...aws])].sort();
}

/** True if `loadSchema` would find the type; reads the indexes only. */
export function isKnownType(type: string): boolean {
  return (
    type.startsWith('Custom::') ||
    listHeatTypes().some((entry) => entry.type === resolveHeatAlias(type)) ||
    (!type.startsWith('OS::') && listAwsTypes().has(type))
  );
}

/** The index of the Heat types, for `GET /resource_types` and its filters. */
export const typeIndex = listHeatTypes;
