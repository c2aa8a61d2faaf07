import type { Diagnosis, OperationRecord, StackRecord } from '../model/records.js';
import { nextActions } from '../operations/next-actions.js';
import type { ServiceParts } from './service-parts.js';

/**
 * Why a stack is where it is: what failed, also after it has been rolled back, and what can be done. Undefined for a
 * stack whose last operation went well and left nothing behind.
 */
export async function diagnosisOf(parts: ServiceParts, stack: StackRecord): Promise<Diagnosis | undefined> {
  if (stack.operationId === undefined) return undefined;
  const operation = await parts.store.reads.operation(stack.operationId);
  if (!operation) return undefined;
  const { left = [] } = operation;
  const failure = await failureOf(parts, stack, operation);
  if (left.length === 0) return failure;
  return { ...(failure ?? { causes: [], skipped: 0, nextActions: [] }), left };
}

async function failureOf(
  parts: ServiceParts,
  stack: StackRecord,
  { diagnosis: own, ...operation }: OperationRecord,
): Promise<Diagnosis | undefined> {
  const isUndoing = stack.action === 'ROLLBACK' || stack.action === 'DELETE';
  if (!isUndoing && stack.status !== 'FAILED') return undefined;
  const cause = isUndoing ? await undone(parts, operation) : undefined;
  if (!cause?.diagnosis) return own;
  return {
    // What keeps the stack from being brought back comes before what it is to be brought back from.
    causes: [...(own?.causes ?? []), ...cause.diagnosis.causes],
    skipped: (own?.skipped ?? 0) + cause.diagnosis.skipped,
    nextActions: stack.status === 'IN_PROGRESS' || stack.deletedAt !== undefined ? [] : nextActions(stack),
  };
}

/** The operation whose failure has led to this rollback, or to this deletion. */
async function undone(
  parts: ServiceParts,
  last: Omit<OperationRecord, 'diagnosis'>,
): Promise<OperationRecord | undefined> {
  const earlier = (await parts.store.reads.operations(last.stackId)).filter(({ epoch }) => epoch < last.epoch);
  const failed = earlier.sort((a, b) => b.epoch - a.epoch).find(({ action }) => action !== 'ROLLBACK');
  // A deletion that somebody asked for has nothing to do with what was before.
  const isLedOn = failed?.diagnosis?.nextActions.length === 0;
  return last.action === 'ROLLBACK' || isLedOn ? failed : undefined;
}
