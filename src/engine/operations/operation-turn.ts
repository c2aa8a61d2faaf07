import { newId } from '../model/ids.js';
import type {
  OperationOptions,
  OperationRecord,
  SnapshotRecord,
  StackRecord,
  TemplateRecord,
} from '../model/records.js';
import type { StackAction } from '../model/status.js';
import type { DesiredStack } from '../planning/desired.js';

/** What an operation is to do. */
export interface LaunchOptions {
  readonly action: StackAction;
  /** The template that the stack is to follow from now on; absent: the one that it has. */
  readonly template?: TemplateRecord;
  /** The template as it was built when it was checked. */
  readonly desired?: DesiredStack;
  readonly options: OperationOptions;
  /** The stack is not in the store yet. */
  readonly isNew?: boolean;
  /** Milliseconds since the epoch, when the parent's deadline binds. */
  readonly deadline?: number;
  readonly clientToken?: string;
  /** The snapshot that the operation takes; it becomes durable together with it. */
  readonly snapshot?: SnapshotRecord;
  /** Changes of the stack's record that come with the operation. */
  readonly patch?: Partial<StackRecord>;
}

/** The operation that a launch makes, and the stack as it is from then on. */
export function operationTurn(
  before: StackRecord,
  launch: LaunchOptions,
  now: number,
): { readonly operation: OperationRecord; readonly stack: StackRecord } {
  const { action, options, template, clientToken } = launch;
  const operation: OperationRecord = {
    id: newId(),
    stackId: before.id,
    action,
    status: 'RUNNING',
    epoch: before.epoch + 1,
    templateId: template?.id ?? launch.patch?.templateId ?? before.templateId,
    options: launch.deadline === undefined ? options : { ...options, timeoutMs: Math.max(1, launch.deadline - now) },
    diagnosis: undefined,
    clientToken,
    startedAt: now,
    finishedAt: undefined,
  };
  const isChange = action === 'UPDATE' || action === 'RESTORE';
  const isGood = before.status === 'COMPLETE';
  const stack: StackRecord = {
    ...before,
    ...launch.patch,
    action,
    status: 'IN_PROGRESS',
    statusReason: `Stack ${action} started`,
    templateId: operation.templateId,
    // What a rollback goes back to is the last state that was reached, not one that only was wished for.
    previousTemplateId: isChange
      ? isGood
        ? before.templateId
        : (before.previousTemplateId ?? before.templateId)
      : before.previousTemplateId,
    operationId: operation.id,
    epoch: operation.epoch,
    updatedAt: action === 'CREATE' ? before.updatedAt : now,
  };
  return { operation, stack };
}
