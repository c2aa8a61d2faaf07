import type { ResourceSchema } from '../drivers/resource-schema.js';
import { isMap, type Value, type ValueMap } from '../model/value.js';
import type { StackIdentity } from './stack-identity.js';

/**
 * The properties of a resource with the tags of its stack, as CloudFormation hands them on to every resource that takes
 * tags. A tag that the template gives the resource itself wins. Where other tags mean another thing, there are none.
 */
export function withStackTags(properties: ValueMap, schema: ResourceSchema, stack: StackIdentity): ValueMap {
  const { tags } = schema;
  const given = Object.entries(stack.tags ?? {});
  if (stack.origin !== 'cfn' || !tags || given.length === 0) return properties;
  const declared = schema.properties[tags.property];
  if (declared === undefined || declared.onChange === 'replace') return properties;
  const own = properties[tags.property];
  if (tags.variant === 'map') {
    if (own !== undefined && own !== null && !isMap(own)) return properties;
    return { ...properties, [tags.property]: { ...Object.fromEntries(given), ...(own as ValueMap | undefined) } };
  }
  if (own !== undefined && own !== null && !Array.isArray(own)) return properties;
  const list: readonly Value[] = own ?? [];
  const known = new Set(list.map((tag) => (isMap(tag) ? (tag as ValueMap).Key : undefined)));
  const more = given
    .filter(([key]) => !known.has(key))
    .map(([Key, Value]) => (tags.variant === 'asg' ? { Key, Value, PropagateAtLaunch: true } : { Key, Value }));
  return { ...properties, [tags.property]: [...list, ...more] };
}
