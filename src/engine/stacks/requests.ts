import type { Diagnostic } from '../model/diagnostic.js';
import type {
  Diagnosis,
  EventRecord,
  Origin,
  ResourcePolicies,
  ResourceRecord,
  SnapshotRecord,
  StackRecord,
} from '../model/records.js';
import type { Json, JsonMap, ValueMap } from '../model/value.js';
import type { ParameterDeclaration, Template } from '../template/template.js';

/** Who asks, and on behalf of which project. */
export interface Caller {
  readonly projectId: string;
  readonly projectName: string;
  readonly userId: string;
  readonly userName: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
  /** The cloud region that new stacks belong to. */
  readonly region: string;
  /** Which API is asking. */
  readonly origin: Origin;
  /** Set for users that a stack made: the only stack that they may reach. */
  readonly stackId?: string;
  /** Kept for one request through all floors, for logs. */
  readonly requestId?: string;
}

/** A template with all that belongs to it, as a caller sends it. */
export interface TemplateInput {
  /** Text, or the document if the wire form was JSON already. Absent in a PATCH update: the stack's own. */
  readonly template?: string | JsonMap;
  readonly files?: { readonly [key: string]: string };
  readonly environment?: string | JsonMap;
  /** Keys into `files`, merged in order. */
  readonly environmentFiles?: readonly string[];
  readonly parameters?: JsonMap;
}

export interface CreateInput extends TemplateInput {
  readonly name: string;
  readonly timeoutMins?: number;
  readonly disableRollback?: boolean;
  /** CloudFormation's OnFailure; wins over disableRollback. */
  readonly onFailure?: 'ROLLBACK' | 'DO_NOTHING' | 'DELETE';
  readonly tags?: readonly string[];
  /** CloudFormation's key/value tags. */
  readonly tagMap?: { readonly [key: string]: string };
  readonly clientToken?: string;
  readonly extra?: JsonMap;
  /** Data of an abandoned stack: its resources are taken over instead of made. */
  readonly adoptData?: JsonMap;
}

export interface UpdateInput extends TemplateInput {
  /** Heat's PATCH: what is not given stays as it is. */
  readonly existing?: boolean;
  readonly clearParameters?: readonly string[];
  /** CloudFormation's UsePreviousValue. */
  readonly usePreviousValues?: readonly string[];
  readonly timeoutMins?: number;
  readonly disableRollback?: boolean;
  readonly tags?: readonly string[];
  readonly tagMap?: { readonly [key: string]: string };
  readonly converge?: boolean;
  readonly clientToken?: string;
  readonly moved?: { readonly [from: string]: string };
  readonly extra?: JsonMap;
  /** Binds this update instead of the stack's own policy. */
  readonly stackPolicy?: JsonMap;
  /** Existing things that new resources take over: `{resources: {<name>: {resource_id}}}`. */
  readonly adoptData?: JsonMap;
}

export interface DeleteInput {
  readonly retain?: readonly string[];
  readonly force?: boolean;
  readonly clientToken?: string;
}

/** What a rollback that a caller asks for may be told. */
export interface RollbackInput {
  /** Logical ids that are given up: they count as rolled back, whatever they are. */
  readonly skip?: readonly string[];
  readonly clientToken?: string;
  readonly extra?: JsonMap;
}

/** A named output that other stacks of the project and region may import. */
export interface ExportView {
  readonly name: string;
  readonly value: Json;
  readonly stack: StackRecord;
}

/** How a resource differs from its declaration. */
export interface ResourceDrift {
  readonly record: ResourceRecord;
  /** `NOT_CHECKED`: its type cannot look at what is there. */
  readonly status: 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'NOT_CHECKED';
  readonly expected: JsonMap;
  readonly actual: JsonMap | undefined;
  readonly differences: readonly DriftDifference[];
  /** What the template wants it to be, if that was asked for and can be told: not what was applied, where an update failed. */
  readonly desired?: JsonMap;
}

export interface DriftOptions {
  /** Also what the template wants. */
  readonly desired?: boolean;
}

export interface DriftDifference {
  readonly path: readonly (string | number)[];
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
}

export interface StackFilter {
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
  readonly actions?: readonly string[];
  readonly statuses?: readonly string[];
  readonly tags?: { readonly all?: readonly string[]; readonly any?: readonly string[] };
  readonly notTags?: { readonly all?: readonly string[]; readonly any?: readonly string[] };
  readonly userName?: readonly string[];
  readonly ownerIds?: readonly string[];
  readonly showDeleted?: boolean;
  readonly showNested?: boolean;
  /** Stacks tagged with the configured hidden tag are left out unless this is set. */
  readonly showHidden?: boolean;
  readonly allProjects?: boolean;
  readonly limit?: number;
  /** The id of the last stack of the page before. */
  readonly marker?: string;
  readonly sort?: readonly { readonly key: StackSortKey; readonly descending: boolean }[];
}

export type StackSortKey = 'name' | 'status' | 'createdAt' | 'updatedAt';

export interface EventFilter {
  readonly resourceName?: string;
  readonly resourceNames?: readonly string[];
  readonly resourceTypes?: readonly string[];
  readonly actions?: readonly string[];
  readonly statuses?: readonly string[];
  readonly eventIds?: readonly string[];
  readonly physicalIds?: readonly string[];
  readonly operationId?: string;
  readonly nestedDepth?: number;
  readonly limit?: number;
  readonly marker?: string;
  /** Only events after this sequence number: for following. */
  readonly afterSeq?: number;
  readonly descending?: boolean;
  readonly sortKeys?: readonly ('createdAt' | 'resourceType' | 'resourceName')[];
}

