import { NotSupportedError } from '../model/errors.js';
import { EVENT_REASONS } from '../model/event-reasons.js';
import { newId } from '../model/ids.js';
import type { StackRecord, TemplateRecord } from '../model/records.js';
import { fetchStoredParameters } from '../operations/fetch-stored-parameters.js';
import { stackEvent } from '../operations/run.js';
import { identityOf } from '../planning/stack-identity.js';
import { blankStack, defaultDescription, guardNewStack } from './create-stack.js';
import { prepare } from './prepare.js';
import type { Caller, CreateInput } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

/** A stack that waits for its first change set has this in `extra.phase`. */
export const REVIEW_PHASE = 'REVIEW';

const EMPTY = { AWSTemplateFormatVersion: '2010-09-09', Resources: {} };

/** Takes a name for a stack whose first change set is under review: it has no resources and no operation yet. */
export async function reserveStack(
  parts: ServiceParts,
  caller: Caller,
  input: Pick<CreateInput, 'name' | 'tagMap' | 'extra'>,
): Promise<StackRecord> {
  await guardNewStack(parts, caller, input.name);
  const { engine } = parts.prepare;
  const now = engine.clock.now();
  const template: TemplateRecord = {
    id: newId(),
    document: EMPTY,
    text: undefined,
    files: {},
    environment: { parameters: {} },
    environmentFiles: [],
  };
  const identity = {
    id: newId(),
    name: input.name,
    projectId: caller.projectId,
    region: caller.region,
    origin: caller.origin,
    notificationArns: [],
  };
  const blank = blankStack(caller, identity, input, now);
  const stack: StackRecord = {
    ...blank,
    templateId: template.id,
    statusReason: EVENT_REASONS.review,
    extra: { ...blank.extra, phase: REVIEW_PHASE },
  };
  await engine.journal.record({
    stacks: [stack],
    templates: [{ stackId: stack.id, record: template }],
    events: [stackEvent(stack, undefined, now)],
  });
  return stack;
}

/** True for a stack that was only reserved. */
export function isReserved(stack: StackRecord): boolean {
  return stack.extra.phase === REVIEW_PHASE && stack.operationId === undefined;
}

/** Begins the creation of a reserved stack: checked and durable when it resolves. */
export async function createReserved(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  input: CreateInput,
): Promise<StackRecord> {
  const stack = await ownStack(parts, caller, stackId);
  if (!isReserved(stack)) throw new NotSupportedError(`Stack [${stack.name}] is no longer in review.`);
  const { engine } = parts.prepare;
  const { phase: _, ...reserved } = stack.extra;
  const extra = { ...reserved, ...input.extra, ...(input.tagMap ? { tagMap: { ...input.tagMap } } : {}) };
  const prepared = prepare(parts.prepare, engine.cloudOf(stack).zones, {
    ...input,
    stack: identityOf({ ...stack, extra }),
    storedParameters: await fetchStoredParameters(engine, stack, input),
  });
  const blank = blankStack(caller, identityOf(stack), input, stack.createdAt);
  const begun = await parts.operations.begin(stack, {
    action: input.adoptData?.import === true ? 'ADOPT' : 'CREATE',
    template: prepared.record,
    desired: prepared.desired,
    options: {
      ...(input.onFailure === undefined ? {} : { onFailure: input.onFailure }),
      ...(input.adoptData ? { adopt: input.adoptData } : {}),
    },
    patch: {
      description: prepared.desired.template.description ?? defaultDescription(prepared),
      timeoutMins: input.timeoutMins,
      disableRollback: blank.disableRollback,
      extra,
    },
    ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
  });
  return begun.stack;
}
