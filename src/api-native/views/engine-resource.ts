import type { JsonMap } from '../../engine/model/value.js';
import type { PreviewResource } from '../../engine/stacks/requests.js';
import type { TypeCatalogue } from '../api-types.js';
import { identity, type StackPlace } from '../links.js';
import { attributesView } from './resource-view.js';

/** Fields that previews show unjoined, as Heat's engine has them. */
export interface EngineResource {
  readonly name: string;
  readonly type: string;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly physicalId: string | undefined;
  readonly action: string;
  readonly status: string;
  readonly reason: string;
  readonly requiredBy: readonly string[];
  readonly nested?: StackPlace;
  readonly parentResource?: string | undefined;
  readonly description: string | undefined;
  readonly metadata: PreviewResource['metadata'];
  readonly attributes: JsonMap | undefined;
}

/** A resource in the form of Heat's engine, which its previews show as it is. */
export function engineResource(catalogue: TypeCatalogue, stack: StackPlace, resource: EngineResource): JsonMap {
  return {
    updated_time: resource.updatedAt,
    creation_time: resource.createdAt,
    resource_name: resource.name,
    physical_resource_id: resource.physicalId ?? '',
    resource_action: resource.action,
    resource_status: resource.status,
    resource_status_reason: resource.reason,
    resource_type: resource.type,
    resource_identity: identity(stack, `/resources/${resource.name}`),
    stack_identity: identity(stack),
    stack_name: stack.name,
    required_by: [...resource.requiredBy],
    ...(resource.nested === undefined ? {} : { nested_stack_id: identity(resource.nested) }),
    ...(resource.parentResource === undefined ? {} : { parent_resource: resource.parentResource }),
    description: resource.description ?? '',
    metadata: resource.metadata ?? {},
    attributes: attributesView(catalogue, resource.type, resource.attributes),
  };
}

/** A resource that is not there yet. */
export function plannedResource(
  catalogue: TypeCatalogue,
  stack: StackPlace,
  resource: Pick<PreviewResource, 'name' | 'type' | 'metadata' | 'requiredBy' | 'description'>,
  parentResource: string | undefined,
): JsonMap {
  return engineResource(catalogue, stack, {
    ...resource,
    createdAt: null,
    updatedAt: null,
    physicalId: undefined,
    action: 'INIT',
    status: 'COMPLETE',
    reason: '',
    parentResource,
    attributes: undefined,
  });
}
