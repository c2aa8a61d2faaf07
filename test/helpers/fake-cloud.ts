import type { PropertySchema, ResourceSchema } from '../../src/engine/drivers/resource-schema.js';
import type {
  Observation,
  Outcome,
  Progress,
  ResourceContext,
  ResourceRef,
  ResourceType,
  Verb,
} from '../../src/engine/drivers/resource-type.js';
import { MissingError, RejectedError, UncertainError } from '../../src/engine/model/errors.js';
import type { Json, JsonMap } from '../../src/engine/model/value.js';

/** One thing that really exists. */
export interface Thing {
  readonly id: string;
  readonly type: string;
  readonly stackId: string;
  readonly name: string;
  readonly token: string;
  properties: JsonMap;
  isSuspended: boolean;
  readyAt: number;
}

/** What really happened, in order. */
export interface Deed {
  readonly verb: string;
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** What is to happen to calls instead of going well. */
export interface Rule {
  readonly name?: string;
  readonly verb?: Verb | 'read' | 'find' | 'poll' | 'attribute';
  /** How many calls it hits; all of them if absent. */
  times?: number;
  /** Matching calls that go well before. */
  skip?: number;
  /** Thrown before anything happens. */
  readonly error?: () => Error;
  /** It happens, but this is thrown. */
  readonly lose?: boolean | (() => Error);
  /** The call waits until the promise resolves; an abort ends it, with the effect left undone. */
  readonly until?: Promise<unknown>;
  /** What was made goes to an error state: its poll throws this. */
  readonly breaks?: () => Error;
}

export type CallPoint = 'before' | 'during' | 'after';

/** Where the fake world differs from an obliging one. */
export interface KindOptions {
  readonly deleteBeforeReplace?: boolean;
  /** Creates cannot be looked up by token; they are idempotent instead. */
  readonly noFind?: boolean;
  readonly noUpdate?: boolean;
  readonly onEveryUpdate?: 'update' | 'replace';
  readonly replaceFailed?: boolean;
  readonly timeoutMs?: number;
  readonly properties?: { readonly [name: string]: PropertySchema };
}

const text = (onChange: PropertySchema['onChange'], more: Partial<PropertySchema> = {}): PropertySchema => ({
  type: 'string',
  required: false,
  onChange,
  ...more,
});

/** Kinds of things that tests declare as resource types. */
export const KINDS: { readonly [type: string]: KindOptions } = {
  'Fake::Thing': {},
  'Fake::Idempotent': { noFind: true },
  'Fake::Unique': { deleteBeforeReplace: true },
  'Fake::Fixed': { noUpdate: true },
  'Fake::Visited': { onEveryUpdate: 'update' },
  'Fake::Renewed': { onEveryUpdate: 'replace' },
  'Fake::Sturdy': { replaceFailed: false },
  'Fake::Hasty': { timeoutMs: 5000 },
};

/**
 * A world outside of the engine's store with a ledger of its own, hand-written drivers for it, and rules that make calls
 * fail, hang or lose their answers. It can be copied at any moment, as a crash would find it.
 */
export class FakeCloud {
  things = new Map<string, Thing>();
  ledger: Deed[] = [];
  readonly calls: { readonly verb: string; readonly name: string; readonly token: string; readonly attempt: number }[] =
    [];
  readonly rules: Rule[] = [];
  /** Milliseconds until what is created, updated or deleted has settled; 0: at once. */
  latencyMs = 0;
  /** Called around every verb that changes the world. */
  onCall: ((point: CallPoint, verb: string, name: string) => void) | undefined;
  #count = 0;

