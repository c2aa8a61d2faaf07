import { InvalidRequestError } from '../../model/errors.js';
import type { ResourceRecord } from '../../model/records.js';
import { sameValue, type Value } from '../../model/value.js';
import { importersOf } from '../../operations/export-uses.js';
import { createLookupSource } from '../../operations/lookup-sources.js';
import { knownByRecord } from '../../operations/stack-loader.js';
import { decide } from '../../planning/decide.js';
import type { EvaluatedResource } from '../../planning/desired.js';
import { evaluateOutput } from '../../planning/evaluate-output.js';
import { evaluateResource } from '../../planning/evaluate-resource.js';
import { evaluateWithLookups, LookupCache, type LookupSource } from '../../planning/lookups.js';
import type { StackScope } from '../../planning/scope.js';
import { EvaluationError } from '../../template/expression.js';
import type { ServiceParts } from '../service-parts.js';
import type { Participant } from './gather-stacks.js';
import type { RefactorMove } from './refactor-requests.js';

/** What a participating stack is after the refactoring. */
export interface Refactored {
  readonly participant: Participant;
  /** Records by their new names, with what the new template says of them besides properties. */
  readonly records: readonly ResourceRecord[];
  readonly exports: readonly { readonly name: string; readonly value: Value }[];
}

/**
 * Evaluates every template over the resources as they will be, with each other's exports, and refuses if anything
 * would have to change: a refactoring moves, it does not touch.
 */
export async function checkUnchanged(
  parts: ServiceParts,
  participants: readonly Participant[],
  moves: readonly RefactorMove[],
): Promise<Refactored[]> {
  const worlds = participants.map((participant) => new World(parts, participant, moves));
  const exportsOfAll = new SharedExports(parts, worlds);
  for (const world of worlds) world.shared = exportsOfAll;
  const results: Refactored[] = [];
  for (const world of worlds) {
    const records = await world.evaluateRecords();
    results.push({ participant: world.participant, records, exports: await exportsOfAll.of(world) });
  }
  await refuseLostExports(parts, results);
  return results;
}

/** One stack as it will be. */
class World {
  readonly participant: Participant;
  readonly #parts: ServiceParts;
  readonly #records = new Map<string, ResourceRecord>();
  shared: SharedExports | undefined;

  constructor(parts: ServiceParts, participant: Participant, moves: readonly RefactorMove[]) {
    this.#parts = parts;
    this.participant = participant;
    for (const record of participant.records.values()) {
      const leaves = moves.some(({ from }) => from.stack === participant.name && from.resource === record.name);
      if (!leaves) this.#records.set(record.name, record);
    }
    for (const { to, record } of moves) {
      if (to.stack === participant.name)
        this.#records.set(to.resource, { ...record, name: to.resource, stackId: participant.stack.id });
    }
  }

