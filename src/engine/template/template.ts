import type { Constraint } from '../model/constraint.js';
import type { Position } from '../model/diagnostic.js';
import type { Json, JsonMap } from '../model/value.js';
import type { Expression, MapExpression } from './expression.js';

export type Language = 'hot' | 'cfn';

/** A template in the neutral model: both languages end here. */
export interface Template {
  readonly language: Language;
  /** The header, e.g. `heat_template_version` and `2018-08-31`. */
  readonly versionKey: 'heat_template_version' | 'HeatTemplateFormatVersion' | 'AWSTemplateFormatVersion';
  readonly version: string;
  readonly description: string | undefined;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly parameterGroups: readonly ParameterGroup[];
  readonly conditions: ReadonlyMap<string, Expression>;
  readonly mappings: { readonly [name: string]: JsonMap };
  readonly rules: ReadonlyMap<string, RuleDeclaration>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  /** The template's own Metadata section (CloudFormation). */
  readonly metadata: Json;
  /** Names of the transforms that the template asked for (CloudFormation). */
  readonly transforms: readonly string[];
  /** The document as plain JSON, for `template show` and for storing; after transforms see `processed`. */
  readonly document: JsonMap;
  /** The document after transforms; the same object if there were none. */
  readonly processed: JsonMap;
}

export interface ParameterGroup {
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly parameters: readonly string[];
}

export type ParameterType = 'string' | 'number' | 'comma_delimited_list' | 'json' | 'boolean';

export interface ParameterDeclaration {
  readonly name: string;
  /** What the value is, in the neutral vocabulary. */
  readonly type: ParameterType;
  /** The type as the template wrote it, e.g. `List<AWS::EC2::Subnet::Id>`. */
  readonly declaredType: string;
  readonly label: string | undefined;
  readonly description: string | undefined;
  /** undefined: no default; the value is required. */
  readonly defaultValue: Json | undefined;
  readonly hidden: boolean;
  readonly immutable: boolean;
  readonly tags: readonly string[];
  readonly constraints: readonly Constraint[];
  /** CloudFormation's text for a broken constraint. */
  readonly constraintDescription: string | undefined;
  readonly at: Position;
}

/** A rule of CloudFormation's Rules section. */
export interface RuleDeclaration {
  readonly name: string;
  readonly condition: Expression | undefined;
  readonly assertions: readonly { readonly assert: Expression; readonly description: string | undefined }[];
  readonly at: Position;
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'Snapshot' | 'RetainExceptOnCreate';

export interface ResourceDeclaration {
  readonly name: string;
  readonly type: string;
  readonly properties: MapExpression;
  readonly metadata: Expression | undefined;
  readonly dependsOn: readonly { readonly name: string; readonly at: Position }[];
  /** A condition function, the literal name of a condition, or a literal boolean. */
  readonly condition: Expression | undefined;
  /** Absent: the language's default (Delete; CloudFormation has Snapshot for some types). */
  readonly deletionPolicy: Expression | undefined;
  /** CloudFormation's UpdateReplacePolicy. */
  readonly updateReplacePolicy: Expression | undefined;
  readonly updatePolicy: Expression | undefined;
  /** CloudFormation's CreationPolicy. */
  readonly creationPolicy: Expression | undefined;
  /** The physical id of an existing thing that this resource stands for (HOT). */
  readonly externalId: Expression | undefined;
  readonly description: string | undefined;
  readonly at: Position;
  readonly typeAt: Position;
}

export interface OutputDeclaration {
  readonly name: string;
  readonly description: string | undefined;
  readonly value: Expression;
  readonly condition: Expression | undefined;
  /** CloudFormation's Export name. */
  readonly exportName: Expression | undefined;
  readonly at: Position;
}
