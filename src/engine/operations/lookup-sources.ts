import type { ResourceRef, ResourceType } from '../drivers/resource-type.js';
import { NotFoundError } from '../model/errors.js';
import { physicalName } from '../model/ids.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, revealed, Secret, type Value } from '../model/value.js';
import type { Lookup, LookupSource } from '../planning/lookups.js';
import { walk } from '../planning/scope.js';
import { EvaluationError } from '../template/expression.js';
import type { ChildViews } from './child-view.js';
import type { EngineParts } from './engine-parts.js';
import { sealed, secretTexts } from './seal-secrets.js';

/** What attribute look-ups need to know of a stack's resources. */
export interface AttributeSubject {
  readonly record: ResourceRecord;
  readonly type: import('../drivers/resource-type.js').ResourceType | undefined;
}

/** Answers what an expression asks beyond its own stack, and attributes that are never taken from the record. */
export function createLookupSource(
  parts: EngineParts,
  stack: StackRecord,
  subject: (resource: string) => AttributeSubject | undefined,
  children: ChildViews,
): LookupSource {
  return async (lookup: Lookup): Promise<Value> => {
    switch (lookup.kind) {
      case 'export':
        return exported(parts, stack, lookup.name);
      case 'stack-output':
        return stackOutput(parts, stack, lookup.stack, lookup.output, children);
      case 'dynamic-reference':
        return dynamicReference(parts, stack, lookup.service, lookup.reference);
      case 'attribute': {
        const found = subject(lookup.resource);
        if (!found) return null;
        if (stack.origin === 'heat' && found.type?.composed?.knows?.(lookup.attribute) === false) {
          throw new EvaluationError(`The Referenced Attribute (${lookup.resource} ${lookup.attribute}) is incorrect.`);
        }
        return readAttribute(
          parts,
          stack,
          found,
          lookup.attribute,
          lookup.path.map((step) => revealed(step)),
          children,
        ).catch((error: unknown) => {
          throw error instanceof NotFoundError ? new EvaluationError(error.message) : error;
        });
      }
    }
  };
}

/** One attribute of a resource as it is now. */
export async function readAttribute(
  parts: EngineParts,
  stack: StackRecord,
  { record, type }: AttributeSubject,
  attribute: string,
  path: readonly Json[],
  children: ChildViews,
): Promise<Value> {
  const secrets = secretTexts(record.properties);
  if (type?.composed && record.childStackId !== undefined) {
    const child = await children.view(record.childStackId);
    if (!child) {
      // Somebody has deleted it: whoever asks is told, instead of being given nothing.
      if (stack.origin !== 'heat') return null;
      throw new EvaluationError(`The Referenced Attribute (${record.name} ${attribute}) is incorrect.`);
    }
    const properties = revealed(record.properties) as JsonMap;
    const value = await type.composed.attribute(child, properties, attribute, path, record.data);
    return sealed(value ?? null, secrets);
  }
  if (type?.attribute && record.physicalId !== undefined) {
    const whole = await type.attribute(attributeContext(parts, stack, record, type), refOf(record), attribute, path);
    return walk(sealed(whole ?? null, secrets), path);
  }
  return walk(record.attributes[attribute] ?? null, path);
}

function refOf(record: ResourceRecord): ResourceRef {
  const { id, name, physicalId, data, metadata } = record;
  // While it is made it has what it is made with.
  const isMade = record.action !== 'CREATE' || record.status === 'COMPLETE';
  const properties = isMade ? record.properties : (record.intent?.desired ?? record.properties);
  return { uuid: id, name, physicalId, properties: revealed(properties) as JsonMap, data, metadata };
}

function attributeContext(parts: EngineParts, stack: StackRecord, record: ResourceRecord, { schema }: ResourceType) {
  return {
    cloud: parts.cloudOf(stack).cloud,
    resource: {
      uuid: record.id,
      name: record.name,
      type: record.type,
      physicalName: physicalName(stack.name, record.name, record.id, schema.nameLimit),
      metadata: record.metadata,
      updatePolicy: record.policies.update,
      creationPolicy: record.policies.creation,
    },
    stack: {
      id: stack.id,
      name: stack.name,
      projectId: stack.projectId,
      region: stack.region,
      tags: {},
      deadline: Number.POSITIVE_INFINITY,
    },
    token: record.id,
    attempt: 1,
    signal: new AbortController().signal,
    clock: parts.clock,
    ...(parts.access ? { stackAccess: parts.access(stack, record) } : {}),
    log: (message: string, fields?: JsonMap) =>
      parts.log(message, { stack: stack.id, resource: record.name, ...fields }),
  };
}

async function exported(parts: EngineParts, stack: StackRecord, name: string): Promise<Value> {
  const row = await parts.store.db
    .selectFrom('exports')
    .select('body')
    .where('project_id', '=', stack.projectId)
    .where('region', '=', stack.region)
    .where('name', '=', name)
    .executeTakeFirst();
  if (!row) throw new EvaluationError(`No export named ${name} found. Rollback requested by user.`);
  return parts.store.codec.decode<Value>(row.body);
}

async function stackOutput(
  parts: EngineParts,
  stack: StackRecord,
  name: string,
  output: string,
  children: ChildViews,
): Promise<Value> {
  const id = name.startsWith('arn:') ? (name.split('/').at(-1) ?? '') : undefined;
  const found = id
    ? await parts.store.reads.stack(id)
    : await parts.store.reads.stackByName(stack.projectId, name, { region: stack.region });
  const view = found?.projectId === stack.projectId ? await children.view(found.id) : undefined;
  const outputs = await view?.outputs();
  const value = outputs && isMap(outputs) ? outputs[output] : undefined;
  if (value === undefined) throw new EvaluationError(`Stack ${name} has no output named ${output}`);
  return value;
}

async function dynamicReference(
  parts: EngineParts,
  stack: StackRecord,
  service: string,
  reference: string,
): Promise<Value> {
  const found = await parts.cloudOf(stack).dynamicReference(stack, service, reference);
  if (!found) throw new EvaluationError(`Could not resolve the dynamic reference {{resolve:${service}:${reference}}}`);
  return found.secret ? new Secret(found.value) : found.value;
}
