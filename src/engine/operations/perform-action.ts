import { applyPhase, cleanupPhase, leftovers, type PhaseInput, type PhaseResult, walkPhase } from './execute.js';

/** Does what the run's operation is for; failures are in the result and on record. */
export async function performAction(input: PhaseInput): Promise<PhaseResult> {
  const { run } = input;
  switch (run.operation.action) {
    case 'CREATE':
    case 'UPDATE':
    case 'ADOPT':
    case 'RESTORE':
      return converge(input);
    case 'ROLLBACK':
      return run.stack.extra.rollbackFrom === 'CREATE' ? removeAll(input) : converge(input);
    case 'DELETE':
      return removeAll(input);
    case 'SUSPEND':
    case 'RESUME':
    case 'CHECK':
    case 'SNAPSHOT':
      return walkPhase(input, run.operation.action);
  }
}

async function converge(input: PhaseInput): Promise<PhaseResult> {
  const { run, loader } = input;
  run.desired ??= await loader.desired(run.stack, run.operation.templateId);
  const applied = await applyPhase(input, run.desired);
  if (applied.failures.length > 0 || run.stopped !== undefined) return applied;
  const doomed = leftovers(run);
  if (doomed.length === 0) return applied;
  if (run.stack.origin === 'cfn') {
    run.recordSoon(run.patchStack({ extra: { ...run.stack.extra, phase: 'CLEANUP' } }));
  }
  return cleanupPhase(input, doomed);
}

async function removeAll(input: PhaseInput): Promise<PhaseResult> {
  const { run, loader } = input;
  // Hooks of deletion stand in the environment, so the last template is still asked.
  run.desired ??= await loader.desired(run.stack).catch(() => undefined);
  return cleanupPhase(input, run.records.all());
}
