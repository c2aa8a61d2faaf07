import { newId } from '../../model/ids.js';
import type { OperationRecord, ResourceRecord, StackRecord } from '../../model/records.js';
import { type JsonMap, masked } from '../../model/value.js';
import type { JournalEntry } from '../../operations/journal.js';
import { stackEvent } from '../../operations/run.js';
import { defaultDescription } from '../create-stack.js';
import type { Caller } from '../requests.js';
import type { ServiceParts } from '../service-parts.js';
import { checkUnchanged, type Refactored } from './check-unchanged.js';
import { gatherStacks, type Participant, refactorOperationId } from './gather-stacks.js';
import { matchMoves } from './match-moves.js';
import type { RefactorInput, RefactorMove, RefactorPlan } from './refactor-requests.js';

/** Checks a refactoring completely and says what it would move; nothing is written. */
export async function planRefactor(parts: ServiceParts, caller: Caller, input: RefactorInput): Promise<RefactorPlan> {
  const { participants, moves } = await check(parts, caller, input);
  return {
    stacks: participants.map(({ name, stack, isNew }) => ({ name, id: stack.id, existing: isNew ? undefined : stack })),
    moves,
  };
}

async function check(parts: ServiceParts, caller: Caller, input: RefactorInput) {
  const participants = await gatherStacks(parts, caller, input);
  const moves = matchMoves(participants, input);
  return { participants, moves, results: await checkUnchanged(parts, participants, moves) };
}

/**
 * Moves resources between stacks and gives every stack its new template, all in one transaction; no driver is called.
 * Meanwhile no operation begins on any of the stacks.
 */
export async function refactorStacks(
  parts: ServiceParts,
  caller: Caller,
  input: RefactorInput,
): Promise<StackRecord[]> {
  const { participants } = await check(parts, caller, input);
  const ids = participants.filter(({ isNew }) => !isNew).map(({ stack }) => stack.id);
  return parts.operations.hold(ids, async () => {
    // What was checked a moment ago may have changed before the stacks were held.
    const { moves, results } = await check(parts, caller, input);
    const now = parts.prepare.engine.clock.now();
    const entries = results.map((result) => entryOf(parts, input, result, moves, now));
    const children = await movedChildren(parts, results, moves);
    const entry = mergeEntries(entries);
    await parts.prepare.engine.journal.record({ ...entry, stacks: [...(entry.stacks ?? []), ...children] });
    for (const { participant } of results) parts.operations.loader.keep(participant.prepared.desired);
    return entry.stacks?.slice() ?? [];
  });
}

function entryOf(
  { store }: ServiceParts,
  input: RefactorInput,
  { participant, records, exports }: Refactored,
  moves: readonly RefactorMove[],
  now: number,
): JournalEntry {
  const { stack: before, prepared, isNew, name } = participant;
  const action = isNew ? 'CREATE' : 'UPDATE';
  const operation: OperationRecord = {
    id: refactorOperationId(input.id, name),
    stackId: before.id,
    action,
    status: 'COMPLETE',
    epoch: before.epoch + 1,
    templateId: prepared.record.id,
    options: {},
    diagnosis: undefined,
    clientToken: undefined,
    startedAt: now,
    finishedAt: now,
  };
  const { importing: _, phase: __, rollbackFrom: ___, ...extra } = before.extra;
  const stack: StackRecord = {
    ...before,
    action,
    status: 'COMPLETE',
    statusReason: `Stack ${action} completed successfully`,
    templateId: prepared.record.id,
    previousTemplateId: undefined,
    description: prepared.desired.template.description ?? defaultDescription(prepared),
    operationId: operation.id,
    epoch: operation.epoch,
    updatedAt: isNew ? before.updatedAt : now,
    extra,
  };
  const begun: StackRecord = { ...stack, status: 'IN_PROGRESS', statusReason: `Stack ${action} started` };
  let seq = Math.max(0, ...[...participant.records.values()].map((record) => record.seq));
  const arrived = new Set(moves.filter(({ to }) => to.stack === name).map(({ record }) => record.id));
  const written = records.map(
    (record): ResourceRecord => (arrived.has(record.id) ? { ...record, seq: ++seq, updatedAt: now } : record),
  );
  return {
    stacks: [stack],
    operations: [operation],
    templates: [{ stackId: stack.id, record: prepared.record }],
    resources: written,
    events: [
      stackEvent(begun, operation.id, now),
      ...written
        .filter(({ id }) => arrived.has(id))
        .map((record) => ({ stack, event: arrivalOf(record, operation.id, now) })),
      stackEvent(stack, operation.id, now),
    ],
    exports: [
      {
        stackId: stack.id,
        projectId: stack.projectId,
        region: stack.region,
        values: exports.map((one) => ({ name: one.name, body: store.codec.encode(one.value) })),
      },
    ],
  };
}

function arrivalOf(record: ResourceRecord, operationId: string, now: number) {
  return {
    id: newId(),
    stackId: record.stackId,
    operationId,
    resourceName: record.name,
    resourceType: record.type,
    physicalId: record.physicalId,
    action: 'ADOPT' as const,
    status: 'COMPLETE' as const,
    reason: 'state changed',
    properties: masked(record.properties) as JsonMap,
    createdAt: now,
  };
}

/** Stacks nested in moved resources hang below another stack now, with all that is nested in them. */
async function movedChildren(
  { store }: ServiceParts,
  results: readonly Refactored[],
  moves: readonly RefactorMove[],
): Promise<StackRecord[]> {
  const changed: StackRecord[] = [];
  const follow = async (childId: string, parent: StackRecord, resource: string | undefined): Promise<void> => {
    const child = await store.reads.stack(childId);
    if (!child) return;
    const next: StackRecord = {
      ...child,
      parentId: parent.id,
      rootId: parent.rootId,
      nestedDepth: parent.nestedDepth + 1,
      parentResource: resource ?? child.parentResource,
    };
    changed.push(next);
    for (const record of await store.reads.resources(childId)) {
      if (record.childStackId !== undefined) await follow(record.childStackId, next, undefined);
    }
  };
  const byName = new Map(
    results.map(({ participant }) => [participant.name, participant] satisfies [string, Participant]),
  );
  for (const { record, to } of moves) {
    const parent = byName.get(to.stack)?.stack;
    if (record.childStackId !== undefined && parent) await follow(record.childStackId, parent, to.resource);
  }
  return changed;
}

function mergeEntries(entries: readonly JournalEntry[]): JournalEntry {
  return {
    stacks: entries.flatMap((entry) => entry.stacks ?? []),
    operations: entries.flatMap((entry) => entry.operations ?? []),
    templates: entries.flatMap((entry) => entry.templates ?? []),
    resources: entries.flatMap((entry) => entry.resources ?? []),
    events: entries.flatMap((entry) => entry.events ?? []),
    exports: entries.flatMap((entry) => entry.exports ?? []),
  };
}
