import { NotFoundError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, MASK, masked, Unknown } from '../model/value.js';
import { currentRecords } from '../operations/child-view.js';
import { readAttribute } from '../operations/lookup-sources.js';
import type { DesiredStack } from '../planning/desired.js';
import { shownPseudoParameters } from '../planning/pseudo-parameters.js';
import { identityOf } from '../planning/stack-identity.js';
import { environmentDocument } from '../template/environment/environment.js';
import { referencesIn } from '../template/evaluate.js';
import { formatParameter } from '../template/parameters/format-parameter.js';
import { diagnosisOf } from './diagnosis-of.js';
import type { Caller, OutputView, ResourceFilter, ResourceView, StackView } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';
import { guardStackUser } from './stack-user-access.js';

/** A stack with what showing it needs. */
export async function showStack(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  options: { readonly outputs?: boolean } = {},
): Promise<StackView> {
  const stack = await ownStack(parts, caller, stackId, { deleted: true });
  const desired = await parts.operations.loader.desired(stack);
  const parent = stack.parentId === undefined ? undefined : await parts.operations.stack(stack.parentId);
  return {
    stack,
    template: desired.template,
    parameters: shownParameters(desired, stack),
    environment: shownEnvironment(desired),
    files: desired.record.files,
    outputs: options.outputs ? await outputsOf(parts, stack) : undefined,
    parentName: parent?.name,
    text: desired.record.text,
    diagnosis: await diagnosisOf(parts, stack),
  };
}

/** Every parameter as the API shows it, pseudo parameters first. */
export function shownParameters(
  desired: DesiredStack,
  stack: StackRecord | Parameters<typeof shownPseudoParameters>[1],
): { [name: string]: string } {
  const identity = 'status' in stack ? identityOf(stack) : stack;
  const shown = shownPseudoParameters(desired.template, identity);
  for (const [name, declaration] of desired.template.parameters) {
    const value = desired.parameters.get(name);
    if (value !== undefined && !(value instanceof Unknown)) shown[name] = formatParameter(declaration, value);
  }
  return shown;
}

/** The environment with values of hidden parameters masked. */
export function shownEnvironment(desired: DesiredStack): JsonMap {
  const document = environmentDocument(desired.environment);
  const stored = desired.record.environment.parameters;
  const parameters = isMap(stored) ? (masked(stored) as JsonMap) : {};
  for (const [name, declaration] of desired.template.parameters) {
    if (declaration.hidden && Object.hasOwn(parameters, name)) parameters[name] = MASK;
  }
  const defaults = document.parameter_defaults as JsonMap;
  const shownDefaults = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      desired.template.parameters.get(name)?.hidden ? MASK : value,
    ]),
  );
  return { ...document, parameters, parameter_defaults: shownDefaults };
}

/** All outputs, evaluated over the stack as it is now. */
export async function outputsOf(parts: ServiceParts, stack: StackRecord): Promise<OutputView[]> {
  if (stack.deletedAt !== undefined) return [];
  const { operations } = parts;
  const desired = await operations.loader.desired(stack);
  if (desired.template.outputs.size === 0) return [];
  const records = currentRecords(await operations.records(stack.id));
  const outputs = await operations.loader.outputs(stack, records, operations.views);
  return outputs.map(({ name, description, value, error, exportName }) => ({
    name,
    description,
    value: value === undefined ? null : masked(value),
    error,
    exportName,
  }));
}

/** Resources of a stack, of its nested stacks too as deep as is asked for. */
export async function listResources(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  filter: ResourceFilter,
): Promise<ResourceView[]> {
  const root = await ownStack(parts, caller, stackId, { deleted: true });
  for (const name of caller.stackId === undefined ? [] : (filter.names ?? ['']))
    await guardStackUser(parts, caller, root, name);
  const views: ResourceView[] = [];
  const limit = filter.limit ?? Number.POSITIVE_INFINITY;
  let isPastMarker = filter.marker === undefined;
  const visit = async (stack: StackRecord, depth: number): Promise<void> => {
    const records = currentRecords(await parts.operations.records(stack.id));
    const context = await resourceContext(parts, stack, records);
    for (const record of records) {
      if (views.length >= limit) return;
      const nested = record.childStackId === undefined ? undefined : await parts.operations.stack(record.childStackId);
      if (isPastMarker && matches(record, filter)) {
        views.push(await resourceView(parts, stack, record, context, nested, filter.attributes === true));
      }
      if (isMarker(record, stack.id === root.id, filter.marker)) isPastMarker = true;
      if (nested && depth > 0) await visit(nested, depth - 1);
    }
  };
  await visit(root, filter.nestedDepth ?? 0);
  return views;
}

function isMarker(record: ResourceRecord, isTop: boolean, marker: string | undefined): boolean {
  if (marker === undefined) return false;
  return record.id === marker || record.physicalId === marker || (isTop && record.name === marker);
}

