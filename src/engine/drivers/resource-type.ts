import type { Clock } from '../model/clock.js';
import type { Json, JsonMap } from '../model/value.js';
import type { ResourceSchema } from './resource-schema.js';
import type { OutsideScope, StackAccess } from './stack-access.js';

/** A resource as its driver knows it. */
export interface ResourceRef {
  /** The record's UUID. */
  readonly uuid: string;
  /** The logical id. */
  readonly name: string;
  readonly physicalId: string | undefined;
  /** The properties that were applied last, secrets revealed. */
  readonly properties: JsonMap;
  /** The driver's own notes, see `Outcome.data`. */
  readonly data: JsonMap;
  readonly metadata: Json;
}

/** What every verb may use. */
export interface ResourceContext<Cloud = unknown> {
  readonly cloud: Cloud;
  readonly resource: {
    readonly uuid: string;
    readonly name: string;
    readonly type: string;
    /** `<stack>-<resource>-<short id>`, within the type's limit. */
    readonly physicalName: string;
    readonly metadata: Json;
    /** Evaluated update_policy / UpdatePolicy and creation policy. */
    readonly updatePolicy: Json;
    readonly creationPolicy: Json;
  };
  readonly stack: {
    readonly id: string;
    readonly name: string;
    readonly projectId: string;
    readonly region: string;
    readonly tags: { readonly [key: string]: string };
    /** Milliseconds since the epoch at which the operation times out. */
    readonly deadline: number;
  };
  /** The same for each repetition of one intent: verbs are idempotent for it. */
  readonly token: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The stack around the resource; absent where a verb runs without one. */
  readonly stackAccess?: StackAccess;
  log(message: string, fields?: JsonMap): void;
}

/** What a finished verb leaves. */
export interface Outcome {
  readonly physicalId: string;
  /** What `Ref` and `get_resource` give; the physical id if absent. */
  readonly reference?: Json;
  readonly attributes: JsonMap;
  /** Small notes that the driver wants back later. */
  readonly data?: JsonMap;
  /** Replaces the stored metadata, if given. */
  readonly metadata?: Json;
  /** Of an update that came to another thing: the physical id of the old one, which is deleted in the clean-up. */
  readonly leaves?: string;
}

/**
 * `done`: finished. `pending`: ask again with `poll` after `pollAfterMs`; the checkpoint is durable, so any engine
 * can go on with it. `replace`: an update found that only a new resource will do (updates only).
 */
export type Progress =
  | ({ readonly state: 'done' } & Outcome)
  | {
      readonly state: 'pending';
      readonly physicalId?: string;
      readonly checkpoint: Json;
      readonly pollAfterMs: number;
      /** Shown to people while it lasts, e.g. `BUILD`. */
      readonly note?: string;
    }
  | { readonly state: 'replace'; readonly why: string };

/** What really is there. */
export interface Observation extends Outcome {
  /** Live values of properties, as far as the cloud tells; for drift and `converge`. */
  readonly properties: JsonMap;
  /** False if the thing is there but broken (a server in ERROR). */
  readonly healthy: boolean;
  readonly note?: string;
  /**
   * Of `find`: what is still missing before its create is done. Poll on from a checkpoint, or call create again with the
   * same token, which finishes what it began.
   */
  readonly unfinished?: 'create-again' | { readonly checkpoint: Json; readonly pollAfterMs: number };
}

/** What changed between what was applied and what is wanted. */
export interface PropertyChange {
  readonly before: JsonMap;
  readonly after: JsonMap;
  /** Names of top-level properties that differ. */
  readonly changed: readonly string[];
  /** The new evaluated update policy. */
  readonly updatePolicy?: Json;
}

/** The body of a signal, as it came. */
export interface SignalInput {
  readonly details: Json;
}

/** What a signal did: rows are updated with whatever is given. */
export interface SignalResult {
  /** The event's reason, e.g. `Signal: status:SUCCESS reason:Signal 1 received`; null writes no event. */
  readonly reason: string | null;
  readonly metadata?: Json;
  readonly attributes?: JsonMap;
  readonly data?: JsonMap;
}

/**
 * A resource type: a schema and the verbs that make it real. Every verb is idempotent for the same `ctx.token`.
 * Verbs throw DriverErrors; anything else that they throw counts as a failure that trying again does not mend.
 */
