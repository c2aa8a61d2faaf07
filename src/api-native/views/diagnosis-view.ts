import type { Diagnosis } from '../../engine/model/records.js';
import type { JsonMap } from '../../engine/model/value.js';

/** Why the last operation of a stack failed, as JSON; paths lead from the root stack to the culprit. */
export function diagnosisView({ causes, skipped, nextActions, left = [] }: Diagnosis): JsonMap {
  return {
    root_causes: causes.map(({ path, type, physicalId, message, attempts, line }) => ({
      resource_path: [...path],
      resource_type: type,
      physical_resource_id: physicalId ?? null,
      message,
      attempts,
      template_line: line ?? null,
    })),
    resources_not_done: skipped,
    next_actions: [...nextActions],
    left_behind: left.map(({ path, type, physicalId }) => ({
      resource_path: [...path],
      resource_type: type,
      physical_resource_id: physicalId,
    })),
  };
}
