import type { PropertySchema, ResourceSchema } from '../../engine/drivers/resource-schema.js';
import type { Constraint } from '../../engine/model/constraint.js';
import type { JsonMap } from '../../engine/model/value.js';

type Properties = { readonly [name: string]: PropertySchema };

const JSON_TYPES: { readonly [type in PropertySchema['type']]: string | undefined } = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  map: 'object',
  list: 'array',
  any: undefined,
};

/** A resource type as the schema document that the type registry hands out. */
export function typeSchemaDocument(schema: ResourceSchema): JsonMap {
  const pointers = (names: readonly string[]) => names.map((name) => `/properties/${name.replaceAll('.', '/')}`);
  const shown = Object.entries(schema.properties).filter(([, { hidden }]) => !hidden);
  const replaced = shown
    .filter(([, { onChange }]) => onChange === 'replace' || onChange === 'immutable')
    .map(([name]) => name);
  const maybe = shown.filter(([, { onChange }]) => onChange === 'maybe').map(([name]) => name);
  const secret = shown.filter(([, one]) => one.secret).map(([name]) => name);
  const readOnly = schema.readOnly ?? [];
  const onlyRead = readOnly.filter((name) => !Object.hasOwn(schema.properties, name) && !name.includes('.'));
  return {
    typeName: schema.type,
    description: `Resource Type definition for ${schema.type}`,
    additionalProperties: schema.open === true,
    properties: {
      ...propertiesOf(Object.fromEntries(shown), []),
      ...Object.fromEntries(
        onlyRead.map((name) => [name, { type: JSON_TYPES[schema.attributes[name]?.type ?? 'string'] ?? 'string' }]),
      ),
    },
    ...listed('required', requiredOf(schema.properties)),
    ...listed('readOnlyProperties', pointers(readOnly)),
    ...listed('createOnlyProperties', pointers(replaced)),
    ...listed('conditionalCreateOnlyProperties', pointers(maybe)),
    ...listed('writeOnlyProperties', pointers(secret)),
    primaryIdentifier: pointers(schema.primaryIdentifier ?? ['Id']),
    tagging: {
      taggable: schema.tags !== undefined,
      ...(schema.tags
        ? {
            tagOnCreate: true,
            tagUpdatable: true,
            cloudFormationSystemTags: true,
            tagProperty: `/properties/${schema.tags.property}`,
          }
        : {}),
    },
    handlers: Object.fromEntries(
      ['create', 'read', 'update', 'delete', 'list'].map((verb) => [verb, { permissions: [] }]),
    ),
  };
}

function listed(name: string, values: readonly string[]): JsonMap {
  return values.length > 0 ? { [name]: [...values] } : {};
}

function requiredOf(properties: Properties): string[] {
  return Object.entries(properties)
    .filter(([, { required }]) => required)
    .map(([name]) => name);
}

function propertiesOf(properties: Properties, around: readonly Properties[]): JsonMap {
  return Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, propertyOf(one, [...around, properties])]),
  );
}

/** A shape inside itself is shown once: the inner one is any object. */
function propertyOf(
  { type, properties, items, constraints = [], default: fallback }: PropertySchema,
  around: readonly Properties[],
): JsonMap {
  const own = JSON_TYPES[type];
  const inner = properties !== undefined && !around.includes(properties) ? properties : undefined;
  return {
    ...(own === undefined ? {} : { type: own }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...Object.assign({}, ...constraints.map((one) => constraintOf(one, type))),
    ...(inner
      ? {
          properties: propertiesOf(inner, around),
          additionalProperties: false,
          ...listed('required', requiredOf(inner)),
        }
      : {}),
    ...(items && type === 'list' ? { items: propertyOf(items, around) } : {}),
    ...(items && type === 'map' ? { patternProperties: { '.*': propertyOf(items, around) } } : {}),
  };
}

function constraintOf(constraint: Constraint, type: PropertySchema['type']): JsonMap {
  switch (constraint.kind) {
    case 'length': {
      const [low, high] = type === 'list' ? ['minItems', 'maxItems'] : ['minLength', 'maxLength'];
      return bounds(low ?? '', high ?? '', constraint);
    }
    case 'range':
      return bounds('minimum', 'maximum', constraint);
    case 'allowed_values':
      return { enum: [...constraint.values] };
    case 'allowed_pattern':
      return { pattern: constraint.pattern };
    default:
      return {};
  }
}

function bounds(low: string, high: string, { min, max }: { readonly min?: number; readonly max?: number }): JsonMap {
  return { ...(min === undefined ? {} : { [low]: min }), ...(max === undefined ? {} : { [high]: max }) };
}

/** What updates can do to a type. */
export function provisioningType(schema: ResourceSchema): 'IMMUTABLE' | 'FULLY_MUTABLE' {
  const writable = Object.values(schema.properties).filter(({ hidden }) => !hidden);
  return writable.length > 0 && writable.every(({ onChange }) => onChange === 'replace')
    ? 'IMMUTABLE'
    : 'FULLY_MUTABLE';
}
