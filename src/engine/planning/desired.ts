import type { ResourceType } from '../drivers/resource-type.js';
import type { DependencyGraph } from '../graph/dependency-graph.js';
import type { ResourcePolicies, TemplateRecord } from '../model/records.js';
import type { Json, Value, ValueMap } from '../model/value.js';
import type { Environment } from '../template/environment/environment.js';
import type { ResourceDeclaration, Template } from '../template/template.js';

/** What a stack is to be: a template with its values, its conditions decided and its types found. */
export interface DesiredStack {
  readonly template: Template;
  readonly record: TemplateRecord;
  readonly environment: Environment;
  readonly parameters: ReadonlyMap<string, Value>;
  /** Active resources only: those whose condition holds. */
  readonly resources: ReadonlyMap<string, DesiredResource>;
  readonly graph: DependencyGraph;
  /** The type that a name means in this stack's environment, for records that the template no longer has. */
  typeNamed(typeName: string, resourceName: string): ResourceType | undefined;
}

export interface DesiredResource {
  readonly name: string;
  readonly declaration: ResourceDeclaration;
  /** The name as the template has it; what records keep. */
  readonly typeName: string;
  readonly type: ResourceType;
  /** Where the environment maps the type to a nested template, if it does. */
  readonly mappingPath: readonly string[];
  readonly hooks: ReadonlySet<string>;
  readonly restrictedActions: ReadonlySet<string>;
}

/** A resource's declaration with everything evaluated that could be. */
export interface EvaluatedResource {
  readonly properties: ValueMap;
  readonly metadata: Json;
  readonly policies: ResourcePolicies;
  readonly definitionDigest: string;
  readonly externalId: string | undefined;
  readonly requires: readonly string[];
}
