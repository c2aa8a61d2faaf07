import {
  InvalidRequestError,
  NotAvailableError,
  NotFoundError,
  NotSupportedError,
  OperationInProgressError,
} from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap } from '../model/value.js';
import { currentRecords } from '../operations/child-view.js';
import { DriverCall } from '../operations/driver-call.js';
import { RecordBook } from '../operations/record-book.js';
import { Run } from '../operations/run.js';
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
  if (isMap(details) && typeof details.unset_hook === 'string') return clearHook(parts, stack, record, details.unset_hook);
  await deliver(parts, stack, record, details);
}

async function recordOf(parts: ServiceParts, stack: StackRecord, name: string): Promise<ResourceRecord> {
  const records = currentRecords(await parts.operations.records(stack.id));
  const record = records.find((candidate) => candidate.name === name);
  if (record) return record;
  throw new NotFoundError('Resource', name, `The Resource (${name}) could not be found in Stack ${stack.name}.`);
}

/** The run that works on the stack now, or one that only writes. */
async function writerOn(parts: ServiceParts, stack: StackRecord): Promise<Run> {
  const active = parts.operations.runOn(stack.id);
  if (active) return active;
  const operation = stack.operationId === undefined ? undefined : await parts.store.reads.operation(stack.operationId);
  if (!operation) throw new NotAvailableError(`The Stack (${stack.name}) is not available.`);
  return new Run(parts.prepare.engine, stack, operation, new RecordBook(await parts.store.reads.resources(stack.id)));
}

async function clearHook(parts: ServiceParts, stack: StackRecord, record: ResourceRecord, hook: string): Promise<void> {
  const shown = `${record.name} [${record.physicalId ?? ''}] Stack "${stack.name}" [${stack.id}]`;
  if (!HOOKS.includes(hook)) throw new InvalidRequestError(`Invalid hook type "${hook}" for ${shown}`, 'InvalidBreakPointHook');
  if (record.data.hook !== hook) {
    throw new InvalidRequestError(`The "${hook}" hook is not defined on ${shown}`, 'InvalidBreakPointHook');
  }
  const run = await writerOn(parts, stack);
  const latest = run.records.get(record.id) ?? record;
  const { hook: _, ...data } = latest.data;
  const next = { ...latest, data };
  await run.record({ resources: [next], events: [run.eventOf(next, { reason: `Hook ${hook} is cleared` })] });
}

async function deliver(parts: ServiceParts, stack: StackRecord, record: ResourceRecord, details: Json): Promise<void> {
  const type = await parts.operations.loader.typeOf(stack, record);
  if (!type?.signal) throw new NotSupportedError('signal is not supported for resource.', { heatType: 'ResourceActionNotSupported' });
  if (record.action === 'SUSPEND' || record.action === 'DELETE') {
    throw new NotSupportedError(`Signal resource during ${record.action} is not supported.`);
  }
  if (record.physicalId === undefined) throw new NotAvailableError(`The Resource (${record.name}) is not available.`);
  const run = await writerOn(parts, stack);
  const current = run.records.get(record.id) ?? record;
  const call = new DriverCall(run, type, current, () => undefined);
  const result = await type.signal(call.context(), call.reference(), { details });
  const latest = run.records.get(record.id) ?? current;
  const next: ResourceRecord = {
    ...latest,
    metadata: result.metadata ?? latest.metadata,
    attributes: { ...latest.attributes, ...result.attributes },
    data: { ...latest.data, ...result.data },
  };
  await run.record({
    resources: [next],
    ...(result.reason === null ? {} : { events: [run.eventOf(next, { action: 'SIGNAL', reason: result.reason })] }),
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
  const record = records.find((candidate) => candidate.name === nameOrId) ?? records.find((one) => one.physicalId === nameOrId);
  if (!record) {
    throw new NotFoundError('Resource', nameOrId, `The Resource (${nameOrId}) could not be found in Stack ${stack.name}.`);
  }
  if (record.status === 'IN_PROGRESS') {
    throw new OperationInProgressError(`Stack ${stack.name} already has an action (${stack.action}) in progress.`);
  }
  if (record.action === 'DELETE') return;
  if (!unhealthy && !(record.action === 'CHECK' && record.status === 'FAILED')) return;
  const run = await writerOn(parts, stack);
  const { unhealthy: _, ...data } = record.data;
  const { entry } = run.changed(record, {
    action: 'CHECK',
    status: unhealthy ? 'FAILED' : 'COMPLETE',
    statusReason: reason,
    data: unhealthy ? ({ ...data, unhealthy: true } satisfies JsonMap) : data,
  });
  await run.record(entry);
}
