import { EVENT_REASONS } from '../model/event-reasons.js';
import type { Run } from './run.js';

/** A rollback leaves alone what its caller gives up: it counts as done, whatever it is. */
export function skipResource(run: Run, name: string): boolean {
  if (!run.operation.options.skip?.includes(name)) return false;
  const record = run.records.current(name);
  if (!record) return true;
  run.records.settle(record);
  const turn = {
    action: 'UPDATE',
    status: 'COMPLETE',
    statusReason: EVENT_REASONS.skipped,
    intent: undefined,
  } as const;
  run.recordSoon(run.changed(record, turn).entry);
  return true;
}

/** What a rollback gives up within a nested stack: the rest of the ways that lead through it. */
export function skippedWithin(run: Run, name: string): { readonly skip?: readonly string[] } {
  const way = `${name}.`;
  const { skip = [] } = run.operation.options;
  const within = skip.filter((path) => path.startsWith(way)).map((path) => path.slice(way.length));
  return within.length > 0 ? { skip: within } : {};
}
