import { InvalidRequestError, OperationInProgressError } from '../../model/errors.js';
import { derivedId } from '../../model/ids.js';
import type { ResourceRecord, StackRecord } from '../../model/records.js';
import type { Json } from '../../model/value.js';
import { currentRecords } from '../../operations/child-view.js';
import { fetchStoredParameters } from '../../operations/fetch-stored-parameters.js';
import { storedEnvironment } from '../../planning/build-desired.js';
import { identityOf } from '../../planning/stack-identity.js';
import { environmentDocument } from '../../template/environment/environment.js';
import { parseCached } from '../../template/template-cache.js';
import { blankStack, guardNewStack } from '../create-stack.js';
import { type Prepared, prepare } from '../prepare.js';
import type { Caller } from '../requests.js';
import type { ServiceParts } from '../service-parts.js';
import type { RefactorInput } from './refactor-requests.js';

/** A stack that takes part in a refactoring, with what it is and what it is to be. */
export interface Participant {
  readonly name: string;
  /** The record as it is, or as it would begin. */
  readonly stack: StackRecord;
  readonly isNew: boolean;
  readonly prepared: Prepared;
  /** The template's document as it is now; undefined for a new stack. */
  readonly before: { readonly [key: string]: Json } | undefined;
  /** By logical id. */
  readonly records: ReadonlyMap<string, ResourceRecord>;
}

/** More are not taken by CloudFormation either. */
const MAX_STACKS = 5;

/** Finds every stack of a refactoring and checks its new template, as an update or a creation would. */
export async function gatherStacks(parts: ServiceParts, caller: Caller, input: RefactorInput): Promise<Participant[]> {
  const names = input.stacks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InvalidRequestError(`Stack ${twice} is defined more than once.`);
  if (names.length > MAX_STACKS)
    throw new InvalidRequestError(`A stack refactor can have at most ${MAX_STACKS} stacks.`);
  const participants: Participant[] = [];
  for (const { name, template } of input.stacks) participants.push(await gather(parts, caller, input, name, template));
  return participants;
}

async function gather(
  parts: ServiceParts,
  caller: Caller,
  input: RefactorInput,
  name: string,
  template: string,
): Promise<Participant> {
  const found = await parts.store.reads.stackByName(caller.projectId, name, { deleted: false, region: caller.region });
  if (!found && !input.createStacks) {
    throw new InvalidRequestError(
      `Stack ${name} does not exist. Set EnableStackCreation to true to create new stacks.`,
    );
  }
  const stack = found ?? (await newStack(parts, caller, input.id, name));
  if (found) guardAtRest(parts, found);
  const { engine } = parts.prepare;
  const current = found && (await parts.store.reads.template(found.templateId));
  const base = current && storedEnvironment(current);
  const declared = parseCached(template).template?.parameters;
  const parameters = Object.fromEntries(
    Object.entries(base?.parameters ?? {}).filter(([key]) => !declared || declared.has(key)),
  );
  const given = {
    template,
    files: current?.files ?? {},
    environment: base ? { ...environmentDocument(base), parameters: {} } : {},
    parameters,
  };
  const prepared = prepare(parts.prepare, engine.cloudOf(stack).zones, {
    ...given,
    stack: identityOf(stack),
    nestedDepth: stack.nestedDepth,
    isAdmin: caller.isAdmin,
    storedParameters: await fetchStoredParameters(engine, stack, given),
  });
  const records = found ? currentRecords(await parts.operations.records(found.id)).filter(isThere) : [];
  const before = found && (await parts.operations.loader.desired(found)).template.processed;
  return {
    name,
    stack,
    isNew: !found,
    prepared,
    before,
    records: new Map(records.map((record) => [record.name, record])),
  };
}

async function newStack(parts: ServiceParts, caller: Caller, refactorId: string, name: string): Promise<StackRecord> {
  await guardNewStack(parts, caller, name);
  const identity = {
    id: newStackId(refactorId, name),
    name,
    projectId: caller.projectId,
    region: caller.region,
    origin: caller.origin,
    notificationArns: [],
  };
  return blankStack(caller, identity, { name }, parts.prepare.engine.clock.now());
}

/** The id of a stack that a refactoring makes. */
export function newStackId(refactorId: string, name: string): string {
  return derivedId('refactored-stack', refactorId, name);
}

/** The id of the operation that stands for a refactoring in the history of one of its stacks. */
export function refactorOperationId(refactorId: string, name: string): string {
  return derivedId('refactor-operation', refactorId, name);
}

const REFUSED = new Set(['DELETE', 'SUSPEND']);

function guardAtRest(parts: ServiceParts, stack: StackRecord): void {
  const isRolledBack = stack.action === 'ROLLBACK' && stack.extra.rollbackFrom === 'CREATE';
  if (parts.operations.running(stack.id) || stack.status !== 'COMPLETE' || REFUSED.has(stack.action) || isRolledBack) {
    throw new OperationInProgressError(
      `Stack ${stack.name} is in ${stack.action}_${stack.status} state and can not be refactored.`,
    );
  }
}

function isThere(record: ResourceRecord): boolean {
  return record.action !== 'INIT' && record.action !== 'DELETE';
}
