import type { Progress, ResourceContext, ResourceRef, ResourceType, Verb } from '../drivers/resource-type.js';
import { newId } from '../model/ids.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import type { StackAction } from '../model/status.js';
import type { ValueMap } from '../model/value.js';
import type { ChildStacks } from './child-stacks.js';
import { DriverCall, type Finished } from './driver-call.js';
import { ChildGone, failureOf, ResourceFailure } from './failure.js';
import { lostCreate } from './lost-create.js';
import { closed, fail } from './record-failure.js';
import type { Run } from './run.js';
import { sealed, secretTexts } from './seal-secrets.js';

/** The actions that visit every resource without changing what it is to be. */
export type WalkAction = Extract<StackAction, 'SUSPEND' | 'RESUME' | 'CHECK' | 'SNAPSHOT'>;

const VERBS: { readonly [action in WalkAction]: Verb & ('suspend' | 'resume' | 'check' | 'snapshot') } = {
  SUSPEND: 'suspend',
  RESUME: 'resume',
  CHECK: 'check',
  SNAPSHOT: 'snapshot',
};

export interface WalkInput {
  readonly run: Run;
  readonly record: ResourceRecord;
  readonly type: ResourceType | undefined;
  readonly action: WalkAction;
  readonly children: ChildStacks;
  readonly waiting: (isWaiting: boolean) => void;
}

/** Suspends, resumes, checks or snapshots one resource. */
export async function walkResource(input: WalkInput): Promise<void> {
  const { run, record, type, action } = input;
  if (record.action === action && record.status === 'COMPLETE' && (action === 'SUSPEND' || action === 'RESUME')) return;
  if (isVisited(run, record, action)) {
    if (record.status === 'FAILED') throw failureOf(record);
    return;
  }
  if (action === 'CHECK' && !canCheck(type)) return skipCheck(run, record);
  if (action === 'CHECK' && record.physicalId === undefined) {
    const text = `Resource ${record.name} not created yet.`;
    throw await fail(
      run,
      { ...record, action },
      new ResourceFailure([record.name], 'Exception', text, 1, record.type, undefined),
    );
  }
  guardState(record, action);
  const begun = await beginVisit(run, record, action);
  const call = new DriverCall(run, type ?? UNKNOWN_TYPE, begun, input.waiting);
  try {
    const finished = await act(input, call);
    const attributes =
      finished.state === 'done' && Object.keys(finished.attributes).length > 0
        ? sealed(finished.attributes, secretTexts(begun.properties))
        : begun.attributes;
    const latest = run.records.get(begun.id) ?? begun;
    const data = finished.state === 'done' && finished.data ? { ...latest.data, ...finished.data } : latest.data;
    const intent = begun.intent && closed(begun.intent);
    run.recordSoon(
      run.changed(latest, {
        status: 'COMPLETE',
        statusReason: 'state changed',
        intent,
        attributes: attributes as ValueMap,
        data,
      }).entry,
    );
  } catch (error) {
    if (run.letsGo(error)) throw error;
    await call.giveUp();
    const latest = run.records.get(begun.id) ?? call.record;
    // A child stack that is gone cannot mend itself: the next update makes it anew.
    const isGone = action === 'CHECK' && error instanceof ChildGone;
    throw await fail(run, isGone ? { ...latest, data: { ...latest.data, unhealthy: true } } : latest, error);
  }
}

/** True if this operation has visited the resource already, before the engine was interrupted. */
function isVisited(run: Run, record: ResourceRecord, action: WalkAction): boolean {
  const { intent } = record;
  return intent?.operationId === run.operation.id && intent.verb === VERBS[action] && record.status !== 'IN_PROGRESS';
}

async function beginVisit(run: Run, record: ResourceRecord, action: WalkAction): Promise<ResourceRecord> {
  const isBegun = record.status === 'IN_PROGRESS' && record.intent?.operationId === run.operation.id;
  if (isBegun && record.action === action) return record;
  const intent: Intent = { token: newId(), verb: VERBS[action], attempt: 1, operationId: run.operation.id };
  const { record: begun, entry } = run.changed(record, {
    action,
    status: 'IN_PROGRESS',
    statusReason: 'state changed',
    intent,
    lost: lostCreate(record),
  });
  await run.record(entry);
  return begun;
}

function canCheck(type: ResourceType | undefined): boolean {
  return type?.composed !== undefined || type?.check !== undefined;
}

function skipCheck(run: Run, record: ResourceRecord): void {
  const statusReason = `CHECK not supported for ${record.type}`;
  const isSaid = record.action === 'CHECK' && record.status === 'COMPLETE' && record.statusReason === statusReason;
  if (record.action === 'INIT' || isSaid) return;
  run.recordSoon(run.changed(record, { action: 'CHECK', status: 'COMPLETE', statusReason }).entry);
}

/** Only a settled resource can be suspended, only a suspended one resumed. */
function guardState(record: ResourceRecord, action: WalkAction): void {
  if (action !== 'SUSPEND' && action !== 'RESUME') return;
  const isInterrupted = record.action === action && record.status === 'IN_PROGRESS';
  const isAllowed =
    action === 'SUSPEND'
      ? record.status === 'COMPLETE' || record.action === 'SUSPEND'
      : record.action === 'RESUME' || (record.action === 'SUSPEND' && record.status === 'COMPLETE');
  if (isAllowed || isInterrupted) return;
  const text = `State ('${record.action}', '${record.status}') invalid for ${action.toLowerCase()}`;
  throw new ResourceFailure([record.name], 'Error', text, 1, record.type, record.physicalId);
}

async function act(input: WalkInput, call: DriverCall): Promise<Finished> {
  const { run, type, action, children } = input;
  if (type?.composed) return children.walk(run, call.record, action, input.waiting);
  const verb = VERBS[action];
  return call.carryOut(async (ctx: ResourceContext, ref: ResourceRef): Promise<Progress> => {
    const progress = await type?.[verb]?.(ctx, ref);
    return progress ?? { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
  });
}

/** Stands in for a type that is not known any more: it can be visited, nothing is done to it. */
const UNKNOWN_TYPE = {
  schema: { nameLimit: 255 },
} as ResourceType;
