import type {
  Outcome,
  Progress,
  PropertyChange,
  ResourceContext,
  ResourceRef,
  ResourceType,
} from '../../src/engine/drivers/resource-type.js';
import { physicalName } from '../../src/engine/model/ids.js';
import { type Json, type JsonMap, sameValue } from '../../src/engine/model/value.js';
import type { Cloud } from '../../src/resources/clouds/cloud.js';
import {
  createSimulatedCloud,
  type SimulatedCloudOptions,
} from '../../src/resources/clouds/simulated/simulated-cloud.js';
import { createTypeRegistry } from '../../src/resources/type-registry.js';
import { MemoryWorld } from './memory-world.js';
import { StepClock } from './step-clock.js';

/** A made resource. */
export interface Made extends Outcome {
  readonly ref: ResourceRef;
  readonly type: ResourceType<Cloud>;
  readonly ctx: ResourceContext<Cloud>;
  /** What `get_resource` and `Ref` give. */
  readonly referred: string;
}

/** Runs the verbs of resource types against a simulated cloud, as the executor does: polling until they are done. */
export class TypeBench {
  readonly world = new MemoryWorld();
  readonly clock = new StepClock();
  readonly cloud: Cloud;
  readonly registry = createTypeRegistry();
  #count = 0;

  constructor(options: Partial<SimulatedCloudOptions> = {}) {
    this.cloud = createSimulatedCloud({ world: this.world, clock: this.clock, ...options });
  }

  type(name: string, prefer: 'heat' | 'aws' = name.startsWith('AWS::') ? 'aws' : 'heat'): ResourceType<Cloud> {
    const type = this.registry.resolve(name, { prefer });
    if (!type) throw new Error(`no type ${name}`);
    return type;
  }

  context(type: string, name: string, token = `token-${++this.#count}`): ResourceContext<Cloud> {
    const uuid = `00000000-0000-4000-8000-${String(++this.#count).padStart(12, '0')}`;
    return {
      cloud: this.cloud,
      resource: {
        uuid,
        name,
        type,
        physicalName: physicalName('stack', name, uuid),
        metadata: {},
        updatePolicy: {},
        creationPolicy: {},
      },
      stack: {
        id: 'stack-id',
        name: 'stack',
        projectId: 'project',
        region: 'us-east-1',
        tags: {},
        deadline: Number.MAX_SAFE_INTEGER,
      },
      token,
      attempt: 1,
      signal: new AbortController().signal,
      clock: this.clock,
      log: () => undefined,
    };
  }

  async settle(
    type: ResourceType<Cloud>,
    ctx: ResourceContext<Cloud>,
    ref: ResourceRef,
    first: Progress,
    verb: 'create' | 'update' | 'delete' | 'suspend' | 'resume' | 'snapshot',
  ): Promise<Outcome> {
    let progress = first;
    let physicalId = ref.physicalId;
    for (let steps = 0; steps < 1000; steps++) {
      if (progress.state === 'done') return progress;
      if (progress.state === 'replace') throw new Error(`replace: ${progress.why}`);
      physicalId = progress.physicalId ?? physicalId;
      this.clock.move(progress.pollAfterMs);
      if (!type.poll) throw new Error('pending without poll');
      progress = await type.poll(ctx, { ...ref, physicalId }, progress.checkpoint, verb);
    }
    throw new Error('never done');
  }

  async create(
    typeName: string,
    properties: JsonMap,
    options: { name?: string; prefer?: 'heat' | 'aws'; token?: string } = {},
  ): Promise<Made> {
    const type = this.type(typeName, options.prefer);
    const name = options.name ?? 'thing';
    const ctx = this.context(typeName, name, options.token);
    const empty: ResourceRef = {
      uuid: ctx.resource.uuid,
      name,
      physicalId: undefined,
      properties,
      data: {},
      metadata: {},
    };
    const outcome = await this.settle(type, ctx, empty, await type.create(ctx, properties), 'create');
    const ref: ResourceRef = { ...empty, physicalId: outcome.physicalId, data: outcome.data ?? {} };
    return { ...outcome, ref, type, ctx, referred: String(outcome.reference ?? outcome.physicalId) };
  }

  async update(made: Made, after: JsonMap): Promise<Made> {
    const change = changeBetween(made.ref.properties, after);
    if (!made.type.update) throw new Error('no update');
    const ctx = { ...made.ctx, token: `${made.ctx.token}/update-${++this.#count}` };
    const outcome = await this.settle(
      made.type,
      ctx,
      made.ref,
      await made.type.update(ctx, made.ref, change),
      'update',
    );
    const ref: ResourceRef = {
      ...made.ref,
      properties: after,
      physicalId: outcome.physicalId,
      data: outcome.data ?? {},
    };
    return { ...made, ...outcome, ref, ctx };
  }

  /** An attribute as the type tells it when it is asked. */
  async told(made: Made, name: string): Promise<Json> {
    const ref = { ...made.ref, metadata: made.metadata ?? made.ref.metadata };
    return (await made.type.attribute?.(made.ctx, ref, name, [])) ?? null;
  }

  async delete(made: Made): Promise<void> {
    await this.settle(made.type, made.ctx, made.ref, await made.type.delete(made.ctx, made.ref), 'delete');
  }

  /** What the ledger says is still there, by collection. */
  left(): string[] {
    const there = new Map<string, string>();
    for (const { verb, collection, id } of this.world.entries) {
      if (verb === 'create') there.set(`${collection} ${id}`, collection);
      if (verb === 'delete') there.delete(`${collection} ${id}`);
    }
    return [...there.values()];
  }
}

/** The change from one set of properties to another. */
export function changeBetween(before: JsonMap, after: JsonMap): PropertyChange {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return { before, after, changed: [...names].filter((name) => !sameValue(before[name], after[name])) };
}
