import { Diagnostics } from '../model/diagnostic.js';
import { NotSupportedError, ValidationError } from '../model/errors.js';
import type { StackRecord, TemplateRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, setOwn } from '../model/value.js';
import { fetchStoredParameters } from '../operations/fetch-stored-parameters.js';
import { storedEnvironment } from '../planning/build-desired.js';
import { identityOf } from '../planning/stack-identity.js';
import { type Environment, environmentDocument } from '../template/environment/environment.js';
import { parseTemplate } from '../template/parse-template.js';
import { defaultDescription } from './create-stack.js';
import { type Prepared, type PrepareInput, prepare, readEnvironment, storedParameters } from './prepare.js';
import type { Caller, TemplateInput, UpdateInput } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';
import { validateOutside } from './validate-outside.js';

/** Checks an update completely; nothing is written. */
export async function prepareUpdate(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  input: UpdateInput,
): Promise<{ readonly stack: StackRecord; readonly prepared: Prepared }> {
  const stack = await ownStack(parts, caller, stackId);
  if (stack.action === 'SUSPEND')
    throw new NotSupportedError('Updating a stack when it is suspended is not supported.');
  if (stack.action === 'DELETE') throw new NotSupportedError('Updating a stack when it is deleting is not supported.');
  const current = await parts.store.reads.template(stack.templateId);
  const given = current ? completeInput(input, current) : input;
  const previous = (await parts.operations.loader.desired(stack)).parameters;
  const prepared = prepare(parts.prepare, parts.prepare.engine.cloudOf(stack).zones, {
    ...given,
    stack: identityOf(withTags(stack, input)),
    previous,
    nestedDepth: stack.nestedDepth,
    isAdmin: caller.isAdmin,
    storedParameters: await fetchStoredParameters(parts.prepare.engine, stack, given),
  } satisfies PrepareInput);
  await validateOutside(parts.prepare.engine, stack, prepared.desired);
  return { stack, prepared };
}

/** The stack with the tags that an update brings. */
export function withTags(stack: StackRecord, { tagMap }: Pick<UpdateInput, 'tagMap'>): StackRecord {
  return tagMap ? { ...stack, extra: { ...stack.extra, tagMap: { ...tagMap } } } : stack;
}

/** Begins an update: checked and durable when it resolves. A running operation is superseded. */
export async function updateStack(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  input: UpdateInput,
): Promise<StackRecord> {
  const { stack, prepared } = await prepareUpdate(parts, caller, stackId, input);
  const moved = { ...prepared.desired.environment.moved, ...input.moved };
  const tags = input.tags ?? (input.existing || input.tagMap ? stack.tags : []);
  const { operations } = parts;
  const { importing: _, ...extra } = stack.extra;
  const stackPolicy = input.stackPolicy ?? extra.stackPolicy;
  const begun = await operations.begin((await operations.stack(stack.id)) ?? stack, {
    action: 'UPDATE',
    template: prepared.record,
    desired: prepared.desired,
    options: {
      ...(input.converge ? { converge: true } : {}),
      ...(Object.keys(moved).length > 0 ? { moved } : {}),
      ...(isMap(stackPolicy) ? { stackPolicy: stackPolicy as JsonMap } : {}),
      ...(input.adoptData ? { adopt: input.adoptData } : {}),
    },
    patch: {
      description: prepared.desired.template.description ?? defaultDescription(prepared),
      timeoutMins: input.timeoutMins ?? stack.timeoutMins,
      disableRollback: input.disableRollback ?? stack.disableRollback,
      tags,
      extra: { ...extra, ...input.extra, ...(input.tagMap ? { tagMap: { ...input.tagMap } } : {}) },
    },
    ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
  });
  return begun.stack;
}

/** What an update leaves out and the stack has already: Heat's PATCH, CloudFormation's previous values. */
function completeInput(input: UpdateInput, current: TemplateRecord): TemplateInput {
  if (!input.existing)
    return { ...input, ...previousTemplate(input, current), parameters: withPrevious(input, current) };
  const diagnostics = new Diagnostics();
  const base = storedEnvironment(current);
  const given = readEnvironment(input, diagnostics);
  if (!given || diagnostics.hasErrors) throw new ValidationError(diagnostics.all);
  const kept = { ...base.parameters };
  for (const name of input.clearParameters ?? []) delete kept[name];
  const template = input.template ?? current.text ?? current.document;
  return {
    template,
    files: { ...current.files, ...input.files },
    environment: { ...environmentDocument(patched(base, given)), parameters: {} },
    parameters: declaredOnly(template, { ...kept, ...given.parameters }),
  };
}

/** What a PATCH's environment leaves of the stack's: single values and single mappings change, the rest stays. */
function patched(base: Environment, given: Environment): Environment {
  return {
    ...base,
    parameter_defaults: { ...base.parameter_defaults, ...given.parameter_defaults },
    resource_registry: mergedDeeply(base.resource_registry, given.resource_registry),
    event_sinks: [...base.event_sinks, ...given.event_sinks],
    moved: { ...base.moved, ...given.moved },
  };
}

function mergedDeeply(base: JsonMap, given: JsonMap): JsonMap {
  const merged: JsonMap = { ...base };
  for (const [key, value] of Object.entries(given)) {
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
    setOwn(merged, key, isMap(before) && isMap(value) ? mergedDeeply(before as JsonMap, value as JsonMap) : value);
  }
  return merged;
}

/** Values of parameters that the template does not have are dropped, also those that were just given. */
function declaredOnly(template: string | JsonMap, parameters: { readonly [name: string]: Json }): JsonMap {
  const { template: parsed } = parseTemplate(template);
  const declared = parsed?.parameters;
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !declared || declared.has(name)));
}

function previousTemplate(input: UpdateInput, current: TemplateRecord): TemplateInput {
  return input.template === undefined
    ? { template: current.text ?? current.document, files: { ...current.files, ...input.files } }
    : {};
}

function withPrevious(input: UpdateInput, current: TemplateRecord): JsonMap {
  const stored = storedParameters(current);
  const previous = (input.usePreviousValues ?? []).filter((name) => Object.hasOwn(stored, name));
  return { ...Object.fromEntries(previous.map((name) => [name, stored[name] ?? null])), ...input.parameters };
}
