import type { ResourceContext, ResourceRef } from '../drivers/resource-type.js';
import { ValidationError } from '../model/errors.js';
import { EVENT_REASONS } from '../model/event-reasons.js';
import { newId } from '../model/ids.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import { isMap, type JsonMap, revealed } from '../model/value.js';
import { assumedProperties } from '../planning/assumed-properties.js';
import { type Decision, decide, standsFor } from '../planning/decide.js';
import type { DesiredResource, EvaluatedResource } from '../planning/desired.js';
import { type ApplyInput, begin, finish } from './carry-out.js';
import { describeResource } from './describe-resource.js';
import type { Finished } from './driver-call.js';
import { ResourceFailure, resourceFailure } from './failure.js';
import { passHook } from './hooks.js';
import { blankRecord } from './initial-records.js';
import { makeRoom } from './make-room.js';
import { observed } from './observe-resource.js';
import { fail, isDoneBy, throwRecorded } from './record-failure.js';
import type { Run } from './run.js';
import { settleInterrupted } from './settle-interrupted.js';
import { guardPolicy } from './stack-policy.js';
import { adoptRecord, importRecord } from './take-over.js';

/**
 * Brings one resource to what its template wants: decides by its record, creates, updates or replaces, and leaves the
 * record that stands for its name settled. Throws a ResourceFailure after the failure is on record.
 */
export async function applyResource(input: ApplyInput): Promise<void> {
  const { run, resource } = input;
  throwRecorded(run, run.records.named(resource.name));
  for (const record of run.records.named(resource.name)) await settleInterrupted(input, record);
  const finished = run.records.named(resource.name).find((record) => isDoneBy(run, record, 'COMPLETE'));
  if (finished) return passEnd(input, finished);
  let evaluated: EvaluatedResource;
  try {
    evaluated = await input.evaluate();
  } catch (error) {
    throw await failUnevaluated(input, error);
  }
  const lost = run.operation.options.converge ? await observed(input) : [];
  const present = run.records.named(resource.name).filter((record) => !lost.includes(record.id));
  const [record] = present.length > 0 ? [] : run.records.named(resource.name).slice(-1);
  const decision = record
    ? ({ ...DECIDED, record, action: 'replace', why: 'it is gone or broken' } as const)
    : decide({ ...evaluated, typeName: resource.typeName, type: resource.type }, present, run.stack.origin);
  await carryOutDecision(input, decision, evaluated);
}

const DECIDED = { certain: true, because: [], changed: [], details: [] } as const;

/** What an interrupted operation had done already is not done again. */
function passEnd(input: ApplyInput, record: ResourceRecord): Promise<void> {
  const { run, resource } = input;
  run.records.settle(record);
  return passHook(run, resource, record, record.action === 'CREATE' ? 'post-create' : 'post-update', input.waiting);
}

async function carryOutDecision(input: ApplyInput, decision: Decision, evaluated: EvaluatedResource): Promise<void> {
  const { run, resource } = input;
  const { record } = decision;
  if (decision.action === 'create' || decision.action === 'import') {
    // A record that nothing was made for yet becomes whatever the template wants now.
    const fresh = record
      ? { ...record, type: resource.typeName, standsFor: standsFor(resource.type) }
      : newRecord(run, resource, undefined);
    run.records.settle(fresh);
    if (decision.action === 'import') return importRecord(input, fresh, evaluated);
    if (takesOver(run, resource.name)) return adoptRecord(input, fresh, evaluated);
    await passHook(run, resource, fresh, 'pre-create', input.waiting);
    await create(input, fresh, evaluated);
    return passHook(run, resource, settled(run, fresh), 'post-create', input.waiting);
  }
  if (!record) throw new TypeError(`decision ${decision.action} without a record`);
  run.records.settle(record);
  await passHook(run, resource, record, 'pre-update', input.waiting);
  switch (decision.action) {
    case 'none':
      keep(run, record, evaluated, decision.heals === true);
      break;
    case 'refuse':
      throw await refuse(input, record, decision);
    case 'update':
      await guardRestricted(input, record, 'update');
      await guardPolicy(run, record, 'Modify', decision.changed.length > 0 || !resource.type.composed);
      await update(input, record, evaluated, decision);
      break;
    case 'replace':
      await guardRestricted(input, record, 'replace');
      await guardPolicy(run, record, 'Replace');
      await replace(input, record, evaluated, decision);
      break;
  }
  await passHook(run, resource, settled(run, record), 'post-update', input.waiting);
}

