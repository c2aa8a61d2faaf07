import { NotFoundError } from '../../engine/model/errors.js';
import type { OperationRecord, StackRecord } from '../../engine/model/records.js';
import type { JsonMap } from '../../engine/model/value.js';
import { partitionOf } from '../../engine/planning/stack-identity.js';
import type { Caller } from '../../engine/stacks/requests.js';
import type { CfnApiDeps } from '../api-types.js';
import { detect } from '../drift/detect.js';
import type { CheckedResource } from '../drift/drift-records.js';
import { type InstanceRecord, type SetOperationRecord, type StackSetRecord, targetKey } from './stack-set-records.js';

/** What became of one instance. */
export interface TargetOutcome {
  /** undefined: it is no longer an instance. */
  readonly instance: InstanceRecord | undefined;
  readonly failure: string | undefined;
  readonly drifts?: { readonly [name: string]: JsonMap };
}

/** The engine ends: the target goes on where it is when the next one begins. */
export class Interrupted extends Error {}

/** What doing one target needs. */
export interface TargetWork {
  readonly deps: CfnApiDeps;
  readonly set: StackSetRecord;
  readonly operation: SetOperationRecord;
  readonly instance: InstanceRecord;
  /** Who acts in the account of the target. */
  readonly caller: Caller;
}

/** Does to one instance what its operation wants; doing it again after an interruption does nothing twice. */
export async function runTarget(work: TargetWork): Promise<TargetOutcome> {
  switch (work.operation.action) {
    case 'CREATE':
    case 'UPDATE':
      return bringUp(work);
    case 'DELETE':
      return takeDown(work);
    case 'DETECT_DRIFT':
      return look(work);
  }
}

async function bringUp(work: TargetWork): Promise<TargetOutcome> {
  const { operation, instance } = work;
  const imported = operation.imported[targetKey(instance)];
  const found = await stackOf(work, imported ?? instance.stackId ?? instance.stackName);
  if (imported !== undefined) {
    return found
      ? ended(instance, found)
      : { instance: { ...instance, detail: 'FAILED_IMPORT' }, failure: `Stack ${imported} does not exist` };
  }
  if (found && (await isOurs(work, found))) return settle(work, found);
  if (found && isHopeless(found)) {
    await work.deps.stacks.delete(work.caller, found.id);
    await settled(work, found.id);
    return settle(work, await create(work));
  }
  return settle(work, found ? await update(work, found) : await create(work));
}

/** True if this operation has begun something on the stack already. */
async function isOurs({ deps, caller, operation }: TargetWork, stack: StackRecord): Promise<boolean> {
  const operations = await deps.stacks.operations(caller, stack.id);
  return operations.some(({ clientToken }) => clientToken === tokenOf(operation));
}

const tokenOf = ({ id, setId }: SetOperationRecord): string => `StackSet-${setId}-${id}`;

/** A stack that never came to be is made anew. */
function isHopeless(stack: StackRecord): boolean {
  return (
    (stack.action === 'CREATE' && stack.status === 'FAILED') ||
    (stack.action === 'ROLLBACK' && stack.extra.rollbackFrom === 'CREATE' && stack.status !== 'IN_PROGRESS')
  );
}