  evaluate<T>(work: (scope: StackScope) => T): Promise<T> {
    const { operations } = this.#parts;
    const { stack, prepared } = this.participant;
    const { desired } = prepared;
    const cache = new LookupCache();
    const scope = operations.loader.scope(
      stack,
      desired,
      (name) => knownByRecord(desired, name, this.#records.get(name)),
      cache,
    );
    const own = createLookupSource(
      operations.parts,
      stack,
      (name) => {
        const record = this.#records.get(name);
        return record && { record, type: desired.resources.get(name)?.type };
      },
      operations.views,
    );
    const source: LookupSource = async (lookup) => {
      const shared = lookup.kind === 'export' ? await this.shared?.find(lookup.name) : undefined;
      return shared ? shared.value : own(lookup);
    };
    return evaluateWithLookups(() => work(scope), cache, source);
  }

  async evaluateRecords(): Promise<ResourceRecord[]> {
    const { desired } = this.participant.prepared;
    const results: ResourceRecord[] = [];
    for (const resource of desired.resources.values()) {
      const record = this.#records.get(resource.name);
      if (!record)
        throw new InvalidRequestError(
          `Stack refactor does not support creating resources: [${this.participant.name}/${resource.name}].`,
        );
      const { evaluated } = await this.evaluate((scope) => evaluateResource(desired, resource, scope));
      const decision = decide(
        { ...evaluated, typeName: resource.typeName, type: resource.type },
        [record],
        this.participant.stack.origin,
      );
      const isSame = decision.action === 'none' || (decision.action === 'update' && decision.changed.length === 0);
      if (!isSame) {
        throw new InvalidRequestError(
          `Stack refactor does not support changing resources: [${this.participant.name}/${resource.name}]${decision.changed.length > 0 ? ` (properties: [${decision.changed.join(', ')}])` : ''}.`,
        );
      }
      results.push(follow(record, evaluated));
    }
    return results;
  }

  async exports(): Promise<{ name: string; value: Value }[]> {
    const found: { name: string; value: Value }[] = [];
    for (const declaration of this.participant.prepared.desired.template.outputs.values()) {
      if (!declaration.exportName) continue;
      const output = await this.evaluate((scope) => evaluateOutput(declaration, scope));
      if (output?.exportName !== undefined && output.value !== undefined)
        found.push({ name: output.exportName, value: output.value });
    }
    return found;
  }
}

/** What the new declaration brings besides properties. */
function follow(
  record: ResourceRecord,
  { metadata, policies, requires, definitionDigest }: EvaluatedResource,
): ResourceRecord {
  return { ...record, metadata, policies, requires, definitionDigest, replaces: undefined, replacedBy: undefined };
}

/** The exports of all stacks that take part: what they had before counts no more. */
class SharedExports {
  readonly #parts: ServiceParts;
  readonly #worlds: readonly World[];
  readonly #known = new Map<World, Promise<{ name: string; value: Value }[]>>();
  readonly #busy = new Set<World>();

  constructor(parts: ServiceParts, worlds: readonly World[]) {
    this.#parts = parts;
    this.#worlds = worlds;
  }

  of(world: World): Promise<{ name: string; value: Value }[]> {
    const known = this.#known.get(world);
    if (known) return known;
    this.#busy.add(world);
    const made = world.exports().finally(() => this.#busy.delete(world));
    this.#known.set(world, made);
    return made;
  }

  async find(name: string): Promise<{ readonly value: Value } | undefined> {
    for (const world of this.#worlds) {
      // Outputs that wait for each other would wait for ever.
      if (this.#busy.has(world)) continue;
      const found = (await this.of(world)).find((one) => one.name === name);
      if (found) return found;
    }
    const row = await this.#parts.store.db
      .selectFrom('exports')
      .select('stack_id')
      .where('name', '=', name)
      .where(
        'stack_id',
        'in',
        this.#worlds.map(({ participant }) => participant.stack.id),
      )
      .executeTakeFirst();
    if (row) throw new EvaluationError(`No export named ${name} found.`);
    return undefined;
  }
}

/** Stacks outside of the refactoring go on importing what they import. */
async function refuseLostExports({ store, operations }: ServiceParts, results: readonly Refactored[]): Promise<void> {
  const ids = new Set(results.map(({ participant }) => participant.stack.id));
  const after = results.flatMap(({ exports }) => exports);
  const twice = after.find(({ name }, index) => after.findIndex((one) => one.name === name) !== index);
  if (twice) throw new InvalidRequestError(`Export with name ${twice.name} is exported by more than one stack.`);
  for (const { participant } of results) {
    const before = await store.db
      .selectFrom('exports')
      .select(['name', 'body'])
      .where('stack_id', '=', participant.stack.id)
      .execute();
    for (const { name, body } of before) {
      const now = after.find((one) => one.name === name);
      if (now && sameValue(now.value, store.codec.decode<Value>(body))) continue;
      const importers = (await importersOf(store, operations.loader, participant.stack, name)).filter(
        ({ id }) => !ids.has(id),
      );
      if (importers.length === 0) continue;
      throw new InvalidRequestError(
        `Export ${name} cannot be ${now ? 'updated' : 'deleted'} as it is in use by ${importers.map((one) => one.name).join(', ')}`,
      );
    }
  }
}
