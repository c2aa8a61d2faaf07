import type { LedgerEntry, WorldObject, WorldQuery } from '../../../engine/drivers/world-store.js';
import { MissingError, QuotaError, RejectedError } from '../../../engine/model/errors.js';
import { derivedId, newId } from '../../../engine/model/ids.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asNumber, asText } from '../../json-access.js';
import type { CloudCall } from '../cloud.js';
import { looksLikeId } from '../identifiers.js';
import { innerOf, type KindRules } from './kind-rules.js';
import { keyOf, type LiveWorld, matches } from './live-world.js';
import type { SimulatedSettings } from './settings.js';

/** What a turn needs of its cloud. */
export interface TurnSetting {
  readonly world: LiveWorld;
  readonly rules: (kind: string) => KindRules | undefined;
  readonly settings: SimulatedSettings;
  /** Where the search for a free address goes on, per subnet; losing it costs time only. */
  readonly cursors: Map<string, bigint>;
}

/**
 * One request to a simulated service: reads the world, gathers changes, and commits all of them or none. What it changed
 * it sees itself at once.
 */
export class Turn {
  readonly #put = new Map<string, WorldObject>();
  readonly #removed = new Map<string, WorldObject>();
  readonly #added = new Set<string>();
  readonly #newIds = new Set<string>();
  /** What was read already: nobody else writes while the turn lasts. */
  readonly #read = new Map<string, WorldObject>();
  readonly #ledger: LedgerEntry[] = [];

  constructor(
    readonly setting: TurnSetting,
    readonly call: CloudCall,
    readonly now: number,
    /** How long new things stay in their passing state. */
    readonly buildMs: number,
    /** The error state that new things are to end in. */
    readonly errorState: string | undefined,
  ) {}

  /** An id that is the same each time the intent is repeated. */
  newId(kind: string): string {
    const { projectId, token } = this.call;
    return token === undefined ? newId() : derivedId('simulated', projectId, kind, token);
  }

  /** The id under which the world knows a thing whose name is its id. */
  ownKey(name: string): string {
    return `${this.call.projectId}/${this.call.region}/${name}`;
  }

