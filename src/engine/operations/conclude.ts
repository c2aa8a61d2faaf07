import type { StackRecord } from '../model/records.js';
import { EvaluationError } from '../template/expression.js';
import { abandonData } from './abandon-data.js';
import { currentRecords } from './child-view.js';
import { diagnose } from './diagnose.js';
import type { PhaseInput, PhaseResult } from './execute.js';
import { refuseUsedExports } from './export-uses.js';
import type { ResourceFailure } from './failure.js';
import type { JournalEntry } from './journal.js';
import { asNames } from './operation-turn.js';
import type { LaunchOptions, RunResult } from './operations.js';
import { type Run, stackEvent } from './run.js';

/** Puts the end of an operation on record: completion, failure with its diagnosis, or that a newer one took over. */
export async function conclude(input: PhaseInput, result: PhaseResult): Promise<RunResult> {
  const { run } = input;
  if (run.storeFault !== undefined || run.stopped === 'shutdown') {
    // The rows still say RUNNING: whoever opens them next goes on from there.
    await run.parts.journal.flushed();
    return { status: 'STOPPED', reason: 'the engine stopped' };
  }
  try {
    if (run.isTakenOver) {
      // The newer operation reads the records next: what is still on its way to the store must be there.
      await run.record({ events: cancelledChildren(run, result) });
      return TAKEN_OVER;
    }
    if (run.stopped === 'timed-out') return await failed(input, result, 'Timed out');
    if (run.stopped === 'breached') return await failed(input, result, run.breachReason);
    if (run.stopped === 'cancelled') return await failed(input, result, `Stack ${run.operation.action} cancelled`);
    if (result.failures.length > 0) return await failed(input, result, undefined);
    return await completed(input);
  } catch (error) {
    if (!run.letsGo(error)) throw error;
    return { status: 'STOPPED', reason: 'the store refused a write' };
  }
}

/** Heat's engine still tells that a stack fails with its nested stack, when the newer operation has ended that one. */
function cancelledChildren(run: Run, { failures }: PhaseResult) {
  if (run.stack.origin !== 'heat') return [];
  const cancelled = failures.filter(({ errorClass, text }) => errorClass === '' && /^Stack \w+ cancelled$/.test(text));
  return cancelled.map((failure) => {
    const statusReason = `Resource ${failedAction(run, failure)} failed: ${failure.reason}`;
    const turn: StackRecord = { ...run.stack, status: 'FAILED', statusReason };
    return stackEvent(turn, run.operation.id, run.parts.clock.now());
  });
}

/** The newer operation has put on record that it has taken over. */
const TAKEN_OVER: RunResult = { status: 'SUPERSEDED', reason: 'a newer operation took over' };

async function completed(input: PhaseInput): Promise<RunResult> {
  const { run } = input;
  const { action } = run.operation;
  const reason = await completionReason(input);
  let exports: Pick<JournalEntry, 'exports'>;
  try {
    exports = await exportsOf(input);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return failed(input, { failures: [], skipped: 0 }, error.message);
  }
  const { phase: _, monitoring: _watched, renamed, rollbackFrom, ...rest } = run.stack.extra;
  const isGood = action === 'UPDATE' || action === 'ROLLBACK' || action === 'RESTORE';
  const extra = isGood || renamed === undefined ? rest : { ...rest, renamed };
  const isGone = action === 'DELETE';
  const now = run.parts.clock.now();
  const stack: Partial<StackRecord> = {
    extra: action === 'ROLLBACK' && rollbackFrom !== undefined ? { ...extra, rollbackFrom } : extra,
    ...(isGood ? { previousTemplateId: undefined } : {}),
    ...(isGone ? { deletedAt: now } : {}),
  };
  const snapshots = await snapshotOf(run);
  if (run.isTakenOver) return TAKEN_OVER;
  const turn = run.stackTurn({ status: 'COMPLETE', reason, stack, operation: { status: 'COMPLETE', finishedAt: now } });
  await run.record({ ...turn, ...exports, ...snapshots });
  return { status: 'COMPLETE', reason };
}

async function completionReason({ run, loader }: PhaseInput): Promise<string> {
  const { action } = run.operation;
  const reason = `Stack ${action} completed successfully`;
  return action === 'CHECK' ? `${reason}${await checkRemark({ run, loader })}` : reason;
}

const NOT_FULLY_CHECKED = ". 'CHECK' not fully supported (see resources)";

