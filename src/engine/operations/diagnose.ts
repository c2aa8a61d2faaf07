import type { Diagnosis, FailureCause } from '../model/records.js';
import type { PhaseResult } from './execute.js';
import type { ResourceFailure } from './failure.js';
import { nextActions } from './next-actions.js';
import type { Run } from './run.js';

/** Why an operation failed: the culprits, in nested stacks too, and how much was not done because of them. */
export function diagnose(run: Run, result: PhaseResult, reason: string, leadsOn: boolean): Diagnosis {
  const { operation, stack, desired } = run;
  // A template that came as a document has no lines that anybody could look at.
  const resources = desired?.record.text === undefined ? undefined : desired.template.resources;
  for (const failure of result.failures) failure.line ??= resources?.get(failure.path[0] ?? '')?.at.line;
  const all = result.failures.flatMap((failure) => [failure, ...failure.others]);
  const culprits = all.filter((failure) => failure.errorClass !== 'CancelledError');
  // Time is up for whatever was still under way.
  const named = culprits.length === 0 && run.stopped === 'timed-out' ? all : culprits;
  const whole = { path: [], type: '', physicalId: undefined, message: reason, attempts: 1, line: undefined };
  return {
    causes: named.length > 0 ? named.map(causeOf) : [whole],
    skipped: result.skipped,
    nextActions: leadsOn ? [] : nextActions({ ...stack, action: operation.action, status: 'FAILED' }),
  };
}

function causeOf({ path, type, physicalId, text, attempts, line }: ResourceFailure): FailureCause {
  return { path, type, physicalId, message: text, attempts, line };
}
