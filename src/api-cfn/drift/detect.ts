import type { StackRecord } from '../../engine/model/records.js';
import type { ResourceDrift } from '../../engine/stacks/requests.js';
import type { ActionContext } from '../action.js';
import { type CheckedResource, keepDrift, latestDrift, type StackDrift } from './drift-records.js';

/** Looks at resources of a stack (all, or the named ones) and keeps what was found. */
export async function detect(
  context: ActionContext,
  stack: StackRecord,
  names: readonly string[] | undefined,
): Promise<StackDrift> {
  const { deps, caller } = context;
  const found = await deps.stacks.detectDrift(caller, stack.id, names);
  const checkedAt = deps.now();
  const before = names === undefined ? {} : ((await latestDrift(context, stack))?.resources ?? {});
  const resources = {
    ...before,
    ...Object.fromEntries(found.map((drift) => [drift.record.name, checked(drift, checkedAt)])),
  };
  const states = Object.values(resources);
  const status = states.some(isDrifted) ? 'DRIFTED' : states.length > 0 ? 'IN_SYNC' : 'NOT_CHECKED';
  const drift: StackDrift = { status, checkedAt, resources };
  await keepDrift(context, stack, drift);
  return drift;
}

function checked({ record, status, expected, actual, differences }: ResourceDrift, checkedAt: number): CheckedResource {
  return {
    status,
    checkedAt,
    type: record.type,
    physicalId: record.physicalId ?? null,
    expected,
    actual: actual ?? null,
    differences,
  };
}

/** True for a resource that is not what its stack has made of it. */
export function isDrifted({ status }: CheckedResource): boolean {
  return status === 'MODIFIED' || status === 'DELETED';
}
