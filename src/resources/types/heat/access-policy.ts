import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../../engine/drivers/resource-type.js';
import type { Json } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asTexts } from '../../json-access.js';

/** OS::Heat::AccessPolicy: which resources the stack's users may look at. It stands for nothing outside. */
export function accessPolicy(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    validate(properties, _name, scope) {
      if (!scope) return [];
      return asTexts(properties.AllowedResources)
        .filter((name) => !scope.resources.has(name))
        .map((name) => `AccessPolicy resource ${name} not in stack`);
    },
    async create(ctx) {
      return { state: 'done', physicalId: '', reference: ctx.resource.name, attributes: {} };
    },
    async delete(_ctx, ref) {
      return gone(ref);
    },
  };
}

/** True if a policy with these properties lets its users see a resource. */
export function allowsResource(allowed: Json | undefined, resource: string): boolean {
  return asTexts(allowed).includes(resource);
}