  async get(kind: string, id: string): Promise<WorldObject | undefined> {
    const key = keyOf(kind, id);
    const own = this.#put.get(key);
    if (own) return own;
    if (this.#removed.has(key)) return undefined;
    const read = this.#read.get(key);
    if (read) return read;
    const found = await this.setting.world.get(kind, id);
    if (!found || found.projectId !== this.call.projectId || found.region !== this.call.region) return undefined;
    this.#read.set(key, found);
    return found;
  }

  async find(
    kind: string,
    narrow: { readonly name?: string; readonly parentId?: string; readonly limit?: number },
  ): Promise<WorldObject[]> {
    const query: WorldQuery = { collection: kind, projectId: this.call.projectId, region: this.call.region, ...narrow };
    const { limit, ...unlimited } = query;
    const own = [...this.#put.values()].filter((object) => matches(object, query));
    // Nothing in the store can hang on what this turn only just made.
    if (query.parentId !== undefined && this.#newIds.has(query.parentId))
      return limit === undefined ? own : own.slice(0, limit);
    const touched = this.#put.size + this.#removed.size;
    const found = await this.setting.world.find(
      limit === undefined ? unlimited : { ...unlimited, limit: limit + touched },
    );
    const rest = found.filter(({ id }) => !this.#put.has(keyOf(kind, id)) && !this.#removed.has(keyOf(kind, id)));
    const all = [...rest, ...own];
    return limit === undefined ? all : all.slice(0, limit);
  }

  /** By id, else by unique name, else from what the default world has under that name. */
  async lookUp(kind: string, reference: string): Promise<WorldObject | undefined> {
    const rules = this.setting.rules(kind);
    if (rules?.nameIsId || !rules?.hasOwnIds || looksLikeId(reference)) {
      const byId = await this.get(kind, rules?.nameIsId ? this.ownKey(reference) : reference);
      if (byId) return byId;
    }
    if (!rules?.nameIsId) {
      const named = await this.find(kind, { name: reference, limit: 2 });
      if (named.length > 1) {
        throw new RejectedError(
          `Multiple ${rules?.noun ?? kind} matches found for name '${reference}', use an ID to be more specific.`,
          {
            reasonClass: 'NeutronClientNoUniqueMatch',
          },
        );
      }
      if (named[0]) return named[0];
    }
    return rules?.invent?.(this, reference);
  }

  /** The same; refuses in the service's own words if there is none. */
  async require(kind: string, reference: Json | undefined): Promise<WorldObject> {
    const text = asText(reference) ?? '';
    const found = await this.lookUp(kind, text);
    if (found) return found;
    const missing = this.setting.rules(kind)?.missing(text);
    throw new MissingError(missing?.message ?? `The ${kind} (${text}) could not be found.`, {
      reasonClass: missing?.reasonClass ?? 'EntityNotFound',
    });
  }

  /** The things of a kind that use another thing. */
  async usersOf(kind: string, id: string, limit?: number): Promise<WorldObject[]> {
    const links = await this.find(`${kind}>`, { parentId: id, ...(limit === undefined ? {} : { limit }) });
    const users = await Promise.all(links.map((link) => this.get(kind, link.name ?? '')));
    return users.filter((user) => user !== undefined);
  }

  /** How many of a kind the project may still have, or a refusal. */
  async admit(quota: string, kind: string, more = 1): Promise<void> {
    const limit = this.setting.settings.quotas[quota];
    if (limit === undefined || limit < 0) return;
    const { projectId, region } = this.call;
    const used = await this.setting.world.count(kind, projectId, region);
    if (used + this.#newOf(kind) + more > limit) {
      throw new QuotaError(`Quota exceeded for resources: ['${quota}'].`, { reasonClass: 'OverQuotaClient' });
    }
  }

  /** Adds an object; the intent's token goes to the one that the intent asked for. */
  add(
    kind: string,
    draft: { id: string; name?: string | undefined; parentId?: string | undefined; body: JsonMap },
    token?: string,
  ): WorldObject {
    const { projectId, region } = this.call;
    const object: WorldObject = {
      collection: kind,
      id: draft.id,
      projectId,
      region,
      name: draft.name,
      parentId: draft.parentId,
      token,
      body: draft.body,
      createdAt: this.now,
      updatedAt: this.now,
    };
    const key = keyOf(kind, object.id);
    this.#put.set(key, object);
    this.#removed.delete(key);
    this.#added.add(key);
    this.#newIds.add(object.id);
    this.#relink(object, []);
    return object;
  }

  /** Gives an object a new body (and, if asked, a new name or parent). */
  patch(
    object: WorldObject,
    body: JsonMap,
    moved: { readonly name?: string | undefined; readonly parentId?: string } = {},
  ): WorldObject {
    const patched: WorldObject = { ...object, ...moved, body, updatedAt: this.now };
    this.#put.set(keyOf(object.collection, object.id), patched);
    this.#relink(patched, this.#linksOf(object));
    return patched;
  }

  drop(object: WorldObject): void {
    const key = keyOf(object.collection, object.id);
    this.#put.delete(key);
    this.#added.delete(key);
    this.#removed.set(key, object);
    for (const to of this.#linksOf(object)) this.#removeLink(object, to);
  }

  /** Writes down what really happened. */
  record(verb: string, object: WorldObject, token?: string): void {
    this.#ledger.push({ verb, collection: object.collection, id: object.id, token, at: this.now });
  }

  /** Visible to later turns at once, durable when it resolves. */
  commit(): Promise<void> {
    if (this.#put.size === 0 && this.#removed.size === 0 && this.#ledger.length === 0) return Promise.resolve();
    return this.setting.world.apply({
      put: [...this.#put.values()],
      remove: [...this.#removed.values()],
      ledger: this.#ledger,
      added: [...this.#added].flatMap((key) => this.#put.get(key) ?? []),
    });
  }

  /** The state entries of something new: passing for as long as the call's plan says, then `ready`. */
  settling(passing: string, ready: string, statusKey = 'status', buildMs = this.buildMs): JsonMap {
    if (buildMs <= 0) return { [statusKey]: ready };
    return { [statusKey]: passing, _: { settles: { at: this.now + buildMs, status: ready } } };
  }

  /** The state as of now: passing states end by the clock, without a write. */
  stateOf(object: WorldObject): { readonly status: string | undefined; readonly readyInMs: number | undefined } {
    const statusKey = this.setting.rules(object.collection)?.statusKey ?? 'status';
    const settles = innerOf(object.body).settles;
    const stored = asText(object.body[statusKey]);
    if (typeof settles !== 'object' || settles === null || Array.isArray(settles))
      return { status: stored, readyInMs: undefined };
    const left = (asNumber(settles.at) ?? 0) - this.now;
    return left <= 0 ? { status: asText(settles.status), readyInMs: undefined } : { status: stored, readyInMs: left };
  }

  #newOf(kind: string): number {
    let count = 0;
    for (const key of this.#added) if (key.startsWith(`${kind}\0`)) count += 1;
    return count;
  }

  #linksOf(object: WorldObject): readonly string[] {
    return this.setting.rules(object.collection)?.links?.(object.body) ?? [];
  }

  #relink(object: WorldObject, before: readonly string[]): void {
    const after = this.#linksOf(object);
    for (const to of before) if (!after.includes(to)) this.#removeLink(object, to);
    for (const to of new Set(after)) if (!before.includes(to)) this.#addLink(object, to);
  }

  #link(from: WorldObject, to: string): WorldObject {
    return {
      ...from,
      collection: `${from.collection}>`,
      id: `${from.id}>${to}`,
      name: from.id,
      parentId: to,
      token: undefined,
      body: {},
    };
  }

  #addLink(from: WorldObject, to: string): void {
    const link = this.#link(from, to);
    const key = keyOf(link.collection, link.id);
    this.#removed.delete(key);
    this.#put.set(key, link);
    this.#added.add(key);
  }

  #removeLink(from: WorldObject, to: string): void {
    const link = this.#link(from, to);
    const key = keyOf(link.collection, link.id);
    this.#put.delete(key);
    this.#added.delete(key);
    this.#removed.set(key, link);
  }
}
