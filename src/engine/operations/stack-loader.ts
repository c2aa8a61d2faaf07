import type { ResourceType } from '../drivers/resource-type.js';
import { InvariantError } from '../model/errors.js';
import type { ResourceRecord, StackRecord, TemplateRecord } from '../model/records.js';
import type { Json } from '../model/value.js';
import { buildDesired } from '../planning/build-desired.js';
import type { DesiredStack } from '../planning/desired.js';
import { type EvaluatedOutput, evaluateOutput } from '../planning/evaluate-output.js';
import { evaluateWithLookups, LookupCache, LookupNeeded } from '../planning/lookups.js';
import { type KnownResource, StackScope } from '../planning/scope.js';
import { identityOf } from '../planning/stack-identity.js';
import type { ChildViews } from './child-view.js';
import type { EngineParts } from './engine-parts.js';
import { createLookupSource } from './lookup-sources.js';

/** How many stacks' parsed templates are kept; a parsed template of 10,000 resources takes some 20 MB. */
const CACHED_STACKS = 200;

/** Brings stored stacks back to what can be evaluated: templates parsed, parameters resolved, types found. */
export class StackLoader {
  readonly #parts: EngineParts;
  readonly #cache = new Map<string, DesiredStack>();
  /** Templates that are being read: who asks meanwhile waits for the same. */
  readonly #loading = new Map<string, Promise<DesiredStack>>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** What a stack is to be by one of its stored templates (its current one if none is named). */
  async desired(stack: StackRecord, templateId = stack.templateId): Promise<DesiredStack> {
    const known = this.#cache.get(templateId);
    if (known) {
      this.#cache.delete(templateId);
      this.#cache.set(templateId, known);
      return known;
    }
    const loading = this.#loading.get(templateId) ?? this.#load(stack, templateId);
    this.#loading.set(templateId, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(templateId);
    }
  }

  async #load(stack: StackRecord, templateId: string): Promise<DesiredStack> {
    const record = await this.#parts.store.reads.template(templateId);
    if (!record) throw new InvariantError(`template ${templateId} of stack ${stack.id} is not in the store`);
    return this.remember(stack, record);
  }

  /** The same for a template that is just being stored. */
  remember(stack: StackRecord, record: TemplateRecord): DesiredStack {
    const { desired, diagnostics } = buildDesired({
      record,
      stack: identityOf(stack),
      types: this.#parts.types,
      zones: this.#parts.cloudOf(stack).zones,
      strict: false,
      ...(this.#parts.implicit ? { implicit: this.#parts.implicit } : {}),
    });
    if (!desired) {
      throw new InvariantError(
        `the stored template of stack ${stack.id} cannot be read: ${diagnostics[0]?.message ?? ''}`,
      );
    }
    this.keep(desired);
    return desired;
  }

  keep(desired: DesiredStack): void {
    this.#cache.set(desired.record.id, desired);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHED_STACKS && oldest !== undefined) this.#cache.delete(oldest);
  }

  forget(templateId: string): void {
    this.#cache.delete(templateId);
  }

  /** The type of an existing record, whether or not the template still has it. */
  async typeOf(stack: StackRecord, record: ResourceRecord): Promise<ResourceType | undefined> {
    let desired: DesiredStack;
    try {
      desired = await this.desired(stack);
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      // A template that can no longer be read must not keep its stack from being deleted.
      return this.#parts.types.resolve(record.type, stack.origin === 'cfn' ? 'aws' : 'heat');
    }
    const declared = desired.resources.get(record.name);
    if (declared?.typeName === record.type && isSame(declared.type, record)) return declared.type;
    const type = desired.typeNamed(record.type, record.name);
    if (type === undefined || isSame(type, record)) return type;
    // The environment has changed its mind since; what was made is still of the former type.
    return desired.typeNamed(record.standsFor ?? record.type, record.name) ?? type;
  }

  /** A scope over a stack's records, with its lookups. */
  scope(
    stack: StackRecord,
    desired: DesiredStack,
    known: (name: string) => KnownResource,
    lookups: LookupCache,
  ): StackScope {
    return new StackScope({
      template: desired.template,
      stack: identityOf(stack),
      parameters: desired.parameters,
      files: desired.record.files,
      lookups,
      resource: known,
      zones: this.#parts.cloudOf(stack).zones,
      facade: facadeOf(stack),
    });
  }

  /** The same as `outputs` if the records alone tell them: nothing has to be asked of a cloud or of another stack. */
  async plainOutputs(
    stack: StackRecord,
    records: readonly ResourceRecord[],
  ): Promise<readonly EvaluatedOutput[] | undefined> {
    const desired = await this.desired(stack);
    const { scope } = this.#outputScope(stack, desired, records);
    try {
      return [...desired.template.outputs.values()].flatMap((declaration) => evaluateOutput(declaration, scope) ?? []);
    } catch (error) {
      if (error instanceof LookupNeeded) return undefined;
      throw error;
    }
  }

  #outputScope(stack: StackRecord, desired: DesiredStack, records: readonly ResourceRecord[]) {
    const byName = new Map(records.map((record) => [record.name, record]));
    const lookups = new LookupCache();
    const scope = this.scope(stack, desired, (name) => knownByRecord(desired, name, byName.get(name)), lookups);
    return { byName, lookups, scope };
  }

  /** All outputs whose condition holds, evaluated over the given records; an output that cannot be has an error. */
  async outputs(
    stack: StackRecord,
    records: readonly ResourceRecord[],
    children: ChildViews,
  ): Promise<EvaluatedOutput[]> {
    const desired = await this.desired(stack);
    const { byName, lookups, scope } = this.#outputScope(stack, desired, records);
    const source = createLookupSource(
      this.#parts,
      stack,
      (name) => {
        const record = byName.get(name);
        return record && { record, type: desired.resources.get(name)?.type };
      },
      children,
    );
    const outputs: EvaluatedOutput[] = [];
    for (const declaration of desired.template.outputs.values()) {
      const output = await evaluateWithLookups(() => evaluateOutput(declaration, scope), lookups, source);
      if (output) outputs.push(output);
    }
    return outputs;
  }
}

/** What a record lets expressions know of its resource. */
export function knownByRecord(desired: DesiredStack, name: string, record: ResourceRecord | undefined): KnownResource {
  const resource = desired.resources.get(name);
  if (!resource) return { state: 'inactive' };
  // What is being deleted tells nothing any more: asking for an attribute might even make what it needs again.
  if (!record || record.physicalId === undefined || record.action === 'DELETE') return { state: 'pending' };
  return { state: 'there', record, live: (attribute) => isLive(resource.type, attribute) };
}

/** Whether a type is the one that made what a record is about; child stacks are looked after by themselves. */
function isSame(type: ResourceType, record: ResourceRecord): boolean {
  return record.standsFor === undefined || record.childStackId !== undefined || type.schema.type === record.standsFor;
}

function isLive(type: ResourceType, attribute: string): boolean {
  return (
    type.composed !== undefined ||
    type.hasLiveAttributes === true ||
    (type.attribute !== undefined && type.schema.attributes[attribute]?.live === true)
  );
}

function facadeOf(stack: StackRecord): { readonly [part: string]: Json } | undefined {
  const facade = stack.extra.facade;
  return typeof facade === 'object' && facade !== null && !Array.isArray(facade) ? facade : undefined;
}
