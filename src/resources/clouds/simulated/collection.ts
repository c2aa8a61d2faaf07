import type { WorldObject } from '../../../engine/drivers/world-store.js';
import type { Clock } from '../../../engine/model/clock.js';
import { InvariantError, MissingError, RejectedError } from '../../../engine/model/errors.js';
import { type JsonMap, sameValue } from '../../../engine/model/value.js';
import { asMap, asText } from '../../json-access.js';
import type { CloudCall, Collection, Entity } from '../cloud.js';
import type { CallVerb, FaultDecision, FaultInjector } from '../faults.js';
import { innerOf, type KindRules } from './kind-rules.js';
import { Turn, type TurnSetting } from './turn.js';
import type { Turns } from './turns.js';

/** What all collections of one simulated cloud share. */
export interface CollectionSetting {
  readonly turn: TurnSetting;
  readonly turns: Turns;
  readonly faults: FaultInjector;
  readonly clock: Clock;
}

/** One kind of thing in a simulated cloud. */
export class SimulatedCollection implements Collection {
  readonly #rules: KindRules;
  readonly #setting: CollectionSetting;
  /** Things that refer to each other take turns; those that stand alone need not wait for others. */
  readonly #isAlone: boolean;

  constructor(rules: KindRules, setting: CollectionSetting, isAlone: boolean) {
    this.#rules = rules;
    this.#setting = setting;
    this.#isAlone = isAlone;
  }

  async create(call: CloudCall, spec: JsonMap): Promise<Entity> {
    const isAlone = this.#isAlone && spec.refs === undefined;
    const key = isAlone ? `${this.#rules.kind}/${asText(spec.id) ?? asText(spec.name) ?? call.token ?? ''}` : 'world';
    return this.#change(call, 'create', key, async (turn) => {
      const earlier = call.token === undefined ? undefined : await this.#setting.turn.world.byToken(call.token);
      if (earlier && earlier.collection === this.#rules.kind) return this.#show(turn, earlier, true);
      if (earlier) throw new InvariantError(`token ${call.token} was used for ${earlier.collection} before`);
      if (this.#rules.quota !== undefined) await turn.admit(this.#rules.quota, this.#rules.kind);
      const draft = await this.#rules.create(turn, spec);
      const id = draft.id ?? turn.newId(this.#rules.kind);
      const key = this.#rules.nameIsId ? turn.ownKey(id) : id;
      if (await turn.get(this.#rules.kind, key)) this.#refuseTwin(id);
      const object = turn.add(
        this.#rules.kind,
        { ...draft, id: key, name: draft.name ?? (this.#rules.nameIsId ? id : undefined) },
        call.token,
      );
      turn.record('create', object, call.token);
      return this.#show(turn, object, true);
    });
  }

  async get(call: CloudCall, id: string): Promise<Entity | undefined> {
    const decision = await this.#setting.faults.meet(call, this.#rules.kind, 'get');
    const turn = this.#begin(call, decision);
    const object = await turn.get(this.#rules.kind, this.#rules.nameIsId ? turn.ownKey(id) : id);
    return object ? this.#show(turn, object) : undefined;
  }

  async find(call: CloudCall, idOrName: string): Promise<Entity | undefined> {
    return this.#change(call, 'find', 'world', async (turn) => {
      const object = await turn.lookUp(this.#rules.kind, idOrName);
      return object ? this.#show(turn, object) : undefined;
    });
  }

  async byToken(call: CloudCall, token: string): Promise<Entity | undefined> {
    const object = await this.#setting.turn.world.byToken(token);
    if (object?.collection !== this.#rules.kind || object.projectId !== call.projectId) return undefined;
    return this.#show(this.#begin(call, { buildMs: 0 }), object, true);
  }

  async update(call: CloudCall, id: string, changes: JsonMap): Promise<Entity> {
    return this.#change(call, 'update', this.#keyOf(id), async (turn) => {
      const object = await this.#existing(turn, id);
      const body = this.#rules.update
        ? await this.#rules.update(turn, object, changes)
        : { ...object.body, ...changes };
      return this.#write(turn, object, body, 'update');
    });
  }

  async delete(call: CloudCall, id: string): Promise<boolean> {
    return this.#change(call, 'delete', this.#keyOf(id), async (turn) => {
      const object = await turn.get(this.#rules.kind, this.#rules.nameIsId ? turn.ownKey(id) : id);
      if (!object) return false;
      await this.#rules.remove?.(turn, object);
      turn.drop(object);
      turn.record('delete', object, call.token);
      return true;
    });
  }

  async list(call: CloudCall, filter: JsonMap = {}): Promise<Entity[]> {
    return this.#change(call, 'list', 'world', async (turn) => {
      for (const name of this.#rules.defaults ?? []) await turn.lookUp(this.#rules.kind, name);
      const { name, parent_id: parentId, ...rest } = filter;
      const nameText = asText(name);
      const parentText = asText(parentId);
      const objects = await turn.find(this.#rules.kind, {
        ...(nameText === undefined ? {} : { name: nameText }),
        ...(parentText === undefined ? {} : { parentId: parentText }),
      });
      const fitting = objects.filter(({ body }) =>
        Object.entries(rest).every(([key, value]) => sameValue(body[key], value)),
      );
      return Promise.all(fitting.map((object) => this.#show(turn, object)));
    });
  }

  async act(call: CloudCall, id: string, action: string, details: JsonMap): Promise<Entity> {
    return this.#change(call, 'act', this.#keyOf(id), async (turn) => {
      const act = this.#rules.actions?.[action];
      if (!act)
        throw new RejectedError(`A ${this.#rules.noun} has no action ${action}.`, { reasonClass: 'BadRequest' });
      const object = await this.#existing(turn, id);
      return this.#write(turn, object, await act(turn, object, details), action);
    });
  }

  #keyOf(id: string): string {
    return this.#isAlone ? `${this.#rules.kind}/${id}` : 'world';
  }

