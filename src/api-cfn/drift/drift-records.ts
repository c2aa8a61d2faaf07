import type { StackRecord } from '../../engine/model/records.js';
import type { JsonMap } from '../../engine/model/value.js';
import type { DriftDifference } from '../../engine/stacks/requests.js';
import type { ActionContext } from '../action.js';

/** What was found out about one resource. */
export interface CheckedResource {
  readonly status: 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'NOT_CHECKED';
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
  readonly type: string;
  readonly physicalId: string | null;
  readonly expected: JsonMap;
  readonly actual: JsonMap | null;
  readonly differences: readonly DriftDifference[];
}

/** The latest that is known of a stack's drift. */
export interface StackDrift {
  readonly status: 'DRIFTED' | 'IN_SYNC' | 'UNKNOWN' | 'NOT_CHECKED';
  readonly checkedAt: number;
  readonly resources: { readonly [name: string]: CheckedResource };
}

/** One detection over a whole stack. */
export interface DriftDetection {
  readonly stackId: string;
  readonly status: 'DETECTION_IN_PROGRESS' | 'DETECTION_FAILED' | 'DETECTION_COMPLETE';
  readonly reason: string | null;
  readonly drift: StackDrift['status'] | null;
  readonly drifted: number | null;
  readonly at: number;
}

const LATEST = 'cfn-drift';
const DETECTION = 'cfn-drift-detection';

/** What was last found out about a stack; undefined if nobody has looked yet. */
export async function latestDrift({ deps }: ActionContext, stack: StackRecord): Promise<StackDrift | undefined> {
  const found = await deps.documents.get<StackDrift>(LATEST, stack.id);
  return found?.body;
}

export async function keepDrift({ deps }: ActionContext, stack: StackRecord, drift: StackDrift): Promise<void> {
  await deps.documents.put(LATEST, { id: stack.id, owner: stack.projectId, body: drift });
}

export async function findDetection({ deps, caller }: ActionContext, id: string): Promise<DriftDetection | undefined> {
  const found = await deps.documents.get<DriftDetection>(DETECTION, id);
  return found?.owner === caller.projectId ? found.body : undefined;
}

export async function keepDetection(
  { deps, caller }: ActionContext,
  id: string,
  detection: DriftDetection,
): Promise<void> {
  await deps.documents.put(DETECTION, { id, owner: caller.projectId, body: detection });
}
