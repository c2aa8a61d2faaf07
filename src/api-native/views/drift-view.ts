import { type JsonMap, masked } from '../../engine/model/value.js';
import type { ResourceDrift } from '../../engine/stacks/requests.js';

/** How a resource differs from what was last applied. */
export function driftView({ record, status, expected, actual, differences, desired }: ResourceDrift): JsonMap {
  return {
    resource_name: record.name,
    resource_type: record.type,
    physical_resource_id: record.physicalId ?? null,
    drift_status: status,
    last_applied: masked(expected),
    live: actual === undefined ? null : masked(actual),
    desired: desired ?? null,
    differences: differences.map((difference) => ({
      property_path: [...difference.path],
      last_applied: difference.expected ?? null,
      live: difference.actual ?? null,
    })),
  };
}
