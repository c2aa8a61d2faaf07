import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Outcome, ResourceType } from '../../../engine/drivers/resource-type.js';
import { RejectedError } from '../../../engine/model/errors.js';
import { isMap, type Json, type JsonMap, sortedJson } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asNumber, asText } from '../../json-access.js';

/** Whether a value can be taken for what `type` says. */
function fits(value: Json, type: string | undefined): boolean {
  switch (type) {
    case 'number':
      return asNumber(value) !== undefined;
    case 'boolean':
      // Only these; what YAML or people may take for one as well is none to Heat.
      return typeof value === 'boolean' || /^(true|false)$/i.test(String(value));
    case 'comma_delimited_list':
      return Array.isArray(value) || typeof value === 'string';
    case 'json':
      return isMap(value) || Array.isArray(value);
    default:
      return true;
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

/** OS::Heat::Value: its attribute is its property as it was given; its type is only checked. */
export function value(schema: ResourceSchema): ResourceType<Cloud> {
  const outcome = (properties: JsonMap, physicalId: string, name: string): Outcome => {
    const type = asText(properties.type);
    const given = properties.value ?? null;
    if (!fits(given, type)) {
      throw new RejectedError((PROBLEMS[type ?? '']?.(given) ?? 'bad value').replace('%s', name), {
        reasonClass: 'StackValidationFailed',
      });
    }
    return { physicalId, attributes: { value: given, show: {} } };
  };
  return {
    schema,
    validate(properties, name) {
      const type = asText(properties.type);
      const given = properties.value ?? null;
      return fits(given, type) ? [] : [(PROBLEMS[type ?? '']?.(given) ?? '').replace('%s', name)];
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