function matches(record: ResourceRecord, filter: ResourceFilter): boolean {
  const within = (wanted: readonly string[] | undefined, value: string) =>
    wanted === undefined || wanted.includes(value);
  return (
    within(filter.names, record.name) &&
    within(filter.types, record.type) &&
    within(filter.actions, record.action) &&
    within(filter.statuses, record.status) &&
    within(filter.physicalIds, record.physicalId ?? '') &&
    within(filter.ids, record.id)
  );
}

interface ResourceContext {
  readonly desired: DesiredStack;
  readonly requiredBy: ReadonlyMap<string, readonly string[]>;
}

async function resourceContext(
  parts: ServiceParts,
  stack: StackRecord,
  records: readonly ResourceRecord[],
): Promise<ResourceContext> {
  const desired = await parts.operations.loader.desired(stack);
  const requiredBy = new Map<string, string[]>();
  const add = (needed: string, by: string) => {
    const list = requiredBy.get(needed);
    if (!list) requiredBy.set(needed, [by]);
    else if (!list.includes(by)) list.push(by);
  };
  const known = new Set(records.map((record) => record.name));
  for (const record of records) {
    const needs =
      desired.graph.numberOf(record.name) === undefined ? record.requires : desired.graph.requirementsOf(record.name);
    for (const needed of needs) if (known.has(needed)) add(needed, record.name);
  }
  return { desired, requiredBy };
}

async function resourceView(
  parts: ServiceParts,
  stack: StackRecord,
  record: ResourceRecord,
  { desired, requiredBy }: ResourceContext,
  nested: StackRecord | undefined,
  attributes: boolean | readonly string[],
): Promise<ResourceView> {
  return {
    record,
    stack,
    requiredBy: requiredBy.get(record.name) ?? [],
    parentResource: stack.parentResource,
    description: desired.template.resources.get(record.name)?.description,
    attributes: attributes === false ? undefined : await attributesOf(parts, stack, record, desired, attributes),
    nested,
  };
}

/** What Heat's groups tell of their members only if a template refers to it: what is shown otherwise is null. */
const MEMBER_ATTRIBUTES = new Set(['refs', 'refs_map']);

function isReferenced({ template }: DesiredStack, resource: string, attribute: string): boolean {
  const expressions = [
    ...[...template.outputs.values()].map(({ value }) => value),
    ...[...template.resources.values()].map(({ properties }) => properties),
  ];
  return expressions.some((expression) =>
    referencesIn(expression).some((reference) => reference.resource === resource && reference.attribute === attribute),
  );
}

/** Every attribute of the type's schema (and those asked for besides), as far as it can be had. */
async function attributesOf(
  parts: ServiceParts,
  stack: StackRecord,
  record: ResourceRecord,
  desired: DesiredStack,
  extra: true | readonly string[],
): Promise<JsonMap> {
  const type = desired.resources.get(record.name)?.type ?? desired.typeNamed(record.type, record.name);
  const names = new Set([
    ...Object.keys(type?.schema.attributes ?? record.attributes),
    ...(extra === true ? [] : extra),
  ]);
  const asked: readonly string[] = extra === true ? [] : extra;
  const values: JsonMap = {};
  for (const name of names) {
    const isHeld = MEMBER_ATTRIBUTES.has(name) && type?.composed !== undefined && !asked.includes(name);
    if (record.physicalId === undefined || (isHeld && !isReferenced(desired, record.name, name))) {
      values[name] = null;
      continue;
    }
    try {
      const { engine } = parts.prepare;
      const value = await readAttribute(engine, stack, { record, type }, name, [], parts.operations.views);
      values[name] = masked(value);
    } catch (error) {
      // One attribute that the cloud cannot tell does not hide the others.
      parts.prepare.engine.log('an attribute could not be read', {
        resource: record.name,
        attribute: name,
        error: String(error),
      });
      values[name] = null;
    }
  }
  return values;
}

/** One resource by its logical id; with attributes if asked for. */
export async function showResource(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  name: string,
  options: { readonly attributes?: boolean | readonly string[] } = {},
): Promise<ResourceView> {
  const stack = await ownStack(parts, caller, stackId);
  await guardStackUser(parts, caller, stack, name);
  const records = currentRecords(await parts.operations.records(stack.id));
  const record = records.find((candidate) => candidate.name === name);
  if (!record) {
    throw new NotFoundError('Resource', name, `The Resource (${name}) could not be found in Stack ${stack.name}.`);
  }
  const nested = record.childStackId === undefined ? undefined : await parts.operations.stack(record.childStackId);
  const context = await resourceContext(parts, stack, records);
  return resourceView(parts, stack, record, context, nested, options.attributes ?? false);
}

/** The metadata of a resource as it is now. */
export async function showMetadata(parts: ServiceParts, caller: Caller, stackId: string, name: string): Promise<Json> {
  return (await showResource(parts, caller, stackId, name)).record.metadata;
}