/** Adopting a stack takes everything over; an import into one only what it names. */
function takesOver({ operation: { action, options } }: Run, name: string): boolean {
  if (options.adopt === undefined) return false;
  return action === 'ADOPT' || (isMap(options.adopt.resources) && Object.hasOwn(options.adopt.resources, name));
}

function settled(run: Run, fallback: ResourceRecord): ResourceRecord {
  return run.records.current(fallback.name) ?? fallback;
}

function newRecord(run: Run, resource: DesiredResource, replaces: ResourceRecord | undefined): ResourceRecord {
  const blank = blankRecord(run.stack.id, resource, run.records.nextSeq(), run.parts.clock.now());
  return { ...blank, replaces: replaces?.id };
}

async function create(input: ApplyInput, record: ResourceRecord, evaluated: EvaluatedResource): Promise<void> {
  const { run, resource, children } = input;
  const intent: Intent = {
    token: newId(),
    verb: 'create',
    attempt: 1,
    operationId: run.operation.id,
    desired: evaluated.properties,
  };
  const begun = await begin(run, record, { action: 'CREATE', intent, evaluated });
  const desired = revealed(evaluated.properties) as JsonMap;
  await finish(input, begun, evaluated, async (call) =>
    resource.type.composed
      ? children.create(run, resource, call.record, desired, input.waiting)
      : call.carryOut((ctx) => resource.type.create(ctx, desired)),
  );
}

async function update(
  input: ApplyInput,
  record: ResourceRecord,
  evaluated: EvaluatedResource,
  decision: Decision,
): Promise<void> {
  const { run, resource, children } = input;
  const before = assumedProperties(record, evaluated.properties);
  const after = revealed(evaluated.properties) as JsonMap;
  const intent: Intent = {
    token: newId(),
    verb: 'update',
    attempt: 1,
    operationId: run.operation.id,
    desired: evaluated.properties,
  };
  // A nested template may come under another file's name.
  const renamed = record.type === resource.typeName ? record : { ...record, type: resource.typeName };
  const begun = await begin(run, renamed, { action: 'UPDATE', intent, evaluated });
  const change = { before, after, changed: decision.changed };
  const finished = await finish(input, begun, evaluated, async (call) => {
    if (resource.type.composed) return children.update(run, resource, call.record, after, input.waiting);
    const isVisit = decision.changed.length > 0 || resource.type.onEveryUpdate === 'update';
    if (!isVisit || !resource.type.update) return unchanged(call.record);
    return call.carryOut(
      async (ctx: ResourceContext, ref: ResourceRef) =>
        (await resource.type.update?.(ctx, ref, change)) ?? { state: 'replace', why: 'it cannot be updated' },
    );
  });
  if (finished.state === 'replace') {
    const current = settled(run, record);
    await replace(input, current, evaluated, { ...decision, why: finished.why });
  }
}

/** What is left of an update that has nothing to tell the driver: metadata and policies only. */
function unchanged(record: ResourceRecord): Finished {
  return {
    state: 'done',
    physicalId: record.physicalId ?? '',
    attributes: record.attributes as JsonMap,
    ...(record.reference === undefined ? {} : { reference: record.reference }),
  };
}

async function replace(
  input: ApplyInput,
  record: ResourceRecord,
  evaluated: EvaluatedResource,
  decision: Decision,
): Promise<void> {
  const { run, resource } = input;
  const fresh = newRecord(run, resource, record);
  const before = { ...(await makeRoom(input, record, evaluated.policies.update)), replacedBy: fresh.id };
  // An update that turned into a replacement has its beginning on record; Heat tells of one wherever a property decides.
  const isBegun = record.action === 'UPDATE' && record.status === 'IN_PROGRESS';
  // Where actions are restricted the decision falls before anything is begun.
  const isTold =
    !isBegun && run.stack.origin === 'heat' && decision.changed.length > 0 && resource.restrictedActions.size === 0;
  // Heat names the whole resource where its type has decided, the bare name where a property has.
  const named = decision.byType ? describeResource(resource.type, record, run.stack) : record.name;
  const statusReason = `The Resource ${named} requires replacement.`;
  const old: ResourceRecord =
    isBegun || isTold ? { ...before, action: 'UPDATE', status: 'COMPLETE', statusReason, intent: undefined } : before;
  run.records.put(old);
  run.records.settle(fresh);
  run.recordSoon({
    resources: [old, fresh],
    ...(old === before ? {} : { events: [...(isTold ? [beginningOf(run, before)] : []), run.eventOf(old)] }),
  });
  await create(input, fresh, evaluated);
}

