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
  waiting: (isWaiting: boolean) => void = () => undefined,
): Promise<void> {
  if (!resource.hooks.has(hook) || !isDue(hook, run)) return;
  const start = run.records.get(at.id) ?? at;
  if (passedHooks(run, start).includes(hook)) return;
  const action = hook.slice(hook.indexOf('-') + 1).toUpperCase();
  const isThere = start.data.hook === hook;
  const halted: ResourceRecord = { ...start, data: { ...start.data, hook } };
  if (!isThere) {
    await run.record({
      resources: [halted],
      events: [run.eventOf(halted, { reason: `${action} paused until Hook ${hook} is cleared` })],
    });
  }
  waiting(true);
  try {
    while (run.records.get(at.id)?.data.hook === hook) {
      await run.parts.clock.sleep(POLL_MS, run.signal);
      if (run.stopped !== undefined) throw run.stopped;
      if (run.hasFailed) break;
    }
  } catch (reason) {
    // An engine that ends finds the resource at its hook again.
    if (run.letsGo(reason) || run.stopped === 'shutdown') throw reason;
    await giveUp(run, run.records.get(at.id) ?? halted, run.stopped !== 'deleted');
    throw new ResourceFailure(
      [resource.name],
      'CancelledError',
      `${action} aborted (user triggered cancel)`,
      1,
      resource.typeName,
      at.physicalId,
    );
  } finally {
    waiting(false);
  }
  const cleared = run.records.get(at.id) ?? halted;
  if (cleared.data.hook === hook) {
    // Another resource has failed: nothing waits here any more, and nothing is begun.
    const { hook: _, ...data } = cleared.data;
    await run.record({ resources: [{ ...cleared, data }] });
    throw new ResourceFailure(
      [resource.name],
      'CancelledError',
      `${action} aborted`,
      1,
      resource.typeName,
      at.physicalId,
    );
  }
  const passed = [run.operation.id, ...passedHooks(run, cleared), hook];
  run.recordSoon({ resources: [{ ...cleared, data: { ...cleared.data, passedHooks: passed } }] });
}

/** Hooks that the record has passed in this operation: a resumed one does not stop at them again. */
function passedHooks(run: Run, { data: { passedHooks: passed } }: ResourceRecord): string[] {
  return Array.isArray(passed) && passed[0] === run.operation.id ? passed.slice(1).map(String) : [];
}

async function giveUp(run: Run, record: ResourceRecord, isTold: boolean): Promise<void> {
  const { hook: _, ...data } = record.data;
  const next = { ...record, data };
  const events = isTold ? [run.eventOf(next, { reason: 'Failure occurred while waiting.' })] : [];
  await run.record({ resources: [next], events });
}
