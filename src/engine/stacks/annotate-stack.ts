import type { StackRecord } from '../model/records.js';
import type { JsonMap } from '../model/value.js';
import type { Caller } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

/** Changes what only one API knows of a stack (termination protection, stack policy …), beside any operation. */
export async function annotateStack(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  extra: JsonMap,
): Promise<StackRecord> {
  const stack = await ownStack(parts, caller, stackId);
  if (stack.operationId === undefined) {
    const next = { ...stack, extra: { ...stack.extra, ...extra } };
    await parts.prepare.engine.journal.record({ stacks: [next] });
    return next;
  }
  return parts.operations.withWriter(stack, async (run) => {
    await run.record(run.patchStack({ extra: { ...run.stack.extra, ...extra } }));
    return run.stack;
  });
}
