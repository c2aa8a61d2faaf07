import type { PropertySchema, PropertyType, ResourceSchema } from '../../engine/drivers/resource-schema.js';
import type { Constraint } from '../../engine/model/constraint.js';
import type { Json, JsonMap } from '../../engine/model/value.js';

/** The parameter type that carries a property's type; for `any`, where Heat fails, the one that carries most. */
const PARAMETER_TYPES: { readonly [type in PropertyType]: string } = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  list: 'comma_delimited_list',
  map: 'json',
  any: 'json',
};

const CFN_TYPES: { readonly [type: string]: string } = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  comma_delimited_list: 'CommaDelimitedList',
  json: 'Json',
};

const bounds = (min: number | undefined, max: number | undefined, names: readonly [string, string]): JsonMap => ({
  ...(min === undefined ? {} : { [names[0]]: min }),
  ...(max === undefined ? {} : { [names[1]]: max }),
});

/** Kinds that a parameter of a generated template cannot have leave an empty map, as Heat does. */
function hotConstraint(constraint: Constraint): JsonMap {
  const description: JsonMap = constraint.description === undefined ? {} : { description: constraint.description };
  switch (constraint.kind) {
    case 'length':
    case 'range':
      return { [constraint.kind]: bounds(constraint.min, constraint.max, ['min', 'max']), ...description };
    case 'allowed_values':
      return { allowed_values: [...constraint.values], ...description };
    case 'allowed_pattern':
      return { allowed_pattern: constraint.pattern, ...description };
    default:
      return { ...description };
  }
}

function cfnConstraint(constraint: Constraint): JsonMap {
  switch (constraint.kind) {
    case 'length':
      return bounds(constraint.min, constraint.max, ['MinLength', 'MaxLength']);
    case 'range':
      return bounds(constraint.min, constraint.max, ['MinValue', 'MaxValue']);
    case 'allowed_values':
      return { AllowedValues: [...constraint.values] };
    case 'allowed_pattern':
      return { AllowedPattern: constraint.pattern };
    default:
      return {};
  }
}

function hotTemplate(schema: ResourceSchema, properties: readonly (readonly [string, PropertySchema])[]): JsonMap {
  const name = schema.className;
  const parameter = (property: PropertySchema): Json => ({
    type: PARAMETER_TYPES[property.type],
    ...(property.default === undefined ? {} : { default: property.default }),
    ...(property.constraints?.length ? { constraints: property.constraints.map(hotConstraint) } : {}),
  });
  const outputs = attributeNames(schema).map((key): [string, Json] => [key, { value: { get_attr: [name, key] } }]);
  return {
    heat_template_version: '2016-10-14',
    description: `Initial template of ${name}`,
    parameters: Object.fromEntries(properties.map(([key, property]) => [key, parameter(property)])),
    resources: {
      [name]: {
        type: schema.type,
        properties: Object.fromEntries(properties.map(([key]) => [key, { get_param: key }])),
      },
    },
    outputs: { ...Object.fromEntries(outputs), 'OS::stack_id': { value: { get_resource: name } } },
  };
}

function cfnTemplate(schema: ResourceSchema, properties: readonly (readonly [string, PropertySchema])[]): JsonMap {
  const name = schema.className;
  const parameter = (property: PropertySchema): Json =>
    Object.assign(
      { Type: CFN_TYPES[PARAMETER_TYPES[property.type]] ?? 'String' },
      property.default === undefined ? {} : { Default: property.default },
      ...(property.constraints ?? []).map(cfnConstraint),
    );
  const reference = (key: string, property: PropertySchema): Json =>
    property.type === 'list' ? { 'Fn::Split': [',', { Ref: key }] } : { Ref: key };
  const outputs = attributeNames(schema).map((key): [string, Json] => [key, { Value: { 'Fn::GetAtt': [name, key] } }]);
  return {
    HeatTemplateFormatVersion: '2012-12-12',
    Description: `Initial template of ${name}`,
    Parameters: Object.fromEntries(properties.map(([key, property]) => [key, parameter(property)])),
    Resources: {
      [name]: {
        Type: schema.type,
        Properties: Object.fromEntries(properties.map(([key, property]) => [key, reference(key, property)])),
      },
    },
    Outputs: { ...Object.fromEntries(outputs), 'OS::stack_id': { Value: { Ref: name } } },
  };
}

const attributeNames = (schema: ResourceSchema): string[] => [...new Set([...Object.keys(schema.attributes), 'show'])];

/**
 * A provider template that makes one resource of the type: each property a parameter, each attribute an output
 * (`GET /resource_types/{type}/template`).
 */
export function providerTemplate(schema: ResourceSchema, language: 'hot' | 'cfn'): JsonMap {
  const properties = Object.entries(schema.properties).filter(
    ([, property]) => !property.hidden && !property.notImplemented,
  );
  return language === 'hot' ? hotTemplate(schema, properties) : cfnTemplate(schema, properties);
}