/** What is said of a check if some type cannot be checked. */
async function checkRemark({ run, loader }: Pick<PhaseInput, 'run' | 'loader'>): Promise<string> {
  for (const record of currentRecords(run.records.all())) {
    const type = await loader.typeOf(run.stack, record);
    if (!type?.check && !type?.composed) return NOT_FULLY_CHECKED;
    const child =
      record.childStackId === undefined ? undefined : await run.parts.store.reads.stack(record.childStackId);
    if (child?.statusReason.endsWith(NOT_FULLY_CHECKED)) return NOT_FULLY_CHECKED;
  }
  return '';
}

/** The named outputs that other stacks may import, as the finished operation leaves them. */
async function exportsOf({ run, loader, views }: PhaseInput): Promise<Pick<JournalEntry, 'exports'>> {
  const { action } = run.operation;
  // Of a creation that was undone there is nothing to share, as of a stack that is gone.
  const isUndone = action === 'ROLLBACK' && run.stack.extra.rollbackFrom === 'CREATE';
  if (action === 'DELETE' || isUndone) return { exports: [{ ...exportOwner(run), values: [] }] };
  if (run.stack.origin !== 'cfn' && !run.desired?.template.outputs.size) return {};
  if (![...(run.desired?.template.outputs.values() ?? [])].some((output) => output.exportName)) {
    if (action !== 'UPDATE' && action !== 'ROLLBACK') return {};
    await refuseUsedExports(run, loader, []);
    return { exports: [{ ...exportOwner(run), values: [] }] };
  }
  const outputs = await loader.outputs(run.stack, currentRecords(run.records.all()), views);
  const values = outputs.flatMap(({ exportName, value }) =>
    exportName === undefined || value === undefined
      ? []
      : [{ name: exportName, body: run.parts.store.codec.encode(value) }],
  );
  for (const { name } of values) await refuseTakenExport(run, name);
  await refuseUsedExports(run, loader, values);
  return { exports: [{ ...exportOwner(run), values }] };
}

function exportOwner({ stack }: Run) {
  return { stackId: stack.id, projectId: stack.projectId, region: stack.region };
}

async function refuseTakenExport({ parts, stack }: Run, name: string): Promise<void> {
  const taken = await parts.store.db
    .selectFrom('exports')
    .innerJoin('stacks', 'stacks.id', 'exports.stack_id')
    .select('stacks.name')
    .where('exports.project_id', '=', stack.projectId)
    .where('exports.region', '=', stack.region)
    .where('exports.name', '=', name)
    .where('exports.stack_id', '!=', stack.id)
    .executeTakeFirst();
  if (taken) throw new EvaluationError(`Export with name ${name} is already exported by stack ${taken.name}`);
}

async function snapshotOf(run: Run): Promise<Pick<JournalEntry, 'snapshots'>> {
  const { snapshotId } = run.operation.options;
  if (run.operation.action !== 'SNAPSHOT' || snapshotId === undefined) return {};
  const snapshot = await run.parts.store.reads.snapshot(snapshotId);
  if (!snapshot) return {};
  // The stack as it is when this is done: a snapshot is of a stack at rest.
  const data = await abandonData(run.parts.store, { ...run.stack, status: 'COMPLETE' }, run.records.all());
  return {
    snapshots: [{ ...snapshot, status: 'COMPLETE', statusReason: 'Stack SNAPSHOT completed successfully', data }],
  };
}

async function failed(input: PhaseInput, result: PhaseResult, because: string | undefined): Promise<RunResult> {
  const { run } = input;
  const [first] = result.failures;
  const { action } = run.operation;
  const reason = because ?? (await failureReason(input, result));
  const next = followUp(run);
  const now = run.parts.clock.now();
  if (run.isTakenOver) return TAKEN_OVER;
  const diagnosis = diagnose(run, result, reason, next !== undefined);
  // A parent's diagnosis names every cause, not only the first.
  if (first) first.others = [...first.others, ...result.failures.slice(1)];
  const turn = run.stackTurn({
    status: 'FAILED',
    reason,
    stack: next?.patch ?? {},
    operation: {
      status: run.stopped === 'cancelled' ? 'CANCELLED' : 'FAILED',
      finishedAt: now,
      diagnosis,
    },
  });
  const { snapshotId } = run.operation.options;
  const snapshot =
    action === 'SNAPSHOT' && snapshotId !== undefined ? await run.parts.store.reads.snapshot(snapshotId) : undefined;
  const written = run.record({
    ...turn,
    events: [...(turn.events ?? []), ...(next ? [] : laterFailures(run, result))],
    ...(snapshot ? { snapshots: [{ ...snapshot, status: 'FAILED', statusReason: reason }] } : {}),
  });
  // With a rollback to follow, its beginning is written in the same turn of the loop and so in the same commit.
  if (!next) await written;
  else written.catch(() => undefined);
  return { status: 'FAILED', reason, ...(first ? { failure: first } : {}), ...(next ? { next } : {}) };
}

