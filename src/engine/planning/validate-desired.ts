import type { CustomCheck } from '../drivers/constraint-check.js';
import { attributeOf } from '../drivers/resource-attributes.js';
import type { ChildStep, ComposeInput, ResourceType, ValidationScope } from '../drivers/resource-type.js';
import { didYouMean } from '../model/closest.js';
import { type Diagnostic, Diagnostics, type Position } from '../model/diagnostic.js';
import { hasUnknown, type JsonMap, revealed, Unknown, type Value } from '../model/value.js';
import { referencesIn } from '../template/evaluate.js';
import { EvaluationError, type Expression, type MapEntry } from '../template/expression.js';
import { ExpressionWalk, type PlacedReference } from '../template/reference-walk.js';
import type { DesiredResource, DesiredStack, EvaluatedResource } from './desired.js';
import { evaluateOutput } from './evaluate-output.js';
import { evaluateResource } from './evaluate-resource.js';
import { LookupCache, LookupNeeded } from './lookups.js';
import { StackScope } from './scope.js';
import type { StackIdentity } from './stack-identity.js';

export interface ValidationInput {
  readonly desired: DesiredStack;
  readonly stack: StackIdentity;
  readonly zones: (region: string) => readonly string[];
  readonly customCheck?: CustomCheck;
  /** Milliseconds that an operation of the stack may take. */
  readonly timeoutMs?: number;
  /** It is a child stack's: a resource of another stack stands for it. */
  readonly isNested?: boolean;
  /** Checks the child stack that a composing resource would make; `depth` counts from the root. */
  readonly child?: (resource: DesiredResource, step: ChildStep) => readonly Diagnostic[];
}

/**
 * Everything that can be said against a desired stack before anything runs: each property by its type's schema, each
 * attribute that is referred to, and the children of composing resources. What depends on resources that are not there
 * yet is left to the moment when it is known.
 */
export function validateDesired(input: ValidationInput): Diagnostic[] {
  const { desired } = input;
  const diagnostics = new Diagnostics();
  const scope = pendingScope(input);
  const typeNames = new Map([...desired.resources.values()].map(({ name, typeName }) => [name, typeName]));
  for (const resource of desired.resources.values()) {
    const place = [sectionOf(desired), resource.name];
    const words =
      desired.template.language === 'hot'
        ? { properties: 'properties', metadata: 'metadata' }
        : { properties: 'Properties', metadata: 'Metadata' };
    checkAttributes(desired, resource.declaration.properties, [...place, words.properties], scope, diagnostics);
    if (resource.declaration.metadata) {
      checkAttributes(desired, resource.declaration.metadata, [...place, words.metadata], scope, diagnostics);
    }
    const evaluated = evaluateForCheck(input, resource, scope, diagnostics);
    if (evaluated) checkByType({ ...input, typeNames }, resource, evaluated, diagnostics);
  }
  for (const output of desired.template.outputs.values()) {
    const path =
      desired.template.language === 'hot' ? ['outputs', output.name, 'value'] : ['Outputs', output.name, 'Value'];
    checkAttributes(desired, output.value, path, scope, diagnostics);
    checkOutput(output.name, () => evaluateOutput(output, scope), diagnostics, output.at);
  }
  return diagnostics.all;
}

/** A scope in which no resource is there yet. */
export function pendingScope(
  { desired, stack, zones, isNested = false }: Pick<ValidationInput, 'desired' | 'stack' | 'zones' | 'isNested'>,
  Scope = StackScope,
): StackScope {
  return new Scope({
    template: desired.template,
    stack,
    parameters: desired.parameters,
    files: desired.record.files,
    lookups: new TolerantLookups(),
    resource: (name) => (desired.resources.has(name) ? { state: 'pending' } : { state: 'inactive' }),
    zones,
    facade: isNested ? { metadata: {}, deletion_policy: 'Delete', update_policy: {} } : {},
  });
}

/** Before anything runs, what would have to be looked up counts as unknown. */
class TolerantLookups extends LookupCache {
  override take(lookup: Parameters<LookupCache['take']>[0]): Value {
    return new Unknown([lookup.kind]);
  }
}

function evaluateForCheck(
  input: ValidationInput,
  resource: DesiredResource,
  scope: StackScope,
  diagnostics: Diagnostics,
): EvaluatedResource | undefined {
  const { desired } = input;
  try {
    const { evaluated, diagnostics: found } = evaluateResource(desired, resource, scope, {
      positions: (path) => positionOf(resource, path),
      ...(input.customCheck ? { customCheck: input.customCheck } : {}),
    });
    diagnostics.all.push(...found);
    return found.some((diagnostic) => diagnostic.severity === 'error') ? undefined : evaluated;
  } catch (error) {
    if (error instanceof LookupNeeded) return undefined;
    if (!(error instanceof EvaluationError)) throw error;
    diagnostics.error('invalid-function', error.message, {
      path: [sectionOf(desired), resource.name],
      at: error.at ?? resource.declaration.at,
      ...(error.heatType === undefined ? {} : { heatType: error.heatType }),
    });
    return undefined;
  }
}

