import type { EventAction, ResourceAction, StackAction, Status } from './status.js';
import type { Json, JsonMap, ValueMap } from './value.js';

/** Which API a stack came through: it decides defaults and the words of its life. */
export type Origin = 'heat' | 'cfn';

/** A template together with all that it is evaluated with; never changed once stored. */
export interface TemplateRecord {
  readonly id: string;
  /** The template's document. */
  readonly document: JsonMap;
  /** The text it came as, if it came as text. */
  readonly text: string | undefined;
  readonly files: { readonly [key: string]: string };
  /** The merged environment; values of hidden parameters are Secrets. */
  readonly environment: ValueMap;
  /** Names of the environment files that were merged, in order. */
  readonly environmentFiles: readonly string[];
  /** What the cloud's stored parameters (`AWS::SSM::Parameter::Value<…>`) held when the template came, by their names. */
  readonly storedParameters?: { readonly [name: string]: string };
}

/** A stack. Times are milliseconds since the epoch. */
export interface StackRecord {
  readonly id: string;
  readonly projectId: string;
  readonly region: string;
  readonly name: string;
  readonly origin: Origin;
  /** The stack that this one is nested in. */
  readonly parentId: string | undefined;
  /** The resource record of the parent that stands for this stack, and its logical id. */
  readonly parentResourceId: string | undefined;
  readonly parentResource: string | undefined;
  /** The outermost stack; its own id for a root stack. */
  readonly rootId: string;
  readonly nestedDepth: number;
  readonly action: StackAction;
  readonly status: Status;
  readonly statusReason: string;
  readonly templateId: string;
  /** The template of the last good state, while an update runs or after it failed: what a rollback goes back to. */
  readonly previousTemplateId: string | undefined;
  readonly description: string;
  readonly timeoutMins: number | undefined;
  readonly disableRollback: boolean;
  readonly tags: readonly string[];
  /** Who made it. */
  readonly userId: string;
  readonly userName: string;
  readonly projectName: string;
  /** The operation that runs or ran last. */
  readonly operationId: string | undefined;
  /** Counts operations: writes of an older one are refused. */
  readonly epoch: number;
  /** What only one API knows of: capabilities, notification ARNs, stack policy, termination protection… */
  readonly extra: JsonMap;
  readonly createdAt: number;
  readonly updatedAt: number | undefined;
  readonly deletedAt: number | undefined;
}

/** A resource of a stack; a replacement is a second record of the same name. */
export interface ResourceRecord {
  readonly id: string;
  /** Rises with each record of a stack: creation order. */
  readonly seq: number;
  readonly stackId: string;
  readonly name: string;
  readonly type: string;
  /** The type that did the work when it was made: an environment may let the name stand for another one. Absent in old records. */
  readonly standsFor?: string | undefined;
  readonly action: ResourceAction;
  readonly status: Status;
  readonly statusReason: string;
  readonly physicalId: string | undefined;
  /** What references give, if not the physical id. */
  readonly reference: Json | undefined;
  /** The properties applied last; secret ones are Secrets, which print as a mask and are encrypted in the store. */
  readonly properties: ValueMap;
  readonly attributes: ValueMap;
  readonly metadata: Json;
  readonly data: JsonMap;
  /** Evaluated policies, so that they bind even when the template no longer has them. */
  readonly policies: ResourcePolicies;
  /** Names of the resources that it needed when it was last applied. */
  readonly requires: readonly string[];
  /** Digest of its declaration (type, metadata, policies): tells changes that are not in properties. */
  readonly definitionDigest: string;
  readonly replaces: string | undefined;
  readonly replacedBy: string | undefined;
  /** The child stack of a composing resource. */
  readonly childStackId: string | undefined;
  /** The intent that is or was carried out. */
  readonly intent: Intent | undefined;
  /** A create of which nobody knows what came of it: kept until the world has told. */
  readonly lost?: LostCreate | undefined;
  /** Properties that a failed update may have brought to the world, wholly or in part, since those that were applied last. */
  readonly tried?: ValueMap | undefined;
  /** When its last update began: what Heat shows as its time of update. Absent: it never had one. */
  readonly updateBegunAt?: number | undefined;
  readonly createdAt: number;
  /** When anything about it changed last. */
  readonly updatedAt: number;
}

