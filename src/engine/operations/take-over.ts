import type { Observation, Outcome } from '../drivers/resource-type.js';
import { EVENT_REASONS } from '../model/event-reasons.js';
import { newId } from '../model/ids.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, revealed, type ValueMap } from '../model/value.js';
import type { EvaluatedResource } from '../planning/desired.js';
import type { ApplyInput } from './carry-out.js';
import { DriverCall } from './driver-call.js';
import { ResourceFailure } from './failure.js';
import { fail } from './record-failure.js';
import type { Run } from './run.js';
import { sealed, secretTexts } from './seal-secrets.js';

/** Takes an existing thing over by its physical id: it is looked at, never made, changed or deleted. */
export async function importRecord(
  input: ApplyInput,
  record: ResourceRecord,
  evaluated: EvaluatedResource,
): Promise<void> {
  const { run, resource } = input;
  const begun = await beginAdoption(run, record, evaluated, evaluated.externalId);
  const call = new DriverCall(run, resource.type, begun, input.waiting);
  const observation: Observation | Outcome | undefined = resource.type.read
    ? await run.cloud.limiter.run(async () => resource.type.read?.(call.context(), call.reference()))
    : { physicalId: evaluated.externalId ?? '', attributes: {} };
  if (!observation) {
    const text = `Invalid external resource: Resource ${evaluated.externalId} (${resource.typeName}) can not be found.`;
    throw await fail(
      run,
      begun,
      new ResourceFailure([resource.name], 'StackValidationFailed', text, 1, resource.typeName, undefined),
    );
  }
  const isChecked = resource.type.check !== undefined || resource.type.composed !== undefined;
  const adopted = run.changed(begun, { status: 'COMPLETE', statusReason: EVENT_REASONS.changed });
  run.recordSoon(adopted.entry);
  const { entry } = run.changed(adopted.record, {
    action: 'CHECK',
    status: 'COMPLETE',
    statusReason: isChecked ? EVENT_REASONS.changed : `CHECK not supported for ${resource.typeName}`,
    intent: undefined,
    reference: observation.reference,
    attributes: sealed(observation.attributes, secretTexts(evaluated.properties)) as ValueMap,
    properties: evaluated.properties,
    definitionDigest: evaluated.definitionDigest,
  });
  run.recordSoon(entry);
}

/** Takes a resource over from the data of an abandoned stack. */
export async function adoptRecord(
  input: ApplyInput,
  record: ResourceRecord,
  evaluated: EvaluatedResource,
): Promise<void> {
  const { run, resource } = input;
  const given = adoptedData(run, resource.name);
  if (resource.type.composed && given) {
    const begun = await beginAdoption(run, record, evaluated, undefined);
    return finishAdoption(run, begun, evaluated, await adoptChild(input, begun, evaluated, given));
  }
  const physicalId = given?.resource_id;
  const begun = await beginAdoption(run, record, evaluated, typeof physicalId === 'string' ? physicalId : undefined);
  if (typeof physicalId !== 'string') {
    const text = 'Resource ID was not provided.';
    throw await fail(
      run,
      begun,
      new ResourceFailure([resource.name], 'Exception', text, 1, resource.typeName, undefined),
    );
  }
  const data = isMap(given?.resource_data) ? (given.resource_data as JsonMap) : {};
  const withData = { ...begun, data, properties: evaluated.properties };
  const call = new DriverCall(run, resource.type, withData, input.waiting);
  const observation = await run.cloud.limiter.run(async () => resource.type.read?.(call.context(), call.reference()));
  finishAdoption(run, { ...withData, metadata: (given?.metadata as Json) ?? begun.metadata }, evaluated, {
    physicalId,
    attributes: observation?.attributes ?? {},
    reference: observation?.reference,
  });
}

async function adoptChild(input: ApplyInput, record: ResourceRecord, evaluated: EvaluatedResource, given: JsonMap) {
  const desired = revealed(evaluated.properties) as JsonMap;
  const finished = await input.children.create(input.run, input.resource, record, desired, input.waiting, given);
  if (finished.state !== 'done') throw new TypeError('an adopted child stack cannot ask to be replaced');
  return { physicalId: finished.physicalId, attributes: finished.attributes, reference: finished.reference };
}

async function beginAdoption(
  run: Run,
  record: ResourceRecord,
  evaluated: EvaluatedResource,
  physicalId: string | undefined,
): Promise<ResourceRecord> {
  const intent: Intent = { token: newId(), verb: 'check', attempt: 1, operationId: run.operation.id };
  const { record: begun, entry } = run.changed(record, {
    action: 'ADOPT',
    status: 'IN_PROGRESS',
    statusReason: 'state changed',
    physicalId,
    intent,
    policies: evaluated.policies,
    requires: evaluated.requires,
    metadata: evaluated.metadata,
  });
  await run.record(entry);
  return begun;
}

function finishAdoption(
  run: Run,
  begun: ResourceRecord,
  evaluated: EvaluatedResource,
  outcome: { readonly physicalId: string; readonly attributes: JsonMap; readonly reference: Json | undefined },
): void {
  const latest = run.records.get(begun.id) ?? begun;
  const { entry } = run.changed(
    { ...latest, data: begun.data, metadata: begun.metadata },
    {
      status: 'COMPLETE',
      statusReason: 'state changed',
      intent: undefined,
      physicalId: outcome.physicalId,
      reference: outcome.reference,
      attributes: sealed(outcome.attributes, secretTexts(evaluated.properties)) as ValueMap,
      properties: evaluated.properties,
      definitionDigest: evaluated.definitionDigest,
    },
  );
  run.recordSoon(entry);
}

function adoptedData(run: Run, name: string): JsonMap | undefined {
  const resources = run.operation.options.adopt?.resources;
  const entry = isMap(resources) ? (resources as JsonMap)[name] : undefined;
  return isMap(entry) ? (entry as JsonMap) : undefined;
}
