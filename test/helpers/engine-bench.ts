import { createEngine, type Engine, type EngineOptions } from '../../src/create-engine.js';
import type { ResourceRecord, StackRecord } from '../../src/engine/model/records.js';
import type { Json, JsonMap } from '../../src/engine/model/value.js';
import type { TypeResolver } from '../../src/engine/planning/type-resolver.js';
import type { Caller, CreateInput, UpdateInput } from '../../src/engine/stacks/requests.js';
import { localCaller } from '../../src/local-caller.js';
import { createTypeRegistry } from '../../src/resources/type-registry.js';
import { FakeClock } from './fake-clock.js';
import { FakeCloud } from './fake-cloud.js';

const registry = createTypeRegistry();

/** An engine over a fake world and a fake clock, with short words for what tests do and see. */
export class EngineBench {
  private constructor(
    readonly engine: Engine,
    readonly cloud: FakeCloud,
    readonly clock: FakeClock,
    readonly logs: string[],
    readonly caller: Caller,
  ) {}

  static async start(
    options: EngineOptions & { fake?: FakeCloud; fakeClock?: FakeClock; as?: Partial<Caller> } = {},
  ): Promise<EngineBench> {
    const { fake = new FakeCloud(), fakeClock = new FakeClock(), as, ...rest } = options;
    const logs: string[] = [];
    const engine = await createEngine({
      clock: fakeClock,
      types: typesOf(fake),
      retry: { random: () => 0 },
      log: (message, fields) => logs.push(`${message} ${JSON.stringify(fields ?? {})}`),
      ...rest,
    });
    return new EngineBench(engine, fake, fakeClock, logs, localCaller(as));
  }

  get stacks() {
    return this.engine.stacks;
  }

  /** Creates a stack and gives it as it is when nothing runs on it any more. */
  async create(template: string | JsonMap, input: Partial<CreateInput> = {}): Promise<StackRecord> {
    return this.settled(await this.begin(template, input));
  }

  async begin(template: string | JsonMap, input: Partial<CreateInput> = {}): Promise<string> {
    return (await this.stacks.create(this.caller, { name: 'web', template, ...input })).id;
  }

  async update(
    id: string,
    template: string | JsonMap | undefined,
    input: Partial<UpdateInput> = {},
  ): Promise<StackRecord> {
    await this.beginUpdate(id, template, input);
    return this.settled(id);
  }

  async beginUpdate(
    id: string,
    template: string | JsonMap | undefined,
    input: Partial<UpdateInput> = {},
  ): Promise<void> {
    await this.stacks.update(
      this.caller,
      id,
      template === undefined ? { existing: true, ...input } : { template, ...input },
    );
  }

  async delete(id: string): Promise<StackRecord> {
    await this.stacks.delete(this.caller, id);
    return this.settled(id);
  }

  async act(id: string, action: Parameters<Engine['stacks']['action']>[2]): Promise<StackRecord> {
    await this.stacks.action(this.caller, id, action);
    return this.settled(id);
  }

  settled(id: string): Promise<StackRecord> {
    return this.stacks.settled(id);
  }

  records(id: string): Promise<ResourceRecord[]> {
    return this.engine.store.reads.resources(id);
  }

  async record(id: string, name: string): Promise<ResourceRecord> {
    const found = (await this.records(id)).filter((record) => record.name === name);
    const [only] = found;
    if (!only || found.length > 1) throw new Error(`${found.length} records of ${name}`);
    return only;
  }

  /** `name: ACTION_STATUS` of every record, in creation order. */
  async states(id: string): Promise<string[]> {
    return (await this.records(id)).map(({ name, action, status }) => `${name}: ${action}_${status}`);
  }

  /** `name ACTION_STATUS` of the events from the given place on (with `reasons`: and their reason). */
  async events(id: string, options: { from?: number; reasons?: boolean } = {}): Promise<string[]> {
    const all = await this.stacks.events(this.caller, id, {});
    return all
      .slice(options.from ?? 0)
      .map(
        ({ event }) =>
          `${event.resourceName} ${event.action}_${event.status}${options.reasons ? ` ${event.reason}` : ''}`,
      );
  }

  async outputs(id: string): Promise<{ [name: string]: Json }> {
    const outputs = await this.stacks.outputs(this.caller, id);
    return Object.fromEntries(outputs.map(({ name, value }) => [name, value]));
  }

  /** Lets everything happen that does not wait for the clock or the world. */
  async turns(count = 60): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets things happen until the condition holds. */
  async until(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
    for (let turn = 0; turn < 5000; turn++) {
      if (await condition()) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`${what} never held`);
  }

  async close(graceMs = 1000): Promise<void> {
    await this.engine.close(graceMs);
  }
}

/** Fake types next to the real ones. */
export function typesOf(fake: FakeCloud): TypeResolver {
  const own = fake.types();
  return {
    resolve: (name, prefer) => own.get(name) ?? registry.resolve(name, { prefer }),
    suggest: () => undefined,
  };
}

/** A template of fake things: `a: { value: 1 }`; `needs` makes references, `type` another kind. */
export function hot(
  resources: { readonly [name: string]: JsonMap & { readonly type?: string; readonly needs?: string[] } },
  outputs: { readonly [name: string]: Json } = {},
): JsonMap {
  const named = Object.entries(resources).map(([name, { type = 'Fake::Thing', needs, section, ...properties }]) => {
    const references = needs ? { needs: needs.map((other) => ({ get_resource: other })) } : {};
    return [name, { type, properties: { ...properties, ...references }, ...((section as JsonMap) ?? {}) }];
  });
  return {
    heat_template_version: '2018-08-31',
    resources: Object.fromEntries(named),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])),
  } as JsonMap;
}
