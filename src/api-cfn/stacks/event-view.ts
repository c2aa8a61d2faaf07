import { EVENT_REASONS } from '../../engine/model/event-reasons.js';
import type { EventRecord, StackRecord } from '../../engine/model/records.js';
import type { EventView } from '../../engine/stacks/requests.js';
import type { ActionContext } from '../action.js';
import type { Output } from '../protocol/write-output.js';
import { FailureTexts, ledOn } from './failure-text.js';
import { stackArn } from './find-stack.js';
import { OperationHistory } from './status.js';
import { propertiesText } from './text-value.js';

/** Turns the engine's events of one stack into CloudFormation's: its words, its order, its additional beginnings. */
export class EventWriter {
  readonly #context: ActionContext;
  readonly #stack: StackRecord;
  readonly #history: OperationHistory;
  readonly #failures: FailureTexts;
  readonly #childIds = new Map<string, string>();

  private constructor(context: ActionContext, stack: StackRecord, history: OperationHistory) {
    this.#context = context;
    this.#stack = stack;
    this.#history = history;
    this.#failures = new FailureTexts(context, stack.id, history);
  }

  static async of(context: ActionContext, stack: StackRecord): Promise<EventWriter> {
    const operations = await context.deps.stacks.operations(context.caller, stack.id);
    return new EventWriter(context, stack, new OperationHistory(operations));
  }

  /** What one event of the engine is here, the latest first: nothing, one event or two. */
  async write({ event }: EventView): Promise<Output[]> {
    return event.physicalId === this.#stack.id && event.resourceName === this.#stack.name
      ? this.#stackEvent(event)
      : this.#resourceEvent(event);
  }

  async #stackEvent(event: EventRecord): Promise<Output[]> {
    const operation = this.#history.get(event.operationId);
    // A failure that leads on to a rollback or a deletion is told by that one's beginning.
    if (event.status === 'FAILED' && operation && ledOn(operation)) return [];
    const status = this.#history.stackEventStatus(event);
    const isReview = event.reason === EVENT_REASONS.review;
    const isCleanup = event.reason === EVENT_REASONS.cleanup;
    return [
      {
        ...this.#common(event),
        EventId: event.id,
        LogicalResourceId: this.#stack.name,
        PhysicalResourceId: stackArn(this.#stack),
        ResourceType: 'AWS::CloudFormation::Stack',
        ResourceStatus: status,
        ResourceStatusReason: isReview
          ? 'User Initiated'
          : await this.#failures.reason(operation, event.status, isCleanup),
      },
    ];
  }

  async #resourceEvent(event: EventRecord): Promise<Output[]> {
    const [status, reason] = turnOf(event);
    const physicalId = await this.#physicalId(event);
    const written: Output = {
      ...this.#common(event),
      EventId: `${event.resourceName}-${status}-${event.id}`,
      LogicalResourceId: event.resourceName,
      PhysicalResourceId: physicalId,
      ResourceType: event.resourceType,
      ResourceStatus: status,
      ResourceStatusReason: reason,
      ResourceProperties: event.properties === undefined ? undefined : propertiesText(event.properties),
    };
    const isMade = event.action === 'CREATE' && event.status !== 'IN_PROGRESS' && physicalId !== '';
    if (!isMade) return [written];
    // The engine does not tell when the thing began to exist: that was before it was done.
    const begun = event.reason === EVENT_REASONS.replaced ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS';
    return [
      written,
      {
        ...written,
        EventId: `${event.resourceName}-${begun}-initiated-${event.id}`,
        ResourceStatus: begun,
        ResourceStatusReason: 'Resource creation Initiated',
      },
    ];
  }

  #common(event: EventRecord): Output {
    const operation = this.#history.get(event.operationId);
    return {
      StackId: stackArn(this.#stack),
      StackName: this.#stack.name,
      OperationId: event.operationId,
      Timestamp: event.createdAt,
      ClientRequestToken: operation?.clientToken,
    };
  }

  /** Nested stacks are known by their ARN. */
  async #physicalId(event: EventRecord): Promise<string> {
    const { physicalId } = event;
    if (physicalId === undefined) return '';
    if (event.resourceType !== 'AWS::CloudFormation::Stack') return physicalId;
    const known = this.#childIds.get(physicalId);
    if (known !== undefined) return known;
    const { deps, caller } = this.#context;
    const child = await deps.stacks.find(caller, physicalId, { showDeleted: true }).catch(() => undefined);
    const shown = child ? stackArn(child) : physicalId;
    this.#childIds.set(physicalId, shown);
    return shown;
  }
}

/** Status and reason of a resource's event. */
export function turnOf(
  event: Pick<EventRecord, 'action' | 'status' | 'reason'>,
): [status: string, reason: string | undefined] {
  const { action, status, reason } = event;
  switch (reason) {
    case EVENT_REASONS.retained:
    case EVENT_REASONS.left:
      return ['DELETE_SKIPPED', undefined];
    case EVENT_REASONS.replacing:
      return ['UPDATE_IN_PROGRESS', EVENT_REASONS.replacing];
    case EVENT_REASONS.replaced:
      return ['UPDATE_COMPLETE', undefined];
    case EVENT_REASONS.skipped:
      return ['UPDATE_COMPLETE', 'Resource skipped during rollback'];
    default:
      break;
  }
  switch (action) {
    case 'SIGNAL':
      return ['CREATE_IN_PROGRESS', reason];
    case 'CREATE':
    case 'DELETE':
      return [`${action}_${status}`, resourceReason(action, status, reason)];
    case 'ADOPT':
      return [`IMPORT_${status}`, IMPORT_REASONS[status] ?? resourceReason(action, status, reason)];
    default:
      return [`UPDATE_${status}`, resourceReason(action, status, reason)];
  }
}

const IMPORT_REASONS: { readonly [status: string]: string | undefined } = {
  IN_PROGRESS: 'Resource import started.',
  COMPLETE: 'Resource import completed.',
};

/** Failures without Heat's prefix of class and path; ordinary turns have no reason. */
export function resourceReason(action: string, status: string, reason: string): string | undefined {
  if (status !== 'FAILED') return reason === EVENT_REASONS.changed || reason === '' ? undefined : reason;
  if (/^(CREATE|UPDATE|DELETE|ROLLBACK) aborted/.test(reason)) {
    const what = action === 'CREATE' ? 'creation' : action === 'DELETE' ? 'deletion' : 'update';
    return `Resource ${what} cancelled`;
  }
  return reason.replace(/^\w+: (?:resources\.[^:]+): /, '');
}
