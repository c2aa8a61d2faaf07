import { AlreadyExistsError, InvalidRequestError, LimitExceededError, ValidationError } from '../model/errors.js';
import { newId } from '../model/ids.js';
import type { StackRecord } from '../model/records.js';
import { isMap, type JsonMap } from '../model/value.js';
import { fetchStoredParameters } from '../operations/fetch-stored-parameters.js';
import type { StackIdentity } from '../planning/stack-identity.js';
import { type Prepared, prepare } from './prepare.js';
import type { Caller, CreateInput } from './requests.js';
import type { ServiceParts } from './service-parts.js';
import { validateOutside } from './validate-outside.js';

const NAME = /^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$/;

/** Checks a new stack completely; nothing is written. */
export async function prepareCreate(
  parts: ServiceParts,
  caller: Caller,
  input: CreateInput,
): Promise<{ readonly prepared: Prepared; readonly identity: StackIdentity; readonly zones: Zones }> {
  await guardNewStack(parts, caller, input.name);
  const identity: StackIdentity = {
    id: newId(),
    name: input.name,
    projectId: caller.projectId,
    region: caller.region,
    origin: caller.origin,
    notificationArns: Array.isArray(input.extra?.notificationArns) ? input.extra.notificationArns.map(String) : [],
    ...(input.tagMap ? { tags: input.tagMap } : {}),
  };
  const { engine } = parts.prepare;
  const blank = blankStack(caller, identity, input, engine.clock.now());
  const { zones } = engine.cloudOf(blank);
  const adopted = input.adoptData ? templateOfAdoption(input, input.adoptData) : input;
  const storedParameters = await fetchStoredParameters(engine, blank, adopted);
  const prepared = prepare(parts.prepare, zones, {
    ...adopted,
    stack: identity,
    isAdmin: caller.isAdmin,
    storedParameters,
  });
  await validateOutside(engine, blank, prepared.desired);
  return { prepared, identity, zones };
}

/** The zones of a region. */
export type Zones = (region: string) => readonly string[];

/** Refuses a name that is wrong or taken, and one stack more than the project may have. */
export async function guardNewStack(parts: ServiceParts, caller: Caller, name: string): Promise<void> {
  if (!NAME.test(name)) {
    throw new ValidationError([
      {
        severity: 'error',
        code: 'invalid-shape',
        message: `Invalid stack name ${name} must contain only alphanumeric or "_-." characters, must start with alpha and must be 255 characters or less.`,
        path: [],
      },
    ]);
  }
  if (await parts.store.reads.stackByName(caller.projectId, name, { region: caller.region })) {
    throw new AlreadyExistsError(`The Stack (${name}) already exists.`);
  }
  await guardStackCount(parts, caller);
}

/** Makes a stack: checked, durable and begun when it resolves. */
export async function createStack(parts: ServiceParts, caller: Caller, input: CreateInput): Promise<StackRecord> {
  const { prepared, identity } = await prepareCreate(parts, caller, input);
  const blank = blankStack(caller, identity, input, parts.prepare.engine.clock.now());
  const stack: StackRecord = {
    ...blank,
    description: prepared.desired.template.description ?? defaultDescription(prepared),
  };
  const onFailure = input.onFailure === undefined ? {} : { onFailure: input.onFailure };
  try {
    const begun = await parts.operations.begin(stack, {
      action: input.adoptData ? 'ADOPT' : 'CREATE',
      template: prepared.record,
      desired: prepared.desired,
      isNew: true,
      options: { ...onFailure, ...(input.adoptData ? { adopt: input.adoptData } : {}) },
      ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
    });
    return begun.stack;
  } catch (error) {
    // Two at once: the database lets one have the name.
    if (isNameTaken(error))
      throw new AlreadyExistsError(`The Stack (${input.name}) already exists.`, {}, { cause: error });
    throw error;
  }
}

function isNameTaken(error: unknown): boolean {
  return error instanceof Error && /UNIQUE constraint failed: stacks|stacks_live_name/.test(error.message);
}

async function guardStackCount({ store, prepare: { engine } }: ServiceParts, caller: Caller): Promise<void> {
  const limit = engine.limits.maxStacksPerProject;
  if ((await store.lists.countStacks({ projectId: caller.projectId })) < limit) return;
  throw new LimitExceededError(
    `Request limit exceeded: You have reached the maximum stacks per tenant, ${limit}. Please delete some stacks.`,
  );
}

export function defaultDescription({ desired }: Prepared): string {
  return desired.template.language === 'hot' || desired.template.versionKey === 'HeatTemplateFormatVersion'
    ? 'No description'
    : '';
}

/** The record of a stack that nothing has been done to yet. */
export function blankStack(caller: Caller, identity: StackIdentity, input: CreateInput, now: number): StackRecord {
  const onFailure = input.onFailure;
  return {
    id: identity.id,
    projectId: caller.projectId,
    region: caller.region,
    name: input.name,
    origin: caller.origin,
    parentId: undefined,
    parentResourceId: undefined,
    parentResource: undefined,
    rootId: identity.id,
    nestedDepth: 0,
    action: 'CREATE',
    status: 'IN_PROGRESS',
    statusReason: '',
    templateId: '',
    previousTemplateId: undefined,
    description: '',
    timeoutMins: input.timeoutMins,
    disableRollback:
      onFailure === undefined ? (input.disableRollback ?? caller.origin === 'heat') : onFailure !== 'ROLLBACK',
    tags: input.tags ?? [],
    userId: caller.userId,
    userName: caller.userName,
    projectName: caller.projectName,
    operationId: undefined,
    epoch: 0,
    extra: { ...input.extra, ...(input.tagMap ? { tagMap: { ...input.tagMap } } : {}) },
    createdAt: now,
    updatedAt: undefined,
    deletedAt: undefined,
  };
}

/** An adopted stack follows the template of its data, unless another is given; given parameters win. */
function templateOfAdoption(input: CreateInput, data: JsonMap): CreateInput {
  const template = input.template ?? (isMap(data.template) ? (data.template as JsonMap) : undefined);
  if (template === undefined) throw new InvalidRequestError('Invalid adopt data: the template is missing');
  const environment = isMap(data.environment) ? (data.environment as JsonMap) : {};
  const parameters = isMap(environment.parameters) ? (environment.parameters as JsonMap) : {};
  const files = isMap(data.files) ? (data.files as { [key: string]: string }) : {};
  return {
    ...input,
    template,
    environment: input.environment ?? { ...environment, parameters: {} },
    files: { ...files, ...input.files },
    parameters: { ...parameters, ...input.parameters },
  };
}