  #begin(call: CloudCall, decision: FaultDecision): Turn {
    return new Turn(this.#setting.turn, call, this.#setting.clock.now(), decision.buildMs, decision.errorState);
  }

  async #existing(turn: Turn, id: string): Promise<WorldObject> {
    const object = await turn.get(this.#rules.kind, this.#rules.nameIsId ? turn.ownKey(id) : id);
    if (object) return object;
    const missing = this.#rules.missing(id);
    throw new MissingError(missing.message, { reasonClass: missing.reasonClass });
  }

  /** The latest form of the object: rules may have patched it on their way. */
  async #write(turn: Turn, object: WorldObject, body: JsonMap, verb: string): Promise<Entity> {
    const name = this.#rules.nameIsId || asText(body.name) === undefined ? object.name : asText(body.name);
    const isSame = name === object.name && sameValue(body, object.body);
    const written = isSame ? object : turn.patch(object, body, { name });
    turn.record(verb, written, turn.call.token);
    return this.#show(turn, written);
  }

  async #change<T>(call: CloudCall, verb: CallVerb, key: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const decision = await this.#setting.faults.meet(call, this.#rules.kind, verb);
    let durable: Promise<void> = Promise.resolve();
    const scope = key === 'world' ? `${call.projectId}/${call.region}` : `${call.projectId}/${call.region}/${key}`;
    const answer = await this.#setting.turns.take(scope, async () => {
      const turn = this.#begin(call, decision);
      const result = await work(turn);
      // The next turn sees this one at once; only this caller waits for the disk.
      durable = turn.commit();
      durable.catch(() => undefined);
      return result;
    });
    await durable;
    if (decision.lostAnswer) throw decision.lostAnswer;
    return answer;
  }

  #refuseTwin(id: string): never {
    const noun = this.#rules.kind === 'keypairs' ? `Key pair '${id}'` : `${this.#rules.noun} ${id}`;
    throw new RejectedError(`${noun} already exists.`, { reasonClass: 'Conflict' });
  }

  async #show(turn: Turn, object: WorldObject, isCreated = false): Promise<Entity> {
    const statusKey = this.#rules.statusKey ?? 'status';
    const { status, readyInMs } = turn.stateOf(object);
    const { _: _own, ...body } = object.body;
    const told: JsonMap = {
      ...body,
      ...(status === undefined ? {} : { [statusKey]: status }),
      ...(await this.#rules.present?.(turn, object)),
      ...(isCreated ? asMap(innerOf(object.body).once ?? null) : {}),
    };
    const shown = asText(told[statusKey]);
    return {
      id: this.#rules.nameIsId ? object.id.slice(turn.ownKey('').length) : object.id,
      name: object.name,
      ...(shown === undefined ? {} : { status: shown }),
      ...(readyInMs === undefined ? {} : { readyInMs }),
      body: told,
    };
  }
}