function beginningOf(run: Run, record: ResourceRecord) {
  return run.eventOf(record, { action: 'UPDATE', status: 'IN_PROGRESS', reason: EVENT_REASONS.changed });
}

/** A resource whose declaration cannot be evaluated fails before anything is done. */
async function failUnevaluated({ run, resource }: ApplyInput, error: unknown): Promise<unknown> {
  if (run.letsGo(error)) return error;
  const record = run.records.current(resource.name) ?? newRecord(run, resource, undefined);
  run.records.settle(record);
  const action = record.action === 'INIT' ? 'CREATE' : 'UPDATE';
  // Heat begins before it looks at the values.
  if (run.stack.origin === 'heat')
    run.recordSoon({
      events: [run.eventOf(record, { action, status: 'IN_PROGRESS', reason: EVENT_REASONS.changed })],
    });
  const failure = await fail(run, { ...record, action }, inOwnWords(run, record, error));
  // The stack tells of the same place with the resource's name.
  return failure.text.startsWith(OWN_PLACE)
    ? failure.saying(failure.text.replace(OWN_PLACE, `Property error: ${record.name}.Properties.`))
    : failure;
}

const OWN_PLACE = 'Property error: Properties.';

/** What is found wrong while an operation runs, Heat places below the resource and not below the template. */
function inOwnWords(run: Run, record: ResourceRecord, error: unknown): unknown {
  if (run.stack.origin !== 'heat' || !(error instanceof ValidationError)) return error;
  const failure = resourceFailure(error, record, 1);
  const place = `Property error: resources.${record.name}.properties.`;
  return failure.saying(failure.text.replace(place, OWN_PLACE));
}

function keep(run: Run, record: ResourceRecord, evaluated: EvaluatedResource, heals: boolean): void {
  if (heals) {
    const { entry } = run.changed(record, {
      status: 'COMPLETE',
      replacedBy: undefined,
      statusReason: 'Update status to COMPLETE for FAILED resource neither update nor replace.',
    });
    run.recordSoon(entry);
  } else if (record.status === 'IN_PROGRESS') {
    // A visit (a check, a snapshot) that an interruption has left open: nothing of it is to be made good.
    run.recordSoon(run.changed(record, { status: 'COMPLETE', intent: undefined, replacedBy: undefined }).entry);
  } else if (record.replacedBy !== undefined || String(record.requires) !== String(evaluated.requires)) {
    run.recordSoon(run.changed(record, { replacedBy: undefined, requires: evaluated.requires }).entry);
  }
}

async function refuse(
  { run, resource }: ApplyInput,
  record: ResourceRecord,
  decision: Decision,
): Promise<ResourceFailure> {
  const text =
    decision.why === 'external_id'
      ? `Update to property external_id of ${resource.name} (${resource.typeName}) is not supported.`
      : `Update to properties ${decision.why} of ${resource.name} (${resource.typeName}) is not supported.`;
  const failure = new ResourceFailure([resource.name], 'NotSupported', text, 1, resource.typeName, record.physicalId);
  // What stands for an outside thing stays as it is: nothing has been begun on it.
  if (decision.why === 'external_id') return failure;
  return fail(run, { ...record, action: 'UPDATE' }, failure);
}

async function guardRestricted(
  { run, resource }: ApplyInput,
  record: ResourceRecord,
  action: 'update' | 'replace',
): Promise<void> {
  if (!resource.restrictedActions.has(action)) return;
  const text = `${action} is restricted for resource.`;
  await run.record({ events: [run.eventOf(record, { action: 'UPDATE', status: 'FAILED', reason: text })] });
  throw new ResourceFailure([resource.name], 'ResourceActionRestricted', text, 1, resource.typeName, record.physicalId);
}

/** Turns validation diagnostics of a resource into the error that fails it. */
export function throwIfInvalid(diagnostics: ConstructorParameters<typeof ValidationError>[0]): void {
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) throw new ValidationError(diagnostics);
}
