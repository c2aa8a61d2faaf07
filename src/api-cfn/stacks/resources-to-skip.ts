import type { ResourceRecord, StackRecord } from '../../engine/model/records.js';
import type { ActionContext } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { stackArn } from './find-stack.js';

/** A resource by its way from the root stack: logical ids with dots between them. */
interface Found {
  readonly path: string;
  readonly record: ResourceRecord;
}

/**
 * What `ResourcesToSkip` names, as ways from the root stack (`Child.Grandchild.Resource`). Resources of nested stacks are given
 * as `NestedStackName.LogicalId`, where the logical id of the nested stack may stand for its name. Throws in AWS's words for
 * what does not belong to the stack and for what has not failed.
 */
export async function resourcesToSkip(
  context: ActionContext,
  stack: StackRecord,
  given: readonly string[],
): Promise<string[]> {
  if (given.length === 0) return [];
  const found = new Map<string, Found>();
  await collect(context, stack, '', found);
  const unknown = given.filter((name) => !found.has(name));
  if (unknown.length > 0)
    throw validationError(`ResourcesToSkip [${unknown.join(', ')}] do not belong to stack ${stackArn(stack)}`);
  const sound = given.filter((name) => found.get(name)?.record.status === 'COMPLETE');
  if (sound.length > 0)
    throw validationError(`ResourcesToSkip [${sound.join(', ')}] are not in a failed state because of the rollback`);
  return given.flatMap((name) => found.get(name)?.path ?? []);
}

async function collect(
  context: ActionContext,
  stack: StackRecord,
  way: string,
  found: Map<string, Found>,
): Promise<void> {
  const { deps, caller } = context;
  for (const { record } of await deps.stacks.resources(caller, stack.id, {})) {
    const path = `${way}${record.name}`;
    const names = way === '' ? [path] : [path, `${stack.name}.${record.name}`];
    for (const name of names) found.set(name, { path, record });
    if (record.type !== 'AWS::CloudFormation::Stack' || record.childStackId === undefined) continue;
    const child = await deps.stacks.find(caller, record.childStackId, { showDeleted: true });
    if (child.deletedAt === undefined) await collect(context, child, `${path}.`, found);
  }
}
