import type { WorldObject } from '../../../engine/drivers/world-store.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Turn } from './turn.js';

/** What a service makes of a request: the new object but for what all objects have. */
export interface Draft {
  /** Made by `turn.newId()` if absent. */
  readonly id?: string;
  readonly name?: string;
  readonly parentId?: string;
  readonly body: JsonMap;
}

/** How one kind of thing behaves: the rules of its service. All of them run within one turn: all of it or nothing. */
export interface KindRules {
  readonly kind: string;
  /** The service's word in messages: `network`, `Image`. */
  readonly noun: string;
  /** The name is the id (key pairs, containers): unique within a project. */
  readonly nameIsId?: boolean;
  /** Ids are the service's own (UUIDs, EC2 ids, ARNs): anything else can only be a name. */
  readonly hasOwnIds?: boolean;
  /** The key of `body` with the state; `status` if absent. */
  readonly statusKey?: string;
  /** Which quota counts it. */
  readonly quota?: string;
  /** The sentence for a reference to something that is not there. */
  missing(reference: string): { readonly message: string; readonly reasonClass: string };
  create(turn: Turn, spec: JsonMap): Promise<Draft>;
  /** The new body; by default the changes are laid over the old one. */
  update?(turn: Turn, object: WorldObject, changes: JsonMap): Promise<JsonMap>;
  /** Refuses, or takes away what goes with it. */
  remove?(turn: Turn, object: WorldObject): Promise<void>;
  /** What the service tells beyond the stored body. */
  present?(turn: Turn, object: WorldObject): Promise<JsonMap>;
  /** Ids of the things that it uses: they are found again with `turn.usersOf`. */
  links?(body: JsonMap): readonly string[];
  /** A thing of the default world, or one that other people's templates take for granted, made on first use. */
  invent?(turn: Turn, reference: string): Promise<WorldObject | undefined>;
  /** Names of the default world, for lists. */
  readonly defaults?: readonly string[];
  readonly actions?: {
    readonly [name: string]: (turn: Turn, object: WorldObject, details: JsonMap) => Promise<JsonMap>;
  };
}

/** The part of a body that the service keeps to itself; what stands under `once` there is told in the answer to create only. */
export function inner(object: WorldObject): JsonMap {
  return innerOf(object.body);
}

/** The same, of a body. */
export function innerOf(body: JsonMap): JsonMap {
  const own = body._;
  return typeof own === 'object' && own !== null && !Array.isArray(own) ? own : {};
}

/** A body with entries added to the part that the service keeps to itself. */
export function withInner(body: JsonMap, entries: { readonly [key: string]: Json }): JsonMap {
  return { ...body, _: { ...innerOf(body), ...entries } };
}
