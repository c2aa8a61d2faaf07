import { newId } from '../model/ids.js';
import type {
  OperationOptions,
  OperationRecord,
  SnapshotRecord,
  StackRecord,
  TemplateRecord,
} from '../model/records.js';
import type { StackAction } from '../model/status.js';
import { isMap, type Json, type JsonMap } from '../model/value.js';
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

/** Actions that do not count as updates of the stack: Heat's time of update stays as it is. */
const LEAVES_TIME: ReadonlySet<StackAction> = new Set(['CREATE', 'SNAPSHOT', 'CHECK', 'SUSPEND', 'RESUME']);

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
  const extra = launch.patch?.extra ?? before.extra;
  const renamed = isChange ? renamedSince(asNames(before.extra.renamed), options.moved ?? {}) : undefined;
  const stack: StackRecord = {
    ...before,
    ...launch.patch,
    ...(renamed ? { extra: { ...extra, renamed } } : {}),
    action,
    status: 'IN_PROGRESS',
    statusReason: `Stack ${action} started`,
    templateId: operation.templateId,
    // What a rollback goes back to is the last state that was reached, not one that only was wished for.
    previousTemplateId: isChange ? (before.previousTemplateId ?? before.templateId) : before.previousTemplateId,
    operationId: operation.id,
    epoch: operation.epoch,
    updatedAt: LEAVES_TIME.has(action) ? before.updatedAt : now,
  };
  return { operation, stack };
}

/** The resources that have other names now than in the last good template: their names there, and now. */
function renamedSince(before: Names, moved: Names): JsonMap {
  const goingOn = Object.entries(before).map(([first, then]) => [first, moved[then] ?? then]);
  const passed = new Set(Object.values(before));
  return Object.fromEntries([...goingOn, ...Object.entries(moved).filter(([from]) => !passed.has(from))]);
}

type Names = { readonly [from: string]: string };

/** The names that a rollback has to give back. */
export function asNames(value: Json | undefined): Names {
  return (isMap(value) ? value : {}) as Names;
}
