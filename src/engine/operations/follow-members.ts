import { newId } from '../model/ids.js';
import { type JsonMap, revealed } from '../model/value.js';
import { DriverCall } from './driver-call.js';
import type { Run } from './run.js';
import type { StackLoader } from './stack-loader.js';

/**
 * Tells siblings of a group (load balancers) of its members. What they are told is not what their template says, so it
 * is not put on record: the group tells them again whenever it changes.
 */
export async function followMembers(
  run: Run,
  followers: readonly { readonly reference: string; readonly changes: JsonMap }[],
  loader: StackLoader,
): Promise<void> {
  for (const { reference, changes } of followers) {
    const record = run.records
      .all()
      .find((one) => one.physicalId === reference || one.reference === reference || one.name === reference);
    const type = record && (await loader.typeOf(run.stack, record));
    if (!record || !type?.update || record.physicalId === undefined) continue;
    const before = revealed(record.properties) as JsonMap;
    const change = { before, after: { ...before, ...changes }, changed: Object.keys(changes) };
    const call = new DriverCall(run, type, { ...record, intent: intentFor(run) }, () => undefined);
    await call.carryOut(async (ctx, ref) => {
      const progress = await type.update?.(ctx, ref, change);
      return progress ?? { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
    });
  }
}

function intentFor(run: Run) {
  return { token: newId(), verb: 'update', attempt: 1, operationId: run.operation.id } as const;
}