function checkByType(
  input: ValidationInput & { readonly typeNames: ReadonlyMap<string, string> },
  resource: DesiredResource,
  evaluated: EvaluatedResource,
  diagnostics: Diagnostics,
): void {
  const { type, declaration, name } = resource;
  const place = { path: [sectionOf(input.desired), name], at: declaration.at };
  if (
    evaluated.policies.deletion === 'Snapshot' &&
    !type.snapshot &&
    !type.schema.canSnapshot &&
    type.schema.origin === 'heat'
  ) {
    const at = { ...place, path: [...place.path, 'deletion_policy'], prefix: '' };
    diagnostics.error('not-supported', '"Snapshot" deletion policy not supported', at);
  }
  const around: ValidationScope = {
    resources: input.typeNames,
    updatePolicy: evaluated.policies.update,
    timeoutMs: input.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
  const unknown = new Set(
    Object.keys(evaluated.properties).filter((key) => hasUnknown(evaluated.properties[key] ?? null)),
  );
  if (unknown.size > 0) {
    const known = Object.entries(evaluated.properties).filter(([key]) => !unknown.has(key));
    const plain = revealed(Object.fromEntries(known)) as JsonMap;
    for (const message of type.validateKnown?.(plain, unknown, around) ?? []) {
      diagnostics.error('invalid-property', message, place);
    }
    return;
  }
  const properties = revealed(evaluated.properties) as JsonMap;
  for (const message of type.validate?.(properties, name, around) ?? []) {
    diagnostics.error('invalid-property', message, place);
  }
  const step = input.child && sampleStep(type, resource, properties, input.desired, evaluated);
  if (step) diagnostics.all.push(...(input.child?.(resource, step) ?? []));
}

/** What an operation may take where nobody says otherwise. */
const DEFAULT_TIMEOUT_MS = 3_600_000;

/** What stands for a composing resource's child while nothing is made. */
function sampleStep(
  { composed }: ResourceType,
  { name }: DesiredResource,
  properties: JsonMap,
  desired: DesiredStack,
  evaluated: EvaluatedResource,
): ChildStep | undefined {
  if (!composed) return undefined;
  const input: ComposeInput = {
    name,
    physicalName: name,
    properties,
    previous: undefined,
    members: [],
    data: {},
    updatePolicy: evaluated.policies.update,
    files: desired.record.files,
  };
  // What has to be fetched first cannot be composed yet.
  if (!composed.sample && composed.prepare) return undefined;
  return composed.sample ? composed.sample(input) : composed.child(input)[0];
}

/** References to attributes that the other resource's type does not have. */
function checkAttributes(
  desired: DesiredStack,
  expression: Expression,
  start: readonly string[],
  scope: StackScope,
  diagnostics: Diagnostics,
): void {
  for (const { resource, attribute, at } of referencesIn(expression, [], scope)) {
    if (attribute === undefined) continue;
    const target = desired.resources.get(resource);
    if (!target || attributeOf(target.type.schema, attribute)) continue;
    diagnostics.error('unknown-attribute', `The Referenced Attribute (${resource} ${attribute}) is incorrect.`, {
      path: placeOf(expression, start, at),
      at,
      prefix: '',
      awsMessage: `Template error: resource ${resource} does not support attribute type ${attribute} in Fn::GetAtt`,
      ...didYouMean(attribute, Object.keys(target.type.schema.attributes)),
    });
  }
}

/** The path of the reference that stands at a position, with the function that refers at its end. */
function placeOf(expression: Expression, start: readonly string[], at: Position): readonly (string | number)[] {
  let place: readonly (string | number)[] = start;
  const refer = (reference: PlacedReference): void => {
    if (reference.at === at) place = [...reference.path, reference.fn];
  };
  new ExpressionWalk({ path: [...start], visit: () => undefined, refer }).walk(expression);
  return place;
}

function checkOutput(
  name: string,
  run: () => { error: string | undefined } | undefined,
  diagnostics: Diagnostics,
  at: Position,
): void {
  try {
    const output = run();
    if (output?.error !== undefined) {
      diagnostics.warn('invalid-output', output.error, { path: ['outputs', name], at });
    }
  } catch (error) {
    if (!(error instanceof LookupNeeded)) throw error;
  }
}

function sectionOf(desired: DesiredStack): string {
  return desired.template.language === 'hot' ? 'resources' : 'Resources';
}

/** Where a path of the document stands in the text: as deep as the template still knows positions. */
function positionOf({ declaration }: DesiredResource, path: readonly (string | number)[]): Position | undefined {
  const steps = path.slice(3);
  let expression: Expression = declaration.properties;
  let at: Position = steps.length === 0 ? declaration.at : expression.at;
  for (const step of steps) {
    if (expression.kind === 'map') {
      const entry: MapEntry | undefined = expression.entries.find((candidate) => candidate.key === step);
      if (!entry) return at;
      at = entry.keyAt;
      expression = entry.value;
    } else if (expression.kind === 'list') {
      const item: Expression | undefined = expression.items[Number(step)];
      if (!item) return at;
      at = item.at;
      expression = item;
    } else {
      return at;
    }
  }
  return at;
}
