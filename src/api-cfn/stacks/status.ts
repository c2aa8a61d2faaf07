import { EVENT_REASONS } from '../../engine/model/event-reasons.js';
import type { OperationRecord, ResourceRecord, StackRecord } from '../../engine/model/records.js';
import type { EventAction, Status } from '../../engine/model/status.js';

/** What the words of a stack's turn depend on besides action and status. */
interface Turn {
  readonly action: EventAction;
  readonly status: Status;
  readonly isReview: boolean;
  readonly isCleanup: boolean;
  readonly isImport: boolean;
  readonly rollbackFrom: 'CREATE' | 'UPDATE' | 'IMPORT';
}

function statusOf({ action, status, isReview, isCleanup, isImport, rollbackFrom }: Turn): string {
  if (isReview) return 'REVIEW_IN_PROGRESS';
  const cleanup = isCleanup && status === 'IN_PROGRESS' ? 'COMPLETE_CLEANUP_IN_PROGRESS' : status;
  switch (action) {
    case 'CREATE':
    case 'DELETE':
      return `${action}_${status}`;
    case 'ADOPT':
      return `IMPORT_${status}`;
    case 'ROLLBACK':
      if (rollbackFrom === 'UPDATE') return `UPDATE_ROLLBACK_${cleanup}`;
      return rollbackFrom === 'IMPORT' ? `IMPORT_ROLLBACK_${status}` : `ROLLBACK_${status}`;
    case 'UPDATE':
      return isImport ? `IMPORT_${status}` : `UPDATE_${cleanup}`;
    default:
      // Suspending, checking and the like exist in Heat's world only.
      return `UPDATE_${status}`;
  }
}

/** A stack's status in CloudFormation's words. */
export function stackStatus(stack: StackRecord): string {
  const { extra } = stack;
  const isImport = extra.importing === true;
  return statusOf({
    action: stack.action,
    status: stack.status,
    isReview: extra.phase === 'REVIEW' && stack.operationId === undefined && stack.action === 'CREATE',
    isCleanup: extra.phase === 'CLEANUP',
    isImport,
    rollbackFrom: isImport ? 'IMPORT' : extra.rollbackFrom === 'UPDATE' ? 'UPDATE' : 'CREATE',
  });
}

/** The operations of one stack, to tell what a rollback undoes. */
export class OperationHistory {
  readonly #byId: ReadonlyMap<string, OperationRecord>;
  readonly #inOrder: readonly OperationRecord[];

  constructor(operations: readonly OperationRecord[]) {
    this.#inOrder = [...operations].sort((a, b) => a.epoch - b.epoch);
    this.#byId = new Map(operations.map((operation) => [operation.id, operation]));
  }

  get(id: string | undefined): OperationRecord | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** The operation just before another. */
  before(operation: OperationRecord): OperationRecord | undefined {
    return this.#inOrder.findLast((one) => one.epoch < operation.epoch);
  }

  /** The operation that a rollback undoes. */
  undoneBy(rollback: OperationRecord): OperationRecord | undefined {
    return this.#inOrder.findLast((one) => one.epoch < rollback.epoch && one.action !== 'ROLLBACK');
  }

  /** The status in CloudFormation's words of a stack's event in an operation. */
  stackEventStatus(event: {
    readonly action: EventAction;
    readonly status: Status;
    readonly reason: string;
    readonly operationId: string | undefined;
  }): string {
    const operation = this.get(event.operationId);
    const undone = operation?.action === 'ROLLBACK' ? this.undoneBy(operation) : undefined;
    return statusOf({
      action: event.action,
      status: event.status,
      isReview: event.reason === EVENT_REASONS.review,
      isCleanup: event.reason === EVENT_REASONS.cleanup,
      isImport: isImport(operation),
      rollbackFrom: isImport(undone) ? 'IMPORT' : undone?.action === 'CREATE' ? 'CREATE' : 'UPDATE',
    });
  }
}

/** True for operations that took existing things over. */
export function isImport(operation: OperationRecord | undefined): boolean {
  return operation !== undefined && (operation.action === 'ADOPT' || operation.options.adopt?.import === true);
}

/** A resource's status in CloudFormation's words; undefined for one that nothing was done to yet. */
export function resourceStatus(record: Pick<ResourceRecord, 'action' | 'status' | 'replaces'>): string | undefined {
  switch (record.action) {
    case 'INIT':
      return undefined;
    case 'CREATE':
      return record.replaces === undefined ? `CREATE_${record.status}` : `UPDATE_${record.status}`;
    case 'DELETE':
      return `DELETE_${record.status}`;
    case 'ADOPT':
      return `IMPORT_${record.status}`;
    case 'CHECK':
      return record.status === 'FAILED' ? 'UPDATE_FAILED' : `CREATE_${record.status}`;
    default:
      return `UPDATE_${record.status}`;
  }
}

/** The statuses in which something runs on a stack. */
export function isInProgress(status: string): boolean {
  return status.endsWith('_IN_PROGRESS');
}
