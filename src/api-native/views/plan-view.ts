import type { JsonMap } from '../../engine/model/value.js';
import type { ChangeView } from '../../engine/stacks/requests.js';

/** What an update would do to a resource, property by property. */
export function planView({
  name,
  type,
  action,
  physicalId,
  properties,
  because,
  movedFrom,
  nested,
}: ChangeView): JsonMap {
  return {
    resource_name: name,
    resource_type: type,
    action,
    physical_resource_id: physicalId ?? null,
    moved_from: movedFrom ?? null,
    because: [...because],
    properties: properties.map(({ path, before, after, onChange, certain }) => ({
      path: [...path],
      before: before ?? null,
      after: after ?? null,
      on_change: onChange,
      is_certain: certain,
    })),
    nested: nested === undefined ? null : nested.map(planView),
  };
}