export interface ResourceType<Cloud = unknown> {
  readonly schema: ResourceSchema;
  /** Checks beyond the schema, before anything runs; returns sentences. `properties` has no unknown values. */
  validate?(properties: JsonMap, name: string, scope?: ValidationScope): readonly string[];
  /** The same in place of `validate` while some properties are unknown: `properties` has the known ones. */
  validateKnown?(properties: JsonMap, unknown: ReadonlySet<string>, scope: ValidationScope): readonly string[];
  /** Asks other services, before anything runs; returns the sentence that refuses. `properties` has no unknown values. */
  validateOutside?(properties: JsonMap, scope: OutsideScope): Promise<string | undefined>;
  create(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<Progress>;
  /** Never changes the world; undefined means it is gone. */
  read?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Observation | undefined>;
  /**
   * After a crash or a lost answer: what `create` with this token made, if it did make it. Types whose cloud keeps the
   * token or takes our names implement it, and types that make nothing; others are created again with the same token
   * and must be idempotent: they recognise the token before they refuse anything.
   */
  find?(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<Observation | undefined>;
  /** No `update`: every change replaces. */
  update?(ctx: ResourceContext<Cloud>, ref: ResourceRef, change: PropertyChange): Promise<Progress>;
  /** Pure: does this change need a new resource although the schema would update in place (or the other way round)? */
  replaces?(change: PropertyChange): boolean | undefined;
  /**
   * Before the replacement of `ref` is created: frees what the two cannot have at once (an address, a port, a name).
   * Returns notes that are kept with the old one's data.
   */
  prepareReplace?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<JsonMap>;
  /** The replacement failed or is rolled back and its resource is gone: gives back what `prepareReplace` took from `ref`. */
  undoReplace?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<void>;
  /** Deleting what is absent is success. */
  delete(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Progress>;
  poll?(ctx: ResourceContext<Cloud>, ref: ResourceRef, checkpoint: Json, verb: Verb): Promise<Progress>;
  /** A verb that was pending is given up, cancelled or out of time: tells whoever still works on it. */
  giveUp?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<void>;
  check?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Progress>;
  suspend?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Progress>;
  resume?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Progress>;
  /** Returns what `restore` needs, as `data`. */
  snapshot?(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Progress>;
  /** The properties with which an update brings a snapshot back; `snapshot` is the `data` that taking it gave. */
  restore?(properties: JsonMap, snapshot: JsonMap): JsonMap;
  /** Removes what taking a snapshot has made; what is gone already is no error. */
  deleteSnapshot?(ctx: ResourceContext<Cloud>, snapshot: JsonMap): Promise<void>;
  /** Signals to one resource are handled one after the other, each with a fresh `ref`. */
  signal?(ctx: ResourceContext<Cloud>, ref: ResourceRef, signal: SignalInput): Promise<SignalResult>;
  /**
   * Pure: when, in milliseconds since the epoch and later than `after`, the engine itself is to signal the resource
   * (details: `{scheduled: <time>}`); undefined: never again.
   */
  wakesAt?(properties: JsonMap, after: number): number | undefined;
  /** Its attributes come from elsewhere (a server's signals): each is asked for, whatever the record says. */
  readonly hasLiveAttributes?: boolean;
  /** Asked each time for attributes that the schema calls live; gives the whole attribute, `path` only hints at what of it is wanted. */
  attribute?(ctx: ResourceContext<Cloud>, ref: ResourceRef, name: string, path: readonly Json[]): Promise<Json>;
  /** It takes signals whatever is being done to it: they are answers to what it has sent out. */
  readonly signalledAlways?: boolean;
  /** A failed resource is replaced at the next update unless this says false. */
  readonly replaceFailed?: boolean;
  /** What every visit by an update does, also if nothing has changed. */
  readonly onEveryUpdate?: 'update' | 'replace' | 'ignore';
  /** Pure: the metadata after the template's have changed; those of the template if absent. */
  mergedMetadata?(before: Json, declared: Json, properties: JsonMap): Json;
  /** A change of its metadata alone replaces it. */
  readonly metadataReplaces?: boolean;
  /** A stack of its own: the engine runs the child; see `ComposedType`. */
  readonly composed?: ComposedType;
  /** Why templates with it are refused: the type is known, but not made here. */
  readonly unsupported?: string;
  /** The new one's name would collide with the old one's: a replacement deletes first. */
  readonly deleteBeforeReplace?: boolean;
  /** Milliseconds after which a verb of this type counts as failed; absent: only the stack's timeout. */
  readonly timeoutMs?: number;
}

/** What a check may know of the template around the resource. */
export interface ValidationScope {
  /** Logical ids of the template's resources, with their types. */
  readonly resources: ReadonlyMap<string, string>;
  readonly updatePolicy: Json;
  /** Milliseconds that an operation of the stack may take. */
  readonly timeoutMs: number;
}

export type Verb = 'create' | 'update' | 'delete' | 'check' | 'suspend' | 'resume' | 'snapshot';

/** What a composing type (a group, a nested stack) wants its child stack to be. */
export interface ChildStack {
  readonly template: JsonMap | string;
  readonly files?: { readonly [key: string]: string };
  readonly parameters: JsonMap;
  readonly timeoutMins?: number;
  readonly tags?: { readonly [key: string]: string };
  readonly notificationArns?: readonly string[];
}

/** What the engine tells a composing type about the child as it is. */
export interface ChildView {
  readonly stackId: string;
  readonly stackName: string;
  readonly arn: string;
  /** The resource of the parent that stands for it. */
  readonly resourceName?: string;
  /** In creation order; replaced and deleted ones are left out. Reads all of the child's records, once. */
  members(): Promise<readonly ChildMember[]>;
  outputs(): Promise<JsonMap>;
  /** Why an output has no value, as the parent tells it; undefined if nothing is wrong with it. */
  outputError?(name: string): Promise<string | undefined>;
  /** An attribute of a member, with the path below it; null if there is none. */
  memberAttribute(member: string, attribute: string, path: readonly Json[]): Promise<Json>;
}

export interface ChildMember {
  readonly name: string;
  readonly uuid: string;
  readonly type: string;
  readonly physicalId: string | undefined;
  /** What a reference to it gives. */
  readonly reference: Json;
  /** `CREATE_COMPLETE` … */
  readonly status: string;
  readonly createdAt: number;
  /** The properties that were applied last. */
  readonly properties: JsonMap;
  /** Its declaration in the child's template as that stands now (type, properties …); absent if it has left it. */
  readonly declaration?: JsonMap;
}

/** A type that is a stack of its own: it says what the child should be, the engine does the rest. */
export interface ComposedType {
  /** A template in place of a type: whichever template it is, a stack made of one can be updated to another. */
  readonly isTemplate?: boolean;
  /** Pure: the child for these properties, in steps: a rolling update is several templates one after the other. */
  child(input: ComposeInput): readonly ChildStep[];
  /** True if `child` and `follow` look at the members: reading them costs as much as the child is big. */
  readonly readsMembers?: boolean;
  /** An attribute of the parent's resource, from the child; undefined if it has none of that name. */
  attribute(
    child: ChildView,
    properties: JsonMap,
    name: string,
    path: readonly Json[],
    data?: JsonMap,
  ): Promise<Json | undefined>;
  /** Pure: false for an attribute that there cannot be; absent: any name may be asked. */
  knows?(attribute: string): boolean;
  /** What `child` needs of the world outside (a launch configuration, a template behind a URL); comes back as `found`. */
  prepare?(ctx: ResourceContext, properties: JsonMap, files: { readonly [key: string]: string }): Promise<JsonMap>;
  /** Pure: what stands for the child when a template is checked; undefined: nothing to check. Absent: the first step of `child`. */
  sample?(input: ComposeInput): ChildStep | undefined;
  /** Pure: the child with this many members, all else as it is. Such types are groups: they can be scaled. */
  resize?(input: ComposeInput, size: number): readonly ChildStep[];
  /** Pure: siblings that must know the members (load balancers), each with the properties that change by it; applied after every step. */
  follow?(
    properties: JsonMap,
    members: readonly ChildMember[],
  ): readonly { readonly reference: string; readonly changes: JsonMap }[];
  /** Pure: the metadata after a create or update that went well; undefined leaves it. */
  settled?(input: SettledGroup): JsonMap | undefined;
  /** What a reference to the resource gives; the child stack's ARN if absent. */
  reference?(child: ChildView, properties: JsonMap): Json | Promise<Json>;
  /** What the resource is called outside; the child stack's id if absent. */
  physicalId?(child: ChildView, properties: JsonMap): string;
}

/** A group after its create or update. */
export interface SettledGroup {
  readonly properties: JsonMap;
  readonly metadata: Json;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface ComposeInput {
  readonly name: string;
  readonly physicalName: string;
  readonly properties: JsonMap;
  readonly previous: JsonMap | undefined;
  readonly members: readonly ChildMember[];
  readonly data: JsonMap;
  /** What signals and schedules have noted at the resource. */
  readonly metadata?: Json;
  readonly updatePolicy: Json;
  readonly files: { readonly [key: string]: string };
  /** The result of `prepare`, where the type has it; absent while a template is checked. */
  readonly found?: JsonMap;
  /** The resource's own UUID, for names that must be random and yet the same each time. */
  readonly uuid?: string;
  /** Milliseconds that the operation may take in all. */
  readonly timeoutMs?: number;
}

export interface ChildStep {
  readonly stack: ChildStack;
  readonly pauseAfterMs?: number;
  readonly data?: JsonMap;
  /** After the step: wait for so many signals to the composing resource since the step began; `percent` of them must be successes. */
  readonly signals?: { readonly count: number; readonly percent: number; readonly timeoutMs: number };
}
