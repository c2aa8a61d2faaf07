import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Outcome, ResourceType } from '../../../engine/drivers/resource-type.js';
import { RejectedError } from '../../../engine/model/errors.js';
import { isMap, type Json, type JsonMap, sortedJson } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asBoolean, asNumber, asText } from '../../json-access.js';

/** The value in the form that `type` asks for; undefined if it cannot take that form. */
function convert(value: Json, type: string | undefined): Json | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : typeof value === 'object' ? sortedJson(value) : String(value);
    case 'number':
      return asNumber(value);
    case 'boolean':
      // Only these; what YAML or people may take for one as well is none to Heat.
      return typeof value === 'boolean' || /^(true|false)$/i.test(String(value)) ? asBoolean(value) : undefined;
    case 'comma_delimited_list':
      return Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : undefined;
    case 'json':
      return isMap(value) || Array.isArray(value) ? value : undefined;
    default:
      return value;
  }
}

const PROBLEMS: { readonly [type: string]: (value: Json) => string } = {
  number: (value) =>
    `Property error: resources.%s.properties.value: Value '${asText(value) ?? sortedJson(value)}' is not a number`,
  boolean: (value) =>
    `Property error: resources.%s.properties.value: "${asText(value) ?? sortedJson(value)}" is not a valid boolean`,
  comma_delimited_list: (value) =>
    `Property error: resources.%s.properties.value: "${asText(value) ?? sortedJson(value)}" is not a list`,
  json: (value) =>
    `Property error: resources.%s.properties.value: "${asText(value) ?? sortedJson(value)}" is not a map`,
};

/** OS::Heat::Value: its attribute is its property, in the type that is asked for. */
export function value(schema: ResourceSchema): ResourceType<Cloud> {
  const outcome = (properties: JsonMap, physicalId: string, name: string): Outcome => {
    const type = asText(properties.type);
    const given = properties.value ?? null;
    const converted = convert(given, type);
    if (converted === undefined) {
      throw new RejectedError((PROBLEMS[type ?? '']?.(given) ?? 'bad value').replace('%s', name), {
        reasonClass: 'StackValidationFailed',
      });
    }
    return { physicalId, attributes: { value: converted, show: {} } };
  };
  return {
    schema,
    validate(properties, name) {
      const type = asText(properties.type);
      const given = properties.value ?? null;
      return convert(given, type) === undefined ? [(PROBLEMS[type ?? '']?.(given) ?? '').replace('%s', name)] : [];
    },
    async create(ctx, properties) {
      return { state: 'done', ...outcome(properties, ctx.resource.physicalName, ctx.resource.name) };
    },
    async update(ctx, ref, change) {
      return {
        state: 'done',
        ...outcome(change.after, ref.physicalId ?? ctx.resource.physicalName, ctx.resource.name),
      };
    },
    replaces: () => false,
    async delete(_ctx, ref) {
      return gone(ref);
    },
    async attribute(ctx, ref, name) {
      return outcome(ref.properties, ref.physicalId ?? '', ctx.resource.name).attributes[name] ?? null;
    },
  };
}
