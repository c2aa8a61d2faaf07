import type { Constraint } from '../model/constraint.js';
import type { Json } from '../model/value.js';

export type PropertyType = 'string' | 'integer' | 'number' | 'boolean' | 'map' | 'list' | 'any';

/**
 * What changing a property means: `update` in place, `replace` the resource, `immutable`: refused,
 * `maybe`: AWS's "conditional", the type's own code decides and a plan says *may replace*.
 */
export type OnChange = 'update' | 'replace' | 'immutable' | 'maybe';

/**
 * One property of a resource type. Schemas of recursive types are cyclic objects: walk them along a value,
 * or remember where you have been.
 */
export interface PropertySchema {
  readonly type: PropertyType;
  readonly required: boolean;
  readonly onChange: OnChange;
  readonly default?: Json;
  readonly constraints?: readonly Constraint[];
  /** Of a map with known keys. */
  readonly properties?: { readonly [name: string]: PropertySchema };
  /** Of a list's items, or of a map with free keys. */
  readonly items?: PropertySchema;
  /** The value is a password or key: encrypted in the store, masked elsewhere. */
  readonly secret?: boolean;
  /** In the schema, but Heat answers `Property x not implemented yet`. */
  readonly notImplemented?: boolean;
  readonly hidden?: boolean;
  /** An old name: its value moves to this property of the same map. */
  readonly replacedBy?: string;
}

export interface AttributeSchema {
  readonly type?: PropertyType;
  /** Asked of the driver each time, never taken from the row. */
  readonly live?: boolean;
  readonly secret?: boolean;
  /** Old: answered, but not listed with the type. */
  readonly hidden?: boolean;
}

export interface SupportStatus {
  readonly status: 'SUPPORTED' | 'DEPRECATED' | 'UNSUPPORTED' | 'HIDDEN' | 'UNKNOWN';
  readonly version: string | null;
  readonly message: string | null;
  readonly previous: SupportStatus | null;
}

/** All that is known of a type without running it: data from the catalogue. */
export interface ResourceSchema {
  readonly type: string;
  /** Where the facts come from; the same name may exist in both (`AWS::EC2::Instance`). */
  readonly origin: 'heat' | 'aws' | 'own';
  readonly properties: { readonly [name: string]: PropertySchema };
  readonly attributes: { readonly [name: string]: AttributeSchema };
  /** Schema of update_policy, if the type has one. */
  readonly updatePolicy?: { readonly [name: string]: PropertySchema };
  readonly supportStatus: SupportStatus;
  /** The longest physical name. */
  readonly nameLimit: number;
  /** Heat's class name: the resource's name in generated provider templates. */
  readonly className: string;
  /** The service that the type needs, as Heat's client name (`nova`), or undefined. */
  readonly service?: string;
  /** CloudFormation: what `Ref` gives; property names whose values, joined by `|`, are the id. */
  readonly primaryIdentifier?: readonly string[];
  /** CloudFormation: properties that only the cloud sets, read back as attributes. */
  readonly readOnly?: readonly string[];
  /** Attributes beyond the named ones exist (members' attributes, outputs of a nested stack). */
  readonly openAttributes?: boolean;
  /** CloudFormation: the property that holds the tags, and in which shape. */
  readonly tags?: { readonly property: string; readonly variant: 'standard' | 'asg' | 'map' };
  /** Deleting it loses data: replacing deserves a word. */
  readonly stateful?: boolean;
  /** The collection in the service's API that `show` reads, as Heat names it. */
  readonly entity?: string;
  /** The service's extension that the type needs. */
  readonly extension?: string;
  /** Unknown property names are let through (custom resources, OS::Heat::None). */
  readonly open?: boolean;
  /** `Snapshot` is a deletion policy of the type. */
  readonly canSnapshot: boolean;
  readonly capabilities: { readonly check: boolean; readonly suspend: boolean; readonly signal: boolean };
}
