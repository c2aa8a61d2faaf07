import { diffProperties } from '../drivers/diff-properties.js';
import type { Observation, ResourceType } from '../drivers/resource-type.js';
import { InvariantError, NotFoundError, ValidationError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, MASK, masked, revealed, sameValue, type ValueMap } from '../model/value.js';
import { currentRecords } from '../operations/child-view.js';
import { DriverCall } from '../operations/driver-call.js';
import { RecordBook } from '../operations/record-book.js';
import { Run } from '../operations/run.js';
import { EvaluationError } from '../template/expression.js';
import { planUpdate, shownValue } from './preview-stack.js';
import type { Caller, DriftDifference, DriftOptions, ResourceDrift } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

/** Compares the resources of a stack (all, or the named ones) with what really is there; nothing changes. */
export async function detectDrift(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  names?: readonly string[],
  options: DriftOptions = {},
): Promise<ResourceDrift[]> {
  const stack = await ownStack(parts, caller, stackId);
  const records = currentRecords(await parts.operations.records(stack.id)).filter((record) => record.action !== 'INIT');
  for (const name of names ?? []) {
    if (!records.some((record) => record.name === name)) throw new NotFoundError('Resource', name);
  }
  const wanted = records.filter((record) => names === undefined || names.includes(record.name));
  const run = await lookingRun(parts, stack, records);
  const desired = options.desired ? await desiredProperties(parts, stack, records) : undefined;
  return Promise.all(
    wanted.map(async (record) => ({
      ...(await driftOf(run, record, await parts.operations.loader.typeOf(stack, record))),
      ...(desired?.has(record.name) ? { desired: desired.get(record.name) ?? {} } : {}),
    })),
  );
}

/** What the stack's template wants each resource to be, with null for what is not known yet; undefined if it cannot be told. */
async function desiredProperties(
  parts: ServiceParts,
  stack: StackRecord,
  records: readonly ResourceRecord[],
): Promise<ReadonlyMap<string, JsonMap> | undefined> {
  try {
    const desired = await parts.operations.loader.desired(stack);
    const { resources } = await planUpdate(parts, stack, desired, records);
    return new Map(resources.map(({ resource, evaluated }) => [resource.name, shownMap(evaluated.properties)]));
  } catch (error) {
    // The template itself is what is wrong: what is there can be compared all the same.
    if (error instanceof ValidationError || error instanceof EvaluationError) return undefined;
    throw error;
  }
}

function shownMap(properties: ValueMap): JsonMap {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, shownValue(value)]));
}

/** What really is behind a physical id, as a type's driver sees it; undefined if nothing is there or the type cannot look. */
export async function observe(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  wanted: { readonly name: string; readonly type: string; readonly physicalId: string; readonly properties: JsonMap },
): Promise<Observation | undefined> {
  const stack = await ownStack(parts, caller, stackId);
  const type = parts.prepare.engine.types.resolve(wanted.type, 'aws');
  if (!type?.read) return undefined;
  const record: ResourceRecord = { ...BLANK, stackId: stack.id, ...wanted };
  const run = await lookingRun(parts, stack, [record]);
  return look(run, record, type);
}

const BLANK: ResourceRecord = {
  id: '00000000-0000-4000-8000-000000000000',
  seq: 0,
  stackId: '',
  name: '',
  type: '',
  action: 'INIT',
  status: 'COMPLETE',
  statusReason: '',
  physicalId: undefined,
  reference: undefined,
  properties: {},
  attributes: {},
  metadata: {},
  data: {},
  policies: { deletion: 'Delete', updateReplace: 'Delete', update: {}, creation: {} },
  requires: [],
  definitionDigest: '',
  replaces: undefined,
  replacedBy: undefined,
  childStackId: undefined,
  intent: undefined,
  createdAt: 0,
  updatedAt: 0,
};

/** A run that never writes: what drivers need to look. */
async function lookingRun(parts: ServiceParts, stack: StackRecord, records: readonly ResourceRecord[]): Promise<Run> {
  const { operations, store } = parts;
  const active = operations.runOn(stack.id);
  if (active) return active;
  const operation = (await store.reads.operation(stack.operationId ?? '')) ?? {
    id: stack.id,
    stackId: stack.id,
    action: stack.action,
    status: 'COMPLETE' as const,
    epoch: stack.epoch,
    templateId: stack.templateId,
    options: {},
    diagnosis: undefined,
    clientToken: undefined,
    startedAt: stack.createdAt,
    finishedAt: undefined,
  };
  return new Run(operations.parts, stack, operation, new RecordBook(records));
}

async function look(run: Run, record: ResourceRecord, type: ResourceType): Promise<Observation | undefined> {
  const call = new DriverCall(run, type, record, () => undefined);
  return run.cloud.limiter.run(async () => type.read?.(call.context(), call.reference()));
}

async function driftOf(run: Run, record: ResourceRecord, type: ResourceType | undefined): Promise<ResourceDrift> {
  const expected = revealed(record.properties) as JsonMap;
  const base = { record, expected: masked(record.properties) as JsonMap, differences: [] };
  if (!type?.read || record.physicalId === undefined || record.policies.external) {
    return { ...base, status: 'NOT_CHECKED', actual: undefined };
  }
  const observation = await look(run, record, type);
  if (!observation) return { ...base, status: 'DELETED', actual: undefined };
  // Only what the template has set can drift; what the cloud adds of its own is nobody's wish.
  const live: JsonMap = Object.fromEntries(
    Object.keys(expected).map((name): [string, Json] => [
      name,
      Object.hasOwn(observation.properties, name) ? (observation.properties[name] ?? null) : (expected[name] ?? null),
    ]),
  );
  const { details } = diffProperties(type.schema, expected, live);
  const differences = details.map((detail): DriftDifference => {
    const after = detail.after === undefined ? undefined : (revealed(detail.after) as Json);
    return { path: detail.path, expected: detail.before, actual: after };
  });
  const actual = maskLike(record.properties, live);
  if (!isMap(actual)) throw new InvariantError('properties are not a map');
  return { ...base, status: differences.length > 0 ? 'MODIFIED' : 'IN_SYNC', actual: actual as JsonMap, differences };
}

/** Live values of secret properties are as secret as the wanted ones. */
function maskLike(properties: ResourceRecord['properties'], live: JsonMap): Json {
  const shown = masked(properties) as JsonMap;
  return Object.fromEntries(
    Object.entries(live).map(([name, value]): [string, Json] => [
      name,
      shown[name] === MASK
        ? MASK
        : sameValue(value, revealed(properties[name] ?? null))
          ? (shown[name] ?? null)
          : value,
    ]),
  );
}
