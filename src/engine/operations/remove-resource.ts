import type { ResourceType } from '../drivers/resource-type.js';
import { EVENT_REASONS } from '../model/event-reasons.js';
import { newId } from '../model/ids.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import { fail } from './apply-resource.js';
import type { ChildStacks } from './child-stacks.js';
import { DriverCall } from './driver-call.js';
import { passHook } from './hooks.js';
import type { Run } from './run.js';

export interface RemoveInput {
  readonly run: Run;
  readonly record: ResourceRecord;
  /** undefined: the type is not known any more; then there is nobody who could delete it. */
  readonly type: ResourceType | undefined;
  readonly children: ChildStacks;
  readonly hooks: ReadonlySet<string>;
  readonly waiting: (isWaiting: boolean) => void;
}

/** What a deletion does with the thing itself. */
type Fate = 'delete' | 'retain' | 'snapshot';

/** Removes one record and, as its policies say, what it stands for. */
export async function removeResource(input: RemoveInput): Promise<void> {
  const { run, type, children } = input;
  let { record } = input;
  if (record.action === 'INIT' || (type === undefined && record.physicalId === undefined && !mayHaveMade(record))) {
    run.records.remove(record);
    run.recordSoon({ removedResources: [record.id] });
    return;
  }
  await passHook(run, { name: record.name, typeName: record.type, hooks: input.hooks }, record, 'pre-delete');
  record = run.records.get(record.id) ?? record;
  const fate = fateOf(run, record);
  // CloudFormation tells of what is left alone in one event.
  const isSilent = fate === 'retain' && run.stack.origin === 'cfn' && !type?.composed;
  record = isSilent ? { ...record, action: 'DELETE' } : await beginDelete(run, record);
  try {
    const call = new DriverCall(run, requireType(type, record, fate), record, input.waiting);
    if (type?.composed) await children.delete(run, record, fate === 'retain');
    else if (fate !== 'retain') {
      if (record.physicalId === undefined && mightBeLost) record = await findLost(run, call, record, type);
      if (fate === 'snapshot' && type?.snapshot) await snapshotFirst(call, type);
      if (record.physicalId !== undefined) await call.carryOut((ctx, ref) => requireType(type, record, fate).delete(ctx, ref));
    }
  } catch (error) {
    if (run.storeFault !== undefined) throw error;
    if (!run.operation.options.force) throw await fail(run, run.records.get(record.id) ?? record, error);
    run.parts.log('a resource could not be deleted and is left behind', { resource: record.name, physicalId: record.physicalId ?? '' });
  }
  const gone: ResourceRecord = {
    ...(isSilent ? record : (run.records.get(record.id) ?? record)),
    status: 'COMPLETE',
    statusReason: isSilent ? EVENT_REASONS.retained : EVENT_REASONS.changed,
    intent: undefined,
  };
  run.records.remove(gone);
  await giveBack(run, gone, type, input.waiting);
  run.recordSoon({ removedResources: [gone.id], events: [run.eventOf(gone)] });
  await passHook(run, { name: record.name, typeName: record.type, hooks: input.hooks }, gone, 'post-delete');
}

/** Gives the resource that stays what its replacement, gone now, had taken from it. */
async function giveBack(
  run: Run,
  gone: ResourceRecord,
  type: ResourceType | undefined,
  waiting: (isWaiting: boolean) => void,
): Promise<void> {
  const kept = gone.replaces === undefined ? undefined : run.records.get(gone.replaces);
  if (!kept || !type?.undoReplace || !run.records.isCurrent(kept)) return;
  const call = new DriverCall(run, type, kept, waiting);
  await run.cloud.limiter.run(async () => type.undoReplace?.(call.context(), call.reference()));
}

/** A create was begun and its end is not known: something may be out there under its token. */
function mayHaveMade(record: ResourceRecord): boolean {
  return record.childStackId !== undefined || (record.intent?.verb === 'create' && record.status === 'IN_PROGRESS');
}

async function beginDelete(run: Run, record: ResourceRecord): Promise<ResourceRecord> {
  if (record.intent?.verb === 'delete' && record.status === 'IN_PROGRESS') return record;
  const intent: Intent = {
    token: record.intent?.verb === 'create' ? record.intent.token : newId(),
    verb: 'delete',
    attempt: 1,
    operationId: run.operation.id,
    ...(record.intent?.desired ? { desired: record.intent.desired } : {}),
  };
  const { record: begun, entry } = run.changed(record, {
    action: 'DELETE',
    status: 'IN_PROGRESS',
    statusReason: 'state changed',
    intent,
  });
  await run.record(entry);
  return begun;
}

function fateOf(run: Run, record: ResourceRecord): Fate {
  const { options, action } = run.operation;
  const isGivenUp = options.retain?.includes(record.name) || options.skip?.includes(record.name);
  if (options.abandon || isGivenUp || record.policies.external) return 'retain';
  const policy = record.replacedBy === undefined ? record.policies.deletion : record.policies.updateReplace;
  // What the operation that is rolled back has made itself goes all the same, if its caller wished so.
  if (policy === 'Retain') return action === 'ROLLBACK' && run.stack.extra.retainExceptOnCreate === true ? 'delete' : 'retain';
  if (policy === 'Snapshot') return 'snapshot';
  // What the failed creation itself has made goes; what was there before stays.
  if (policy === 'RetainExceptOnCreate') return action === 'ROLLBACK' ? 'delete' : 'retain';
  return 'delete';
}

function requireType(type: ResourceType | undefined, record: ResourceRecord, fate: Fate): ResourceType {
  if (type) return type;
  throw new TypeError(`the type ${record.type} is not known any more; delete with ${record.name} retained (${fate})`);
}

async function findLost(
  run: Run,
  call: DriverCall,
  record: ResourceRecord,
  type: ResourceType | undefined,
): Promise<ResourceRecord> {
  const found = await run.cloud.limiter.run(async () => type?.find?.(call.context(), {}));
  if (!found) return record;
  const { record: next, entry } = run.changed(record, { physicalId: found.physicalId });
  await run.record(entry);
  return next;
}

async function snapshotFirst(call: DriverCall, type: ResourceType): Promise<void> {
  await call.carryOut(async (ctx, ref) => {
    const progress = await type.snapshot?.(ctx, ref);
    return progress ?? { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
  });
}