  /** The same world, as somebody who comes later finds it. */
  copy(): FakeCloud {
    const copy = new FakeCloud();
    copy.things = new Map([...this.things].map(([id, thing]) => [id, structuredClone(thing)]));
    copy.ledger = [...this.ledger];
    copy.latencyMs = this.latencyMs;
    copy.#count = this.#count;
    for (const [id, breaks] of this.#broken) copy.#broken.set(id, breaks);
    copy.rules.push(...this.rules.map((rule) => ({ ...rule })));
    return copy;
  }

  rule(rule: Rule): void {
    this.rules.push(rule);
  }

  /** `<type> <name> <properties>` of everything there is, sorted. */
  inventory(): string[] {
    return [...this.things.values()]
      .map(
        ({ type, name, properties, isSuspended }) =>
          `${type} ${name} ${JSON.stringify(sorted(properties))}${isSuspended ? ' suspended' : ''}`,
      )
      .sort();
  }

  /** Tokens that made more than one thing. */
  doubles(): string[] {
    const made = this.ledger.filter(({ verb }) => verb === 'create').map(({ token }) => token);
    return made.filter((token, index) => made.indexOf(token) !== index);
  }

  /** The verbs of the ledger: `create a`, `delete b` …, from the given place on. */
  deeds(from = 0): string[] {
    return this.ledger.slice(from).map(({ verb, name }) => `${verb} ${name}`);
  }

  named(name: string): Thing[] {
    return [...this.things.values()].filter((thing) => thing.name === name);
  }

  types(): Map<string, ResourceType> {
    return new Map(Object.entries(KINDS).map(([name, options]) => [name, this.#type(name, options)]));
  }

  async #call<T>(
    ctx: ResourceContext,
    verb: NonNullable<Rule['verb']>,
    effect: () => T,
    /** An idempotent service recognises the token before it refuses anything. */
    isRecognised = () => false,
  ): Promise<T> {
    const { name } = ctx.resource;
    this.calls.push({ verb, name, token: ctx.token, attempt: ctx.attempt });
    const changes = verb !== 'read' && verb !== 'find' && verb !== 'poll' && verb !== 'attribute';
    if (changes) this.onCall?.('before', verb, name);
    const rule = this.#ruleFor(verb, name);
    const error = rule?.error?.();
    if (error && !(error instanceof RejectedError && isRecognised())) throw error;
    if (rule?.until) await untilOrAbort(rule.until, ctx.signal);
    // A call takes a while: an engine that dies meanwhile has not heard the answer.
    await undefined;
    this.#breaking = rule?.breaks;
    const answer = effect();
    if (changes) this.onCall?.('during', verb, name);
    await undefined;
    if (rule?.lose) throw typeof rule.lose === 'function' ? rule.lose() : new UncertainError('the answer was lost');
    if (changes) this.onCall?.('after', verb, name);
    return answer;
  }

  readonly #broken = new Map<string, () => Error>();
  #breaking: (() => Error) | undefined;

  #ruleFor(verb: string, name: string): Rule | undefined {
    for (const rule of this.rules) {
      if (
        rule.times === 0 ||
        (rule.verb !== undefined && rule.verb !== verb) ||
        (rule.name !== undefined && rule.name !== name)
      )
        continue;
      if (rule.skip !== undefined && rule.skip > 0) {
        rule.skip--;
        continue;
      }
      if (rule.times !== undefined) rule.times--;
      return rule;
    }
    return undefined;
  }

  #deed(verb: string, thing: Pick<Thing, 'id' | 'name'>, token: string): void {
    this.ledger.push({ verb, id: thing.id, name: thing.name, token });
  }

  #settling(ctx: ResourceContext, thing: Thing, data: JsonMap): Progress {
    if (this.latencyMs === 0 && !this.#broken.has(thing.id)) return { state: 'done', ...outcomeOf(thing, data) };
    thing.readyAt = ctx.clock.now() + this.latencyMs;
    return { state: 'pending', physicalId: thing.id, checkpoint: { id: thing.id, data }, pollAfterMs: this.latencyMs };
  }

  #type(typeName: string, options: KindOptions): ResourceType {
    const existing = (ref: ResourceRef): Thing => {
      const thing = ref.physicalId === undefined ? undefined : this.things.get(ref.physicalId);
      if (!thing)
        throw new MissingError(`${ref.physicalId ?? ref.name} could not be found`, { reasonClass: 'NotFound' });
      return thing;
    };
    const act = (verb: 'suspend' | 'resume', isSuspended: boolean) => (ctx: ResourceContext, ref: ResourceRef) =>
      this.#call(ctx, verb, (): Progress => {
        const thing = existing(ref);
        if (thing.isSuspended !== isSuspended) this.#deed(verb, thing, ctx.token);
        thing.isSuspended = isSuspended;
        return this.#settling(ctx, thing, ref.data);
      });
    return {
      schema: schemaOf(typeName, options),
      ...(options.deleteBeforeReplace ? { deleteBeforeReplace: true } : {}),
      ...(options.onEveryUpdate ? { onEveryUpdate: options.onEveryUpdate } : {}),
      ...(options.replaceFailed === undefined ? {} : { replaceFailed: options.replaceFailed }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      create: (ctx, properties) => {
        const byToken = () =>
          options.noFind ? [...this.things.values()].find(({ token }) => token === ctx.token) : undefined;
        const make = () => {
          const earlier = byToken();
          if (earlier) return this.#settling(ctx, earlier, {});
          const thing: Thing = {
            id: `${ctx.resource.name}-${++this.#count}`,
            type: typeName,
            stackId: ctx.stack.id,
            name: ctx.resource.name,
            token: ctx.token,
            properties: structuredClone(properties),
            isSuspended: false,
            readyAt: 0,
          };
          this.things.set(thing.id, thing);
          if (this.#breaking) this.#broken.set(thing.id, this.#breaking);
          this.#deed('create', thing, ctx.token);
          return this.#settling(ctx, thing, {});
        };
        return this.#call(ctx, 'create', make, () => byToken() !== undefined);
      },
      read: (ctx, ref) =>
        this.#call(ctx, 'read', () => {
          const thing = ref.physicalId === undefined ? undefined : this.things.get(ref.physicalId);
          return thing && observationOf(thing, ref.data);
        }),
      ...(options.noFind
        ? {}
        : {
            find: (ctx: ResourceContext) =>
              this.#call(ctx, 'find', (): Observation | undefined => {
                const thing = [...this.things.values()].find(({ token }) => token === ctx.token);
                if (!thing) return undefined;
                if (thing.readyAt <= ctx.clock.now() && !this.#broken.has(thing.id)) return observationOf(thing, {});
                return {
                  ...observationOf(thing, {}),
                  unfinished: { checkpoint: { id: thing.id, data: {} }, pollAfterMs: this.latencyMs },
                };
              }),
          }),
      ...(options.noUpdate
        ? {}
        : {
            update: (ctx: ResourceContext, ref: ResourceRef, change: { readonly after: JsonMap }) =>
              this.#call(ctx, 'update', (): Progress => {
                const thing = existing(ref);
                if (change.after.value === 'wants another') return { state: 'replace', why: 'it said so' };
                thing.properties = structuredClone(change.after);
                this.#deed('update', thing, ctx.token);
                return this.#settling(ctx, thing, ref.data);
              }),
          }),
      delete: (ctx, ref) =>
        this.#call(ctx, 'delete', (): Progress => {
          const thing = ref.physicalId === undefined ? undefined : this.things.get(ref.physicalId);
          const gone: Progress = { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
          if (!thing) return gone;
          this.things.delete(thing.id);
          this.#deed('delete', thing, ctx.token);
          if (this.latencyMs === 0) return gone;
          return { state: 'pending', checkpoint: { id: thing.id }, pollAfterMs: this.latencyMs };
        }),
      poll: (ctx, ref, checkpoint, verb) =>
        this.#call(ctx, 'poll', (): Progress => {
          const { id, data } = checkpoint as { id: string; data?: JsonMap };
          if (verb === 'delete') return { state: 'done', physicalId: id, attributes: {} };
          const breaks = this.#broken.get(id);
          if (breaks) throw breaks();
          const thing = this.things.get(id);
          if (!thing) throw new MissingError(`${id} could not be found`, { reasonClass: 'NotFound' });
          const left = thing.readyAt - ctx.clock.now();
          if (left > 0) return { state: 'pending', physicalId: id, checkpoint, pollAfterMs: left };
          return { state: 'done', ...outcomeOf(thing, data ?? ref.data) };
        }),
      check: (ctx, ref) =>
        this.#call(ctx, 'check', (): Progress => ({ state: 'done', ...outcomeOf(existing(ref), ref.data) })),
      suspend: act('suspend', true),
      resume: act('resume', false),
      snapshot: (ctx, ref) =>
        this.#call(ctx, 'snapshot', (): Progress => {
          const thing = existing(ref);
          const earlier = this.ledger.find(({ verb, token }) => verb === 'snapshot' && token === ctx.token);
          const id = earlier?.id ?? `copy-of-${thing.id}-${++this.#count}`;
          if (!earlier) this.ledger.push({ verb: 'snapshot', id, name: thing.name, token: ctx.token });
          return this.#settling(ctx, thing, { ...ref.data, copy: id });
        }),
      restore: (properties, snapshot) => ({
        ...properties,
        other: `from ${String(snapshot.copy).replace(/-\d+/g, '')}`,
      }),
      attribute: (ctx, ref, name) =>
        this.#call(ctx, 'attribute', (): Json => (name === 'live' ? (existing(ref).properties.value ?? null) : null)),
    };
  }
}

function outcomeOf(thing: Thing, data: JsonMap): Outcome {
  const { id, properties } = thing;
  return { physicalId: id, attributes: { value: properties.value ?? null, id }, data };
}

function observationOf(thing: Thing, data: JsonMap): Observation {
  return { ...outcomeOf(thing, data), properties: structuredClone(thing.properties), healthy: true };
}

function schemaOf(type: string, options: KindOptions): ResourceSchema {
  return {
    type,
    origin: 'heat',
    properties: {
      value: text('update'),
      other: text('update'),
      fixed: text('replace'),
      pinned: text('immutable'),
      password: text('update', { secret: true }),
      needs: { type: 'list', required: false, onChange: 'update' },
      ...options.properties,
    },
    attributes: { value: { type: 'string' }, id: { type: 'string' }, live: { type: 'string', live: true } },
    supportStatus: { status: 'SUPPORTED', version: null, message: null, previous: null },
    nameLimit: 255,
    className: 'Thing',
    canSnapshot: true,
    capabilities: { check: true, suspend: true, signal: false },
  };
}

function sorted(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function untilOrAbort(until: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    until.then(resolve, reject);
  });
}
