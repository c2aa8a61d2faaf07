import { type PropertyContext, validateProperties } from '../drivers/validate-properties.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { ResourcePolicies } from '../model/records.js';
import {
  hasUnknown,
  isMap,
  type Json,
  type JsonMap,
  masked,
  revealed,
  type Value,
  type ValueMap,
} from '../model/value.js';
import { evaluate } from '../template/evaluate.js';
import type { Expression } from '../template/expression.js';
import { checkSize } from '../template/size-limit.js';
import type { DesiredResource, DesiredStack, EvaluatedResource } from './desired.js';
import { digest } from './digest.js';
import type { StackScope } from './scope.js';
import { withStackTags } from './stack-tags.js';

/** Types whose deletion CloudFormation turns into a snapshot when the template says nothing. */
const SNAPSHOT_BY_DEFAULT = new Set(['AWS::RDS::DBCluster']);

/**
 * Evaluates one resource's declaration in a scope and checks its properties. Throws an EvaluationError when a function
 * is used wrongly, and LookupNeeded when the scope lacks an answer.
 */
export function evaluateResource(
  stack: DesiredStack,
  resource: DesiredResource,
  scope: StackScope,
  context?: Partial<PropertyContext>,
): { readonly evaluated: EvaluatedResource; readonly diagnostics: readonly Diagnostic[] } {
  const { declaration, type } = resource;
  const raw = evaluate(declaration.properties, scope);
  checkSize(raw, `The properties of ${resource.name}`);
  const given = (isMap(raw) ? raw : {}) as ValueMap;
  const path = [stack.template.language === 'hot' ? 'resources' : 'Resources', resource.name, 'properties'];
  const { properties, diagnostics } = validateProperties(type.schema, withStackTags(given, type.schema, scope.stack), {
    path: stack.template.language === 'hot' ? path : ['Resources', resource.name, 'Properties'],
    ...context,
  });
  const metadata = plain(declaration.metadata, scope) ?? {};
  const policies = evaluatePolicies(stack, resource, scope, properties);
  const requires = stack.graph.requirementsOf(resource.name);
  const externalId = declaration.externalId === undefined ? undefined : evaluate(declaration.externalId, scope);
  return {
    diagnostics,
    evaluated: {
      properties,
      metadata,
      policies,
      requires,
      externalId: typeof externalId === 'string' ? externalId : undefined,
      definitionDigest: definitionDigest(metadata, {
        deletion: policies.deletion,
        replace: policies.updateReplace,
        update: policies.update,
        creation: policies.creation,
        ...dependencies(stack, resource),
      }),
    },
  };
}

/** The metadata's digest apart from the rest's, so that a change of either can be told. */
function definitionDigest(metadata: Json, rest: JsonMap): string {
  return `${digest(metadata)}.${digest(rest)}`;
}

/** The part of a definition's digest that stands for the metadata. */
export function metadataDigest(definition: string): string {
  return definition.split('.')[0] ?? '';
}

/** In Heat dependencies that are spelled out are a part of the definition: their change is an update of the resource. */
function dependencies({ template }: DesiredStack, { declaration }: DesiredResource): { readonly needs?: string[] } {
  if (template.versionKey === 'AWSTemplateFormatVersion') return {};
  // Also those that a condition switches off at present: that changes nothing about the resource itself.
  const names = declaration.dependsOn.map(({ name }) => name);
  return names.length > 0 ? { needs: [...new Set(names)].sort() } : {};
}

function plain(expression: Expression | undefined, scope: StackScope): Json | undefined {
  if (expression === undefined) return undefined;
  const value: Value = evaluate(expression, scope);
  checkSize(value, 'A part of the definition');
  return hasUnknown(value) ? masked(value) : revealed(value);
}

function evaluatePolicies(
  stack: DesiredStack,
  { declaration, typeName }: DesiredResource,
  scope: StackScope,
  properties: ValueMap,
): ResourcePolicies {
  const isExternal = declaration.externalId !== undefined;
  const deletion = policy(plain(declaration.deletionPolicy, scope)) ?? defaultDeletion(stack, typeName, properties);
  const replace = policy(plain(declaration.updateReplacePolicy, scope));
  return {
    deletion: isExternal ? 'Retain' : deletion,
    updateReplace: replace === 'Retain' || replace === 'Snapshot' ? replace : replacePolicy(stack, deletion),
    update: plain(declaration.updatePolicy, scope) ?? {},
    creation: plain(declaration.creationPolicy, scope) ?? {},
    ...(isExternal ? { external: true } : {}),
  };
}

function defaultDeletion(stack: DesiredStack, typeName: string, properties: ValueMap): ResourcePolicies['deletion'] {
  if (stack.template.versionKey !== 'AWSTemplateFormatVersion') return 'Delete';
  if (SNAPSHOT_BY_DEFAULT.has(typeName)) return 'Snapshot';
  return typeName === 'AWS::RDS::DBInstance' && properties.DBClusterIdentifier === undefined ? 'Snapshot' : 'Delete';
}

/** Heat has one policy for both kinds of deletion; CloudFormation's default for a replaced resource is Delete. */
function replacePolicy(stack: DesiredStack, deletion: ResourcePolicies['deletion']): ResourcePolicies['updateReplace'] {
  if (stack.template.versionKey === 'AWSTemplateFormatVersion') return 'Delete';
  return deletion === 'RetainExceptOnCreate' ? 'Retain' : deletion;
}

/** A policy's name in the neutral spelling: HOT also takes lower case and snake case. */
function policy(value: Json | undefined): ResourcePolicies['deletion'] | undefined {
  switch (
    String(value ?? '')
      .replaceAll('_', '')
      .toLowerCase()
  ) {
    case 'delete':
      return 'Delete';
    case 'retain':
      return 'Retain';
    case 'snapshot':
      return 'Snapshot';
    case 'retainexceptoncreate':
      return 'RetainExceptOnCreate';
    default:
      return undefined;
  }
}