export interface ResourceFilter {
  readonly names?: readonly string[];
  readonly types?: readonly string[];
  readonly actions?: readonly string[];
  readonly statuses?: readonly string[];
  readonly physicalIds?: readonly string[];
  readonly ids?: readonly string[];
  readonly nestedDepth?: number;
  /** At most so many, after the marker. */
  readonly limit?: number;
  /** A resource's record id or physical id; of the stack itself also the name. */
  readonly marker?: string;
  /** Also the attributes of each resource. */
  readonly attributes?: boolean;
}

/** A stack with what showing it needs. */
export interface StackView {
  readonly stack: StackRecord;
  readonly template: Template;
  /** Every parameter as Heat's API shows it: strings, hidden ones masked; pseudo parameters included. */
  readonly parameters: { readonly [name: string]: string };
  readonly environment: JsonMap;
  readonly files: { readonly [key: string]: string };
  /** Present if asked for. */
  readonly outputs: readonly OutputView[] | undefined;
  readonly parentName: string | undefined;
  /** The template as it came, if it came as text. */
  readonly text?: string | undefined;
  readonly diagnosis: Diagnosis | undefined;
}

export interface OutputView {
  readonly name: string;
  readonly description: string | undefined;
  /** null if it cannot be evaluated (yet); then `error` says why. */
  readonly value: Json;
  readonly error: string | undefined;
  readonly exportName: string | undefined;
}

/** A resource with the stack it is in. */
export interface ResourceView {
  readonly record: ResourceRecord;
  readonly stack: StackRecord;
  /** Logical ids of the resources that need this one. */
  readonly requiredBy: readonly string[];
  /** The logical id in the parent stack of the resource whose child stack this one is in. */
  readonly parentResource: string | undefined;
  readonly description: string | undefined;
  /** Attributes for showing (secrets masked); present if asked for. */
  readonly attributes: JsonMap | undefined;
  /** The child stack of a composing resource. */
  readonly nested: StackRecord | undefined;
}

export interface EventView {
  readonly event: EventRecord;
  readonly stack: StackRecord;
}

/** What a preview of a create shows. */
export interface PreviewView {
  readonly name: string;
  readonly template: Template;
  readonly parameters: { readonly [name: string]: string };
  readonly resources: readonly PreviewResource[];
  readonly diagnostics: readonly Diagnostic[];
  readonly timeoutMins: number | undefined;
  readonly disableRollback: boolean;
  readonly tags: readonly string[];
  readonly environment: JsonMap;
  readonly files: { readonly [key: string]: string };
  /** As far as they can be said before anything is made; null values and no errors for the others. */
  readonly outputs?: readonly OutputView[];
}

export interface PreviewResource {
  readonly name: string;
  readonly type: string;
  readonly properties: JsonMap;
  readonly metadata: Json;
  readonly requiredBy: readonly string[];
  readonly physicalId: string | undefined;
  readonly description: string | undefined;
  /** The members of a nested stack. */
  readonly nested: readonly PreviewResource[] | undefined;
}

/** What an update would do, per resource. */
export interface ChangeView {
  readonly name: string;
  readonly type: string;
  readonly action:
    | 'create'
    | 'update'
    | 'replace'
    | 'delete'
    | 'retain'
    | 'none'
    | 'import'
    | 'move'
    | 'may-replace'
    | 'may-update';
  readonly physicalId: string | undefined;
  readonly properties: readonly PropertyChangeView[];
  /** Why it is not certain, if it is not. */
  readonly because: readonly string[];
  readonly movedFrom: string | undefined;
  readonly nested: readonly ChangeView[] | undefined;
  readonly record: ResourceRecord | undefined;
  readonly preview: PreviewResource | undefined;
  /** What the resource is to be, with unknown and secret parts as such; absent for removals. */
  readonly wanted?: WantedView;
}

/** The declaration of a resource, evaluated as far as it can be. */
export interface WantedView {
  readonly properties: ValueMap;
  readonly metadata: Json;
  readonly policies: ResourcePolicies;
}

export interface PropertyChangeView {
  readonly path: readonly (string | number)[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly onChange: 'update' | 'replace' | 'immutable' | 'maybe';
  readonly certain: boolean;
}

export interface UpdatePreview {
  readonly changes: readonly ChangeView[];
  /** Renames that would spare a deletion and a creation, if the caller confirms them by `moved`. */
  readonly proposedMoves: readonly { readonly from: string; readonly to: string }[];
  readonly template: Template;
  /** The contents of the stored parameters that the template's parameters name, by the names of those. */
  readonly storedParameters: { readonly [name: string]: string };
}

/** What `POST /validate` tells of a template. */
export interface ValidationView {
  readonly template: Template;
  readonly parameters: readonly {
    readonly declaration: ParameterDeclaration;
    readonly value: Json | undefined;
    readonly defaultValue: Json | undefined;
  }[];
  readonly environment: JsonMap;
  readonly diagnostics: readonly Diagnostic[];
  /** Per resource whose type is a template: the same for that template. */
  readonly nested: { readonly [resource: string]: ValidationView & { readonly type: string } };
}

/** The whole of a stack as data, in the shape of Heat's abandon answer. */
export type AbandonData = JsonMap;

export type StackActionName = 'suspend' | 'resume' | 'check' | 'cancel_update' | 'cancel_without_rollback';

export type { SnapshotRecord };