async function stackOf({ deps, caller }: TargetWork, idOrName: string): Promise<StackRecord | undefined> {
  try {
    return await deps.stacks.find(caller, idOrName);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

function create(work: TargetWork): Promise<StackRecord> {
  const { deps, caller, instance } = work;
  return deps.stacks.create(caller, { name: instance.stackName, disableRollback: false, ...contents(work) });
}

function update(work: TargetWork, stack: StackRecord): Promise<StackRecord> {
  const { deps, caller } = work;
  return deps.stacks.update(caller, stack.id, { disableRollback: false, ...contents(work) });
}

function contents({ set, operation, instance }: TargetWork) {
  return {
    template: set.template,
    parameters: { ...set.parameters, ...instance.overrides },
    tagMap: set.tags,
    clientToken: tokenOf(operation),
    extra: { capabilities: [...set.capabilities], stackSetId: set.id },
  };
}

async function settled({ deps }: TargetWork, stackId: string): Promise<StackRecord> {
  const stack = await deps.stacks.settled(stackId);
  if (stack.status === 'IN_PROGRESS') throw new Interrupted('the engine ends');
  return stack;
}

async function settle(work: TargetWork, begun: StackRecord): Promise<TargetOutcome> {
  const stack = await settled(work, begun.id);
  const history = await work.deps.stacks.operations(work.caller, stack.id);
  const own = history.find(({ clientToken }) => clientToken === tokenOf(work.operation));
  if (stack.status === 'COMPLETE' && stack.action !== 'ROLLBACK') return ended(work.instance, stack);
  const failure = await reasonOf(work, stack, own);
  return {
    instance: { ...work.instance, stackId: stack.id, status: 'OUTDATED', detail: 'FAILED', reason: failure },
    failure,
  };
}

function ended(instance: InstanceRecord, stack: StackRecord): TargetOutcome {
  return {
    instance: {
      ...instance,
      stackId: stack.id,
      stackName: stack.name,
      status: 'CURRENT',
      detail: 'SUCCEEDED',
      reason: undefined,
    },
    failure: undefined,
  };
}

/** The first resource that failed, in the words of StackSets. */
async function reasonOf(
  { deps, caller }: TargetWork,
  stack: StackRecord,
  operation: OperationRecord | undefined,
): Promise<string> {
  const events = await deps.stacks.events(caller, stack.id, {
    statuses: ['FAILED'],
    ...(operation ? { operationId: operation.id } : {}),
  });
  const culprit = events.map(({ event }) => event).find((event) => event.physicalId !== stack.id);
  if (culprit) {
    return `ResourceLogicalId:${culprit.resourceName}, ResourceType:${culprit.resourceType}, ResourceStatusReason:${culprit.reason}.`;
  }
  return operation?.diagnosis?.causes[0]?.message ?? stack.statusReason;
}

async function takeDown(work: TargetWork): Promise<TargetOutcome> {
  const { deps, caller, instance } = work;
  const found = await stackOf(work, instance.stackId ?? instance.stackName);
  if (!found) return { instance: undefined, failure: undefined };
  if (found.extra.terminationProtection === true)
    return inoperable(instance, `Stack [${found.name}] cannot be deleted while TerminationProtection is enabled`);
  await deps.stacks.delete(caller, found.id);
  const stack = await settled(work, found.id);
  if (stack.deletedAt !== undefined) return { instance: undefined, failure: undefined };
  return inoperable(instance, await reasonOf(work, stack, undefined));
}

function inoperable(instance: InstanceRecord, failure: string): TargetOutcome {
  return { instance: { ...instance, status: 'INOPERABLE', detail: 'INOPERABLE', reason: failure }, failure };
}

async function look(work: TargetWork): Promise<TargetOutcome> {
  const { deps, caller, instance } = work;
  const stack = await stackOf(work, instance.stackId ?? instance.stackName);
  if (!stack)
    return {
      instance: { ...instance, drift: 'UNKNOWN' },
      failure: `Stack ${instanceArn(instance) ?? instance.stackName} does not exist`,
    };
  const drift = await detect({ deps, caller, input: {}, requestId: work.operation.id }, stack, undefined);
  const drifts = Object.fromEntries(Object.entries(drift.resources).map(([name, one]) => [name, asMap(one)]));
  return {
    instance: {
      ...instance,
      drift: drift.status === 'DRIFTED' ? 'DRIFTED' : 'IN_SYNC',
      driftCheckedAt: drift.checkedAt,
    },
    failure: undefined,
    drifts,
  };
}

function asMap(resource: CheckedResource): JsonMap {
  return JSON.parse(JSON.stringify(resource)) as JsonMap;
}

/** The id of an instance's stack in an answer. */
export function instanceArn({ stackId, stackName, region, account }: InstanceRecord): string | undefined {
  if (stackId === undefined) return undefined;
  return `arn:${partitionOf(region)}:cloudformation:${region}:${account}:stack/${stackName}/${stackId}`;
}
