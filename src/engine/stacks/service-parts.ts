import { NotFoundError } from '../model/errors.js';
import type { StackRecord } from '../model/records.js';
import type { Operations } from '../operations/operations.js';
import type { Store } from '../store/store.js';
import type { CallMacro } from './macro-call.js';
import type { PrepareParts } from './prepare.js';
import type { Caller } from './requests.js';

/** What the use cases of stacks work with. */
export interface ServiceParts {
  readonly store: Store;
  readonly operations: Operations;
  readonly prepare: PrepareParts;
  /** Stacks with this tag are left out of lists that do not ask for hidden ones. */
  readonly hiddenTag: string;
  /** Reaches the services behind macros; absent: templates keep them. */
  readonly callMacro?: CallMacro;
}

/** The stack of an id, if the caller may see it; NotFoundError otherwise: another project's stack does not exist. */
export async function ownStack(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  options: { readonly deleted?: boolean } = {},
): Promise<StackRecord> {
  const stack = await parts.operations.stack(stackId);
  const isVisible = stack !== undefined && stack.projectId === caller.projectId;
  if (!isVisible || (stack.deletedAt !== undefined && !options.deleted)) throw new NotFoundError('Stack', stackId);
  return stack;
}