export interface ResourcePolicies {
  readonly deletion: 'Delete' | 'Retain' | 'Snapshot' | 'RetainExceptOnCreate';
  readonly updateReplace: 'Delete' | 'Retain' | 'Snapshot';
  readonly update: Json;
  readonly creation: Json;
  /** Stands for a thing that baton did not make and must not change or delete. */
  readonly external?: boolean;
}

/** What a create whose answer never came is found by, or asked for again with. */
export interface LostCreate {
  readonly token: string;
  readonly desired: ValueMap;
}

/** What is about to be done to the world, written down before it is done. */
export interface Intent {
  /** The same for each repetition; the driver's idempotency key. */
  readonly token: string;
  readonly verb: 'create' | 'update' | 'delete' | 'check' | 'suspend' | 'resume' | 'snapshot';
  readonly attempt: number;
  readonly operationId: string;
  /** The desired properties of a create or update. */
  readonly desired?: ValueMap;
  /** What else of the declaration the create or update puts on record when it is done. */
  readonly declared?: { readonly metadata: Json; readonly digest: string };
  /** Set once the driver has answered `pending`. */
  readonly checkpoint?: Json;
  readonly pollAt?: number;
  /** When the type's own patience ends. */
  readonly deadline?: number;
}

export type OperationStatus = 'RUNNING' | 'COMPLETE' | 'FAILED' | 'SUPERSEDED' | 'CANCELLED';

/** One run of one plan on one stack. */
export interface OperationRecord {
  readonly id: string;
  readonly stackId: string;
  readonly action: StackAction;
  readonly status: OperationStatus;
  readonly epoch: number;
  readonly templateId: string;
  readonly options: OperationOptions;
  readonly diagnosis: Diagnosis | undefined;
  /** The caller's idempotency token, unique per stack. */
  readonly clientToken: string | undefined;
  readonly startedAt: number;
  readonly finishedAt: number | undefined;
  /** When somebody asked that it ends where it is; whoever resumes it keeps to that. */
  readonly cancelledAt?: number;
  /** What it has taken off the stack's books and left in the world, nested stacks included. */
  readonly left?: readonly LeftBehind[];
}

/** A thing that nobody keeps any more. */
export interface LeftBehind {
  /** Logical ids from the stack to the resource. */
  readonly path: readonly string[];
  readonly type: string;
  readonly physicalId: string;
}

export interface OperationOptions {
  readonly converge?: boolean;
  /** Deletions leave these logical ids alone. */
  readonly retain?: readonly string[];
  /** A delete that goes on although resources cannot be deleted. */
  readonly force?: boolean;
  /** Treat every deletion as Retain. */
  readonly abandon?: boolean;
  readonly onFailure?: 'ROLLBACK' | 'DO_NOTHING' | 'DELETE';
  /** Rollback: logical ids that are given up. */
  readonly skip?: readonly string[];
  /** Logical ids that are renamed: old to new. */
  readonly moved?: { readonly [from: string]: string };
  readonly adopt?: JsonMap;
  /** The stack policy that binds an update. */
  readonly stackPolicy?: JsonMap;
  readonly snapshotId?: string;
  readonly timeoutMs?: number;
}

/** Why an operation failed and what can be done. */
export interface Diagnosis {
  readonly causes: readonly FailureCause[];
  /** How many resources were not done because of the causes. */
  readonly skipped: number;
  readonly nextActions: readonly string[];
  /** What the operation has left in the world. */
  readonly left?: readonly LeftBehind[];
}

export interface FailureCause {
  /** Logical ids from the root stack to the culprit. */
  readonly path: readonly string[];
  readonly type: string;
  readonly physicalId: string | undefined;
  readonly message: string;
  readonly attempts: number;
  readonly line: number | undefined;
}

/** Something that happened to a stack or one of its resources. */
export interface EventRecord {
  readonly id: string;
  /** Rises with time over all stacks. */
  readonly seq: number;
  readonly stackId: string;
  readonly operationId: string | undefined;
  /** The stack's own name for events of the stack itself. */
  readonly resourceName: string;
  readonly resourceType: string;
  readonly physicalId: string | undefined;
  readonly action: EventAction;
  readonly status: Status;
  readonly reason: string;
  /** The properties at that time, secrets masked. */
  readonly properties: JsonMap | undefined;
  readonly createdAt: number;
}

export interface SnapshotRecord {
  readonly id: string;
  readonly stackId: string;
  readonly name: string | null;
  readonly status: Status;
  readonly statusReason: string;
  /** The abandon-shaped data of the stack at that time; see `AbandonData`. */
  readonly data: JsonMap;
  readonly createdAt: number;
}
