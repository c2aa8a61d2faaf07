import { ValidationError } from '../model/errors.js';
import { EVENT_REASONS } from '../model/event-reasons.js';
import { applyPhase, cleanupPhase, leftovers, type PhaseInput, type PhaseResult, walkPhase } from './execute.js';
import { ResourceFailure } from './failure.js';
import { moveRecords } from './move-records.js';
import { TriggerWatch } from './rollback-triggers.js';
import { settleCancelled } from './settle-cancelled.js';
import { refuseDeletions } from './stack-policy.js';

/** Does what the run's operation is for; failures are in the result and on record. */
export async function performAction(input: PhaseInput): Promise<PhaseResult> {
  const watch = new TriggerWatch(input.run);
  try {
    await watch.begin();
    return await perform(input, watch);
  } finally {
    watch.end();
  }
}

async function perform(input: PhaseInput, watch: TriggerWatch): Promise<PhaseResult> {
  const { run } = input;
  switch (run.operation.action) {
    case 'CREATE':
    case 'UPDATE':
    case 'ADOPT':
    case 'RESTORE':
      return converge(input, watch);
    case 'ROLLBACK':
      return run.stack.extra.rollbackFrom === 'CREATE' ? removeAll(input) : converge(input, watch);
    case 'DELETE':
      return removeAll(input);
    case 'SUSPEND':
    case 'RESUME':
    case 'CHECK':
    case 'SNAPSHOT':
      return walkPhase(input, run.operation.action);
  }
}

async function converge(input: PhaseInput, watch: TriggerWatch): Promise<PhaseResult> {
  const { run, loader } = input;
  run.desired ??= await loader.desired(run.stack, run.operation.templateId);
  const refused = await refuseDeletions(run, run.desired);
  if (refused) return { failures: [refused], skipped: run.desired.resources.size };
  try {
    await moveRecords(run, run.desired);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return {
      failures: [new ResourceFailure([], 'StackValidationFailed', error.message, 1, '', undefined)],
      skipped: 0,
    };
  }
  if (run.stopped === 'cancelled') return settleCancelled(input, run.desired);
  const applied = await applyPhase(input, run.desired);
  if (applied.failures.length > 0 || run.stopped !== undefined) return applied;
  await watch.monitor();
  if (run.stopped !== undefined) return applied;
  const doomed = leftovers(run);
  const hasCleanup = run.operation.action === 'UPDATE' || run.operation.action === 'ROLLBACK';
  if (run.stack.origin === 'cfn' && hasCleanup && run.operation.options.adopt === undefined) {
    const extra = { ...run.stack.extra, phase: 'CLEANUP' };
    run.recordSoon(run.stackTurn({ status: 'IN_PROGRESS', reason: EVENT_REASONS.cleanup, stack: { extra } }));
  }
  if (doomed.length === 0) return applied;
  return cleanupPhase(input, doomed);
}

async function removeAll(input: PhaseInput): Promise<PhaseResult> {
  const { run, loader } = input;
  // Hooks of deletion stand in the environment, so the last template is still asked.
  run.desired ??= await loader.desired(run.stack).catch(() => undefined);
  return cleanupPhase(input, run.records.all());
}
