import type { ResourceRecord } from '../model/records.js';
import type { DesiredResource } from '../planning/desired.js';
import { ResourceFailure } from './failure.js';
import type { Run } from './run.js';

export type Hook = 'pre-create' | 'pre-update' | 'pre-delete' | 'post-create' | 'post-update' | 'post-delete';

/** Hooks of creation and deletion act only while the stack itself is created or deleted. */
function isDue(hook: Hook, run: Run): boolean {
  if (hook.endsWith('-create')) return run.stack.action === 'CREATE';
  return !hook.endsWith('-delete') || run.stack.action === 'DELETE';
}

const POLL_MS = 250;

/**
 * Stops at a hook of the environment until somebody clears it. The hook stands in the record's data, so that a
 * restart still waits and a signal can find it.
 */
export async function passHook(
  run: Run,
  resource: Pick<DesiredResource, 'hooks' | 'name' | 'typeName'>,
  at: ResourceRecord,
  hook: Hook,
): Promise<void> {
  if (!resource.hooks.has(hook) || !isDue(hook, run)) return;
  const passed = `${run.operation.id}:${hook}`;
  const start = run.records.get(at.id) ?? at;
  if (start.data.passedHook === passed) return;
  const action = hook.slice(hook.indexOf('-') + 1).toUpperCase();
  const waiting: ResourceRecord = { ...start, data: { ...start.data, hook } };
  await run.record({
    resources: [waiting],
    events: [run.eventOf(waiting, { reason: `${action} paused until Hook ${hook} is cleared` })],
  });
  while (run.records.get(at.id)?.data.hook === hook) {
    try {
      await run.parts.clock.sleep(POLL_MS, run.signal);
    } catch {
      await giveUp(run, run.records.get(at.id) ?? waiting);
      throw new ResourceFailure([resource.name], 'CancelledError', `${action} aborted`, 1, resource.typeName, at.physicalId);
    }
    if (run.stopped !== undefined) {
      await giveUp(run, run.records.get(at.id) ?? waiting);
      throw new ResourceFailure([resource.name], 'CancelledError', `${action} aborted`, 1, resource.typeName, at.physicalId);
    }
  }
  const cleared = run.records.get(at.id) ?? waiting;
  run.recordSoon({ resources: [{ ...cleared, data: { ...cleared.data, passedHook: passed } }] });
}

async function giveUp(run: Run, record: ResourceRecord): Promise<void> {
  const { hook: _, ...data } = record.data;
  const next = { ...record, data };
  await run.record({ resources: [next], events: [run.eventOf(next, { reason: 'Failure occurred while waiting.' })] });
}
