import { NotFoundError, NotSupportedError, OperationInProgressError } from '../model/errors.js';
import { newId } from '../model/ids.js';
import type { SnapshotRecord, StackRecord } from '../model/records.js';
import { isMap, type JsonMap, revealed } from '../model/value.js';
import { abandonData } from '../operations/abandon-data.js';
import { rollbackOf } from '../operations/conclude.js';
import { deleteSnapshotOf } from '../operations/delete-snapshot.js';
import { fetchStoredParameters } from '../operations/fetch-stored-parameters.js';
import { identityOf } from '../planning/stack-identity.js';
import { usedExport } from './list-exports.js';
import { prepare } from './prepare.js';
import type { Caller, DeleteInput, StackActionName } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

/** Begins a deletion; a running operation is stopped first. */
export async function deleteStack(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  input: DeleteInput = {},
): Promise<void> {
  const stack = await ownStack(parts, caller, stackId);
  if (stack.extra.terminationProtection === true) {
    throw new NotSupportedError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  const used = await usedExport(parts, stack);
  if (used) {
    throw new NotSupportedError(`Export ${used.name} cannot be deleted as it is in use by ${used.importer.name}`);
  }
  await parts.operations.begin(stack, {
    action: 'DELETE',
    options: {
      ...(input.retain ? { retain: input.retain } : {}),
      ...(input.force ? { force: true } : {}),
    },
    ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
  });
}

/** Suspends, resumes, checks or cancels. */
export async function actOnStack(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  action: StackActionName,
): Promise<void> {
  const stack = await ownStack(parts, caller, stackId);
  switch (action) {
    case 'suspend':
    case 'resume': {
      const wanted = action === 'suspend' ? 'SUSPEND' : 'RESUME';
      if (stack.action === wanted && stack.status === 'COMPLETE') {
        // Nothing is left to do; Heat tells of the end once more.
        const reason = `Stack ${wanted} completed successfully`;
        if (stack.origin === 'heat') {
          await parts.operations.withWriter(stack, (run) => run.record(run.stackTurn({ status: 'COMPLETE', reason })));
        }
        return;
      }
      guardIdle(stack);
      await parts.operations.begin(stack, { action: wanted, options: {} });
      return;
    }
    case 'check':
      guardIdle(stack);
      await parts.operations.begin(stack, { action: 'CHECK', options: {} });
      return;
    case 'cancel_update':
      guardCancel(stack, ['UPDATE']);
      await parts.operations.begin(stack, rollbackOf((await parts.operations.stack(stack.id)) ?? stack));
      return;
    case 'cancel_without_rollback':
      guardCancel(stack, ['UPDATE', 'CREATE']);
      await parts.operations.cancel(stack.id);
      return;
  }
}

function guardIdle(stack: StackRecord): void {
  if (stack.status !== 'IN_PROGRESS') return;
  throw new OperationInProgressError(`Stack ${stack.name} already has an action (${stack.action}) in progress.`);
}

function guardCancel(stack: StackRecord, actions: readonly string[]): void {
  if (stack.status === 'IN_PROGRESS' && actions.includes(stack.action)) return;
  throw new NotSupportedError(`Cancelling update when stack is ${stack.action}_${stack.status} is not supported.`);
}

/** Gives a stack up without touching what it has made: its records go, its resources stay. */
export async function abandonStack(parts: ServiceParts, caller: Caller, stackId: string): Promise<JsonMap> {
  const stack = await ownStack(parts, caller, stackId);
  const data = await abandonData(parts.store, stack, await parts.operations.records(stack.id));
  const { ended } = await parts.operations.begin(stack, { action: 'DELETE', options: { abandon: true } });
  await ended;
  return data;
}

/** The whole of a stack as data; nothing changes. */
export async function exportStack(parts: ServiceParts, caller: Caller, stackId: string): Promise<JsonMap> {
  const stack = await ownStack(parts, caller, stackId);
  return abandonData(parts.store, stack, await parts.operations.records(stack.id));
}

export async function createSnapshot(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  name: string | null,
): Promise<SnapshotRecord> {
  const stack = await ownStack(parts, caller, stackId);
  guardIdle(stack);
  const snapshot: SnapshotRecord = {
    id: newId(),
    stackId: stack.id,
    name,
    status: 'IN_PROGRESS',
    statusReason: '',
    data: {},
    createdAt: parts.prepare.engine.clock.now(),
  };
  await parts.operations.begin(stack, { action: 'SNAPSHOT', options: { snapshotId: snapshot.id }, snapshot });
  return snapshot;
}

export async function findSnapshot(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  snapshotId: string,
): Promise<SnapshotRecord> {
  const stack = await ownStack(parts, caller, stackId, { deleted: true });
  const snapshot = await parts.store.reads.snapshot(snapshotId);
  if (!snapshot) throw new NotFoundError('Snapshot', snapshotId, `Snapshot with id ${snapshotId} not found`);
  if (snapshot.stackId !== stack.id) {
    const message = `The Snapshot (${snapshotId}) for Stack (${stack.name}) could not be found.`;
    throw new NotFoundError('Snapshot', snapshotId, message);
  }
  return snapshot;
}

export async function deleteSnapshot(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  snapshotId: string,
): Promise<void> {
  const snapshot = await findSnapshot(parts, caller, stackId, snapshotId);
  if (snapshot.status === 'IN_PROGRESS') {
    throw new NotSupportedError('Deleting in-progress snapshot is not supported.');
  }
  const stack = await ownStack(parts, caller, stackId, { deleted: true });
  await deleteSnapshotOf(parts.operations, stack, snapshot);
}

/** Brings a stack back to what it was when the snapshot was taken. */
export async function restoreSnapshot(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  snapshotId: string,
): Promise<void> {
  const stack = await ownStack(parts, caller, stackId);
  const snapshot = await findSnapshot(parts, caller, stackId, snapshotId);
  if (snapshot.status !== 'COMPLETE') {
    throw new NotSupportedError('Restoring incomplete snapshot is not supported.');
  }
  guardIdle(stack);
  const { template, environment, files } = snapshot.data;
  const stored = isMap(environment) ? (revealed(environment) as JsonMap) : {};
  const input = {
    template: isMap(template) ? (template as JsonMap) : {},
    environment: { ...stored, parameters: {} },
    parameters: isMap(stored.parameters) ? (stored.parameters as JsonMap) : {},
    files: isMap(files) ? (files as { [key: string]: string }) : {},
  };
  const { engine } = parts.prepare;
  const prepared = prepare(parts.prepare, engine.cloudOf(stack).zones, {
    ...input,
    stack: identityOf(stack),
    nestedDepth: stack.nestedDepth,
    storedParameters: await fetchStoredParameters(engine, stack, input),
  });
  await parts.operations.begin(stack, {
    action: 'RESTORE',
    template: prepared.record,
    desired: prepared.desired,
    options: { snapshotId },
  });
}
