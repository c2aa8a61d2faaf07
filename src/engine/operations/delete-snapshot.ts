import { MissingError } from '../model/errors.js';
import type { SnapshotRecord, StackRecord } from '../model/records.js';
import { isMap, type JsonMap, revealed } from '../model/value.js';
import type { DesiredStack } from '../planning/desired.js';
import { DriverCall } from './driver-call.js';
import { blankRecord } from './initial-records.js';
import type { Operations } from './operations.js';

/** Removes what a snapshot has made in the cloud (server images, volume backups), then its record. */
export async function deleteSnapshotOf(
  operations: Operations,
  stack: StackRecord,
  snapshot: SnapshotRecord,
): Promise<void> {
  await deleteCopies(operations, stack, await operations.loader.desired(stack), snapshot.data);
  await operations.parts.store.write({ removedSnapshots: [snapshot.id] });
}

/** The copies of a stack's resources, and of those of its nested stacks, which lie inside the resources. */
async function deleteCopies(
  operations: Operations,
  stack: StackRecord,
  desired: DesiredStack,
  { resources }: JsonMap,
): Promise<void> {
  if (!isMap(resources)) return;
  for (const [name, entry] of Object.entries(resources as JsonMap)) {
    if (!isMap(entry)) continue;
    await deleteCopies(operations, stack, desired, entry as JsonMap);
    await deleteCopy(operations, stack, desired, name, entry as JsonMap);
  }
}

async function deleteCopy(
  operations: Operations,
  stack: StackRecord,
  desired: DesiredStack,
  name: string,
  { type: typeName, resource_data: kept, resource_id: physicalId }: JsonMap,
): Promise<void> {
  const data = revealed(kept ?? null);
  const type = desired.typeNamed(String(typeName), name);
  if (!type?.deleteSnapshot || !isMap(data)) return;
  const { deleteSnapshot } = type;
  const blank = blankRecord(stack.id, { name, typeName: String(typeName) }, 0, operations.parts.clock.now());
  const record = { ...blank, physicalId: String(physicalId ?? '') };
  const context = await operations.withWriter(stack, async (run) =>
    new DriverCall(run, type, record, () => undefined).context(),
  );
  try {
    await deleteSnapshot.call(type, context, data as JsonMap);
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
  }
}
