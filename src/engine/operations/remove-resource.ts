import type { ResourceType } from '../drivers/resource-type.js';
import { EVENT_REASONS } from '../model/event-reasons.js';
import { derivedId, newId } from '../model/ids.js';
import type { Intent, LeftBehind, ResourceRecord } from '../model/records.js';
import type { ChildStacks } from './child-stacks.js';
import { copiesOf } from './copies.js';
import { DriverCall } from './driver-call.js';
import { passHook } from './hooks.js';
import { findLost, lostCreate } from './lost-create.js';
import { fail } from './record-failure.js';
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
  const { run, type } = input;
  let { record } = input;
  const subject = { name: record.name, typeName: record.type, hooks: input.hooks };
  if (record.action === 'INIT' || (type === undefined && !mayBeThere(record))) {
    run.records.remove(record);
    run.recordSoon({ removedResources: [record.id] });
    return;
  }
  if (record.action !== 'DELETE' || record.status !== 'COMPLETE') {
    await passHook(run, subject, record, 'pre-delete', input.waiting);
    record = await deleted(input, run.records.get(record.id) ?? record);
  }
  if (input.hooks.has('post-delete')) {
    // The hook stands in the record, so that stays until it is cleared.
    await run.record({ resources: [record], events: [run.eventOf(record)] });
    await passHook(run, subject, record, 'post-delete', input.waiting);
    run.records.remove(record);
    run.recordSoon({ removedResources: [record.id] });
    return;
  }
  run.records.remove(record);
  run.recordSoon({ removedResources: [record.id], events: [run.eventOf(record)] });
}

/** Does to the thing what is its fate; gives the record as it is then, not written yet. */
async function deleted(input: RemoveInput, before: ResourceRecord): Promise<ResourceRecord> {
  const { run, type, children } = input;
  const fate = fateOf(run, before);
  const isComposed = type?.composed !== undefined || before.childStackId !== undefined;
  // CloudFormation tells of what is left alone in one event.
  const isSilent = fate === 'retain' && run.stack.origin === 'cfn' && !isComposed;
  const record: ResourceRecord = isSilent
    ? { ...before, action: 'DELETE' }
    : await beginDelete(run, before, fate, type);
  let isLeft = fate === 'retain';
  try {
    if (isComposed) await children.delete(run, record, fate === 'retain', input.waiting);
    else if (fate !== 'retain') await destroy(input, record);
    await giveBack(input, record);
  } catch (error) {
    if (run.letsGo(error)) throw error;
    const failure = await fail(run, run.records.get(record.id) ?? record, error);
    if (!run.operation.options.force) throw failure;
    isLeft = true;
  }
  const latest = run.records.get(record.id) ?? record;
  if (isComposed) run.leave(await leftInside(run, latest));
  else if (isLeft && latest.physicalId && !latest.policies.external)
    run.leave([{ path: [latest.name], type: latest.type, physicalId: latest.physicalId }]);
  return {
    ...(isSilent ? record : latest),
    status: 'COMPLETE',
    statusReason: isSilent
      ? EVENT_REASONS.retained
      : isLeft && fate !== 'retain'
        ? EVENT_REASONS.left
        : EVENT_REASONS.changed,
    intent: undefined,
  };
}

/** What the deletion of a child stack has left in the world. */
async function leftInside({ parts }: Run, record: ResourceRecord): Promise<LeftBehind[]> {
  const child = await parts.store.reads.stack(record.childStackId ?? derivedId(record.id, 'child'));
  const operation = child?.operationId === undefined ? undefined : await parts.store.reads.operation(child.operationId);
  return (operation?.left ?? []).map((one) => ({ ...one, path: [record.name, ...one.path] }));
}

/** Takes the thing out of the world, after a snapshot of it if that is what the intent says first. */
async function destroy({ run, type, waiting }: RemoveInput, begun: ResourceRecord): Promise<void> {
  const known = requireType(type, begun);
  const record = await findLost(run, known, begun, waiting);
  if (record.physicalId === undefined) return;
  let call = new DriverCall(run, known, record, waiting);
  if (record.intent?.verb === 'snapshot') {
    const copied = await call.carryOut(async (ctx, ref) => {
      const progress = await known.snapshot?.(ctx, ref);
      return progress ?? { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
    });
    run.leave(copiesOf(record, copied));
    // From here on an interruption goes on with the deletion; the snapshot is there.
    const { entry, record: next } = run.changed(call.record, { intent: intentTo('delete', run) });
    await run.record(entry);
    call = new DriverCall(run, known, next, waiting);
  }
  await call.carryOut((ctx, ref) => known.delete(ctx, ref));
}

/** Gives the resource that stays what its replacement, gone now, had taken from it. */
async function giveBack({ run, type, waiting }: RemoveInput, gone: ResourceRecord): Promise<void> {
  const kept = gone.replaces === undefined ? undefined : run.records.get(gone.replaces);
  if (!kept || !type?.undoReplace || !run.records.isCurrent(kept)) return;
  const call = new DriverCall(run, type, kept, waiting);
  await run.cloud.limiter.run(async () => type.undoReplace?.(call.context(), call.reference()));
}

/** True if there is, or may be, something out there that the record stands for. */
function mayBeThere(record: ResourceRecord): boolean {
  return record.physicalId !== undefined || record.childStackId !== undefined || lostCreate(record) !== undefined;
}

async function beginDelete(
  run: Run,
  record: ResourceRecord,
  fate: Fate,
  type: ResourceType | undefined,
): Promise<ResourceRecord> {
  if (record.action === 'DELETE' && record.status === 'IN_PROGRESS' && record.intent) return record;
  const takesSnapshot = fate === 'snapshot' && type?.snapshot !== undefined && record.status === 'COMPLETE';
  const { record: begun, entry } = run.changed(record, {
    action: 'DELETE',
    status: 'IN_PROGRESS',
    statusReason: 'state changed',
    intent: intentTo(takesSnapshot ? 'snapshot' : 'delete', run),
    lost: lostCreate(record),
  });
  await run.record(entry);
  return begun;
}

function intentTo(verb: 'delete' | 'snapshot', run: Run): Intent {
  return { token: newId(), verb, attempt: 1, operationId: run.operation.id };
}

function fateOf(run: Run, record: ResourceRecord): Fate {
  const { options, action } = run.operation;
  const isGivenUp = options.retain?.includes(record.name) || options.skip?.includes(record.name);
  if (options.abandon || isGivenUp || record.policies.external) return 'retain';
  const policy = record.replacedBy === undefined ? record.policies.deletion : record.policies.updateReplace;
  // What the operation that is rolled back has made itself goes all the same, if its caller wished so.
  if (policy === 'Retain')
    return action === 'ROLLBACK' && run.stack.extra.retainExceptOnCreate === true ? 'delete' : 'retain';
  if (policy === 'Snapshot') return 'snapshot';
  // What the failed creation itself has made goes; what was there before stays.
  if (policy === 'RetainExceptOnCreate') return action === 'ROLLBACK' ? 'delete' : 'retain';
  return 'delete';
}

function requireType(type: ResourceType | undefined, record: ResourceRecord): ResourceType {
  if (type) return type;
  throw new TypeError(`the type ${record.type} is not known any more; delete the stack with ${record.name} retained`);
}
