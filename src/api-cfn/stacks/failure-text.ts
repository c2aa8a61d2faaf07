import { EVENT_REASONS } from '../../engine/model/event-reasons.js';
import type { OperationRecord } from '../../engine/model/records.js';
import type { EventView } from '../../engine/stacks/requests.js';
import type { ActionContext } from '../action.js';
import type { OperationHistory } from './status.js';
import { isImport } from './status.js';

const VERBS = [
  ['CREATE', 'create'],
  ['UPDATE', 'update'],
  ['DELETE', 'delete'],
  ['ADOPT', 'import'],
] as const;

/** Tells in CloudFormation's words why operations of one stack failed; what it has found it remembers. */
export class FailureTexts {
  readonly #context: ActionContext;
  readonly #stackId: string;
  readonly #history: OperationHistory;
  readonly #known = new Map<string, string>();

  constructor(context: ActionContext, stackId: string, history: OperationHistory) {
    this.#context = context;
    this.#stackId = stackId;
    this.#history = history;
  }

  /** The reason of a stack's turn: why it began or how it failed. Undefined where AWS says nothing. */
  async reason(
    operation: OperationRecord | undefined,
    status: string,
    isCleanup: boolean,
  ): Promise<string | undefined> {
    if (!operation || isCleanup) return undefined;
    if (status === 'FAILED') return this.#failure(operation);
    if (status !== 'IN_PROGRESS') return undefined;
    const cause = this.#history.before(operation);
    if (!cause || !ledOn(cause)) return 'User Initiated';
    const text = await this.#failure(cause);
    if (operation.action === 'DELETE') return `${text.trimEnd()} Delete requested by user.`;
    return cause.action === 'CREATE' || cause.action === 'ADOPT'
      ? `${text.trimEnd()} Rollback requested by user.`
      : text;
  }

  async #failure(operation: OperationRecord): Promise<string> {
    const known = this.#known.get(operation.id);
    if (known !== undefined) return known;
    const { deps, caller } = this.#context;
    if (isBreach(operation)) return withoutNames(operation);
    const events = await deps.stacks.events(caller, this.#stackId, { operationId: operation.id, statuses: ['FAILED'] });
    const text = failedResources(events, this.#stackId) || withoutNames(operation);
    this.#known.set(operation.id, text);
    return text;
  }
}

/** True if an operation's failure has begun the next operation by itself. */
export function ledOn(operation: OperationRecord): boolean {
  return operation.status === 'FAILED' && operation.diagnosis?.nextActions.length === 0;
}

/** What an alarm has undone is no fault of the resources that were under way. */
function isBreach({ diagnosis }: OperationRecord): boolean {
  const message = diagnosis?.causes[0]?.message ?? '';
  return message.startsWith(EVENT_REASONS.alarmed) || message.startsWith(EVENT_REASONS.noAlarm);
}

function failedResources(events: readonly EventView[], stackId: string): string {
  return VERBS.map(([action, verb]) => {
    const failed = events.filter(({ event }) => event.physicalId !== stackId && event.action === action);
    const names = [...new Set(failed.map(({ event }) => event.resourceName))];
    return names.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${names.join(', ')}]. `;
  }).join('');
}

function withoutNames(operation: OperationRecord): string {
  const message = operation.diagnosis?.causes[0]?.message ?? '';
  if (message === 'Timed out') {
    const what = isImport(operation)
      ? 'import'
      : operation.action === 'CREATE'
        ? 'creation'
        : operation.action.toLowerCase();
    return `Stack ${what} time exceeded the specified timeout. `;
  }
  return `${message}${/[.!?]\s*$/.test(message) || message === '' ? '' : '.'} `;
}
