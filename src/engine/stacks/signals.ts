import { InvalidRequestError, NotFoundError, OperationInProgressError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap } from '../model/value.js';
import { currentRecords } from '../operations/child-view.js';
import { deliverSignal } from '../operations/deliver-signal.js';
import { describeResource } from '../operations/describe-resource.js';
import type { Caller } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

const HOOKS = ['pre-create', 'pre-update', 'pre-delete', 'post-create', 'post-update', 'post-delete'];

/** Hands a signal to a resource, or clears the hook that it stands at. */
export async function signalResource(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  name: string,
  details: Json,
): Promise<void> {
  const stack = await ownStack(parts, caller, stackId);
  const record = await recordOf(parts, stack, name);
  if (isMap(details) && typeof details.unset_hook === 'string')
    return clearHook(parts, stack, record, details.unset_hook);
  await deliverSignal(parts.operations, stack, record, details);
}

async function recordOf(parts: ServiceParts, stack: StackRecord, name: string): Promise<ResourceRecord> {
  const records = currentRecords(await parts.operations.records(stack.id));
  const record = records.find((candidate) => candidate.name === name);
  if (record) return record;
  throw new NotFoundError('Resource', name, `The Resource (${name}) could not be found in Stack ${stack.name}.`);
}

async function clearHook(parts: ServiceParts, stack: StackRecord, record: ResourceRecord, hook: string): Promise<void> {
  const shown = describeResource(await parts.operations.loader.typeOf(stack, record), record, stack);
  if (!HOOKS.includes(hook))
    throw new InvalidRequestError(`Invalid hook type "${hook}" for ${shown}`, 'InvalidBreakPointHook');
  if (record.data.hook !== hook) {
    throw new InvalidRequestError(`The "${hook}" hook is not defined on ${shown}`, 'InvalidBreakPointHook');
  }
  await parts.operations.withWriter(stack, async (run) => {
    const latest = run.records.get(record.id) ?? record;
    const { hook: _, ...data } = latest.data;
    const next = { ...latest, data };
    await run.record({ resources: [next], events: [run.eventOf(next, { reason: `Hook ${hook} is cleared` })] });
  });
}

/** Marks a resource as broken (the next update replaces it), or as sound again. */
export async function markUnhealthy(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  nameOrId: string,
  unhealthy: boolean,
  reason: string,
): Promise<void> {
  const stack = await ownStack(parts, caller, stackId);
  const records = currentRecords(await parts.operations.records(stack.id));
  const record =
    records.find((candidate) => candidate.name === nameOrId) ?? records.find((one) => one.physicalId === nameOrId);
  if (!record) {
    throw new NotFoundError(
      'Resource',
      nameOrId,
      `The Resource (${nameOrId}) could not be found in Stack ${stack.name}.`,
    );
  }
  if (record.status === 'IN_PROGRESS') {
    throw new OperationInProgressError(`Stack ${stack.name} already has an action (${stack.action}) in progress.`);
  }
  if (record.action === 'DELETE') return;
  if (!unhealthy && !(record.action === 'CHECK' && record.status === 'FAILED')) return;
  await parts.operations.withWriter(stack, async (run) => {
    const latest = run.records.get(record.id) ?? record;
    const { unhealthy: _, ...data } = latest.data;
    const { entry } = run.changed(latest, {
      action: 'CHECK',
      status: unhealthy ? 'FAILED' : 'COMPLETE',
      statusReason: reason,
      data: unhealthy ? ({ ...data, unhealthy: true } satisfies JsonMap) : data,
    });
    // Once more is no event: it is ill already.
    const isIll = unhealthy && latest.action === 'CHECK' && latest.status === 'FAILED';
    await run.record(isIll ? { ...entry, events: [] } : entry);
  });
}
