import type { PropertySchema, ResourceSchema, SupportStatus } from '../../engine/drivers/resource-schema.js';
import type { Constraint } from '../../engine/model/constraint.js';
import type { Json, JsonMap } from '../../engine/model/value.js';

/** A constraint as Heat's API writes it: `{"range": {"min": 1}}`. */
export function constraintView(constraint: Constraint): JsonMap {
  const description: JsonMap = constraint.description === undefined ? {} : { description: constraint.description };
  switch (constraint.kind) {
    case 'length':
    case 'range': {
      const { min, max } = constraint;
      return {
        [constraint.kind]: { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) },
        ...description,
      };
    }
    case 'modulo':
      return { modulo: { step: constraint.step, offset: constraint.offset }, ...description };
    case 'allowed_values':
      return { allowed_values: [...constraint.values], ...description };
    case 'allowed_pattern':
      return { allowed_pattern: constraint.pattern, ...description };
    case 'custom':
      return { custom_constraint: constraint.name, ...description };
  }
}

type Properties = { readonly [name: string]: PropertySchema };

/** A shape inside itself is shown once: the inner one has no schema. */
function propertyView(property: PropertySchema, around: readonly Properties[]): JsonMap {
  const { properties, items } = property;
  const repeated = properties !== undefined && around.includes(properties);
  const schema: JsonMap | undefined = items
    ? { '*': propertyView(items, around) }
    : properties && !repeated
      ? propertiesView(properties, around)
      : undefined;
  return {
    type: property.type,
    ...(property.default === undefined ? {} : { default: property.default }),
    ...(schema === undefined ? {} : { schema }),
    required: property.required,
    ...(property.constraints === undefined ? {} : { constraints: property.constraints.map(constraintView) }),
    update_allowed: property.onChange === 'update' || property.onChange === 'maybe',
    immutable: property.onChange === 'immutable',
  };
}

function propertiesView(properties: Properties, around: readonly Properties[]): JsonMap {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => !property.hidden)
      .map(([name, property]) => [name, propertyView(property, [...around, properties])]),
  );
}

function statusView(status: SupportStatus): JsonMap {
  return {
    status: status.status,
    message: status.message,
    version: status.version,
    previous_status: status.previous ? statusView(status.previous) : null,
  };
}

/** The answer of `GET /resource_types/{type}`; our catalogue carries no descriptions. */
export function typeView(schema: ResourceSchema): { [key: string]: Json } {
  const attributes = Object.entries(schema.attributes)
    .filter(([, { hidden }]) => !hidden)
    .map(([name, { type }]): [string, Json] => [name, type === undefined ? {} : { type }]);
  return {
    resource_type: schema.type,
    properties: propertiesView(schema.properties, []),
    attributes: { ...Object.fromEntries(attributes), show: { type: 'map' } },
    support_status: statusView(schema.supportStatus),
  };
}
