import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ComposedType, ResourceType } from '../../../engine/drivers/resource-type.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asList, asText, isGiven } from '../../json-access.js';
import { composeType } from '../compose-type.js';
import { hotGroup } from './member-definitions.js';
import { groupAttribute } from './resource-group.js';

/** OS::Heat::ResourceChain: members of several types with the same properties, one after the other. */
export function resourceChain(schema: ResourceSchema): ResourceType<Cloud> {
  return composeType(schema, COMPOSED);
}

const COMPOSED: ComposedType = {
  child: ({ properties }) => [{ stack: { template: hotGroup(membersOf(properties)), parameters: {} } }],
  async attribute(child, properties, name, path) {
    const names = asList(properties.resources).map((_, index) => String(index));
    if (name === 'refs_map' || name === 'removed_rsrc_list') return undefined;
    return groupAttribute(child, names, name, path, {});
  },
  reference: (child) => child.stackId,
};

function membersOf(properties: JsonMap) {
  const given = properties.resource_properties;
  return asList(properties.resources).map((type, index) => ({
    name: String(index),
    definition: {
      type: asText(type) ?? '',
      ...(isGiven(given) ? { properties: given } : {}),
      ...(index > 0 && properties.concurrent !== true ? { depends_on: [String(index - 1)] } : {}),
    },
  }));
}