/** Heat's engine fails the stack again with each resource that fails after the first. */
function laterFailures(run: Run, { failures }: PhaseResult) {
  const { action } = run.operation;
  if (run.stack.origin !== 'heat' || run.stopped !== undefined || (action !== 'CREATE' && action !== 'UPDATE'))
    return [];
  const later = failures.slice(1).filter((failure) => failure.errorClass !== 'CancelledError');
  return later.map((failure) => {
    const statusReason = `Resource ${failedAction(run, failure)} failed: ${failure.reason}`;
    return stackEvent({ ...run.stack, statusReason }, run.operation.id, run.parts.clock.now());
  });
}

async function failureReason(input: PhaseInput, { failures }: PhaseResult): Promise<string> {
  const { run } = input;
  const { action } = run.operation;
  if (action === 'CHECK') {
    const texts = currentRecords(run.records.all())
      .filter((record) => record.status === 'FAILED')
      .map((record) => `'${record.statusReason}'`);
    return `Resource CHECK failed: [${texts.join(', ')}]${await checkRemark(input)}`;
  }
  const [first] = failures;
  return `Resource ${first ? failedAction(run, first) : action} failed: ${first?.reason ?? 'unknown'}`;
}

const APPLIED: ReadonlySet<string> = new Set(['CREATE', 'UPDATE', 'DELETE', 'ADOPT', 'ROLLBACK']);

/** What was being done to the culprit: its record says so, unless it was refused before it was touched. */
function failedAction(run: Run, { path: [name = ''] }: ResourceFailure): string {
  const { action } = run.operation;
  if (action === 'SUSPEND' || action === 'RESUME' || action === 'SNAPSHOT') return action;
  const failed = run.records.named(name).filter((record) => record.status === 'FAILED');
  const culprit = failed.find(({ intent }) => intent?.operationId === run.operation.id) ?? failed[0];
  // One that was ill before and has been refused now is told of by what was asked for.
  if (culprit) return APPLIED.has(culprit.action) ? culprit.action : action;
  return run.records.named(name).length > 0 && action === 'ROLLBACK' ? 'UPDATE' : action;
}

/** The operation that a failure brings on: a rollback, or (OnFailure DELETE) a deletion. */
function followUp(run: Run): LaunchOptions | undefined {
  const { stack, operation } = run;
  if (run.stopped === 'cancelled') return undefined;
  const { onFailure } = operation.options;
  const rollsBack = onFailure === undefined ? !stack.disableRollback : onFailure === 'ROLLBACK';
  const { action } = operation;
  if (action === 'CREATE' || action === 'ADOPT') {
    if (onFailure === 'DELETE') return { action: 'DELETE', options: {} };
    if (!rollsBack) return undefined;
    const options = action === 'ADOPT' ? { abandon: true } : {};
    return { action: 'ROLLBACK', options, patch: { extra: { ...stack.extra, rollbackFrom: 'CREATE' } } };
  }
  if ((action === 'UPDATE' || action === 'RESTORE') && rollsBack && stack.previousTemplateId !== undefined) {
    const rollback = rollbackOf(stack);
    const imported = operation.options.adopt?.resources;
    // What was only taken over stays in the world when the import is undone.
    return imported ? { ...rollback, options: { ...rollback.options, retain: Object.keys(imported) } } : rollback;
  }
  return undefined;
}

/** The operation that brings a stack back to its last good template. */
export function rollbackOf(stack: StackRecord): LaunchOptions {
  const target = stack.previousTemplateId ?? stack.templateId;
  const back = Object.fromEntries(Object.entries(asNames(stack.extra.renamed)).map(([from, to]) => [to, from]));
  return {
    action: 'ROLLBACK',
    options: Object.keys(back).length > 0 ? { moved: back } : {},
    patch: { templateId: target, extra: { ...stack.extra, rollbackFrom: 'UPDATE' } },
  };
}
