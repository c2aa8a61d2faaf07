import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import type { ComposedType, Progress, ResourceType } from '../../engine/drivers/resource-type.js';
import { InvariantError } from '../../engine/model/errors.js';
import type { Cloud } from '../clouds/cloud.js';

/** Makes a resource type that is a stack of its own; the engine runs the child, so the verbs are never called. */
export function composeType(
  schema: ResourceSchema,
  composed: ComposedType,
  more: Partial<ResourceType<Cloud>> = {},
): ResourceType<Cloud> {
  return { schema, composed, create: mustCompose, delete: mustCompose, ...more };
}

function mustCompose(): Promise<Progress> {
  throw new InvariantError('a composing type has no driver of its own');
}
