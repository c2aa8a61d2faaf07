import { MissingError } from '../model/errors.js';
import type { SnapshotRecord, StackRecord } from '../model/records.js';
import { isMap, type JsonMap, revealed } from '../model/value.js';
import { DriverCall } from './driver-call.js';
import { blankRecord } from './initial-records.js';
import type { Operations } from './operations.js';

/** Removes what a snapshot has made in the cloud (server images, volume backups), then its record. */
export async function deleteSnapshotOf(
  operations: Operations,
  stack: StackRecord,
  snapshot: SnapshotRecord,
): Promise<void> {
  const resources = isMap(snapshot.data.resources) ? (snapshot.data.resources as JsonMap) : {};
  const desired = await operations.loader.desired(stack);
  for (const [name, entry] of Object.entries(resources)) {
    const { type: typeName, resource_data: data, resource_id: physicalId } = entry as JsonMap;
    const taken = isMap(data) ? revealed((data as JsonMap).snapshot ?? null) : undefined;
    const type = desired.typeNamed(String(typeName), name);
    if (!type?.deleteSnapshot || !isMap(taken)) continue;
    const { deleteSnapshot } = type;
    const blank = blankRecord(stack.id, { name, typeName: String(typeName) }, 0, operations.parts.clock.now());
    const record = { ...blank, physicalId: String(physicalId ?? '') };
    const context = await operations.withWriter(stack, async (run) =>
      new DriverCall(run, type, record, () => undefined).context(),
    );
    try {
      await deleteSnapshot.call(type, context, taken as JsonMap);
    } catch (error) {
      if (!(error instanceof MissingError)) throw error;
    }
  }
  await operations.parts.store.write({ removedSnapshots: [snapshot.id] });
}
