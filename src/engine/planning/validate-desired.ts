import type { CustomCheck } from '../drivers/constraint-check.js';
import type { ChildStep, ComposeInput, ResourceType, ValidationScope } from '../drivers/resource-type.js';
import { validateProperties } from '../drivers/validate-properties.js';
import { type Diagnostic, Diagnostics, type Position } from '../model/diagnostic.js';
import { hasUnknown, isMap, type JsonMap, revealed, Unknown, type Value } from '../model/value.js';
import { evaluate } from '../template/evaluate.js';
import { EvaluationError, type Expression, type MapEntry } from '../template/expression.js';
import { AttributeCheck } from './check-attributes.js';
import type { DesiredResource, DesiredStack, EvaluatedResource } from './desired.js';
import { evaluateOutput } from './evaluate-output.js';
import { evaluateResource } from './evaluate-resource.js';
import { LookupCache, LookupNeeded } from './lookups.js';
import { withMisspelledCall } from './misspelled-call.js';
import { splitUpdatePolicy } from './replacement-order.js';
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
  const attributes = new AttributeCheck(desired, scope, diagnostics);
  const samples = new Map<string, ChildStep>();
  const typeNames = new Map([...desired.resources.values()].map(({ name, typeName }) => [name, typeName]));
  for (const resource of desired.resources.values()) {
    const place = [sectionOf(desired), resource.name];
    const words =
      desired.template.language === 'hot'
        ? { properties: 'properties', metadata: 'metadata' }
        : { properties: 'Properties', metadata: 'Metadata' };
    attributes.check(resource.declaration.properties, [...place, words.properties]);
    if (resource.declaration.metadata) attributes.check(resource.declaration.metadata, [...place, words.metadata]);
    const evaluated = evaluateForCheck(input, resource, scope, diagnostics);
    const sample = evaluated && checkByType({ ...input, typeNames }, resource, evaluated, diagnostics);
    if (sample) samples.set(resource.name, sample);
  }
  for (const output of desired.template.outputs.values()) {
    const path =
      desired.template.language === 'hot' ? ['outputs', output.name, 'value'] : ['Outputs', output.name, 'Value'];
    attributes.check(output.value, path);
    attributes.checkLeftOut(output, path);
    checkOutput(output.name, () => evaluateOutput(output, scope), diagnostics, output.at);
  }
  attributes.checkMembers(samples);
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
    diagnostics.all.push(
      ...found.map((diagnostic) => withMisspelledCall(diagnostic, resource.declaration, desired.template)),
    );
    return found.some((diagnostic) => diagnostic.severity === 'error') ? undefined : evaluated;
  } catch (error) {
    if (error instanceof LookupNeeded) return undefined;
    if (!(error instanceof EvaluationError)) throw error;
    const property = error.heatType === undefined ? propertyThatFails(resource, scope) : undefined;
    diagnostics.error('invalid-function', error.message, {
      path: [sectionOf(desired), resource.name, ...(property === undefined ? [] : ['properties', property])],
      at: error.at ?? resource.declaration.at,
      ...(property === undefined ? {} : { prefix: 'Property error' }),
      ...(error.heatType === undefined ? {} : { heatType: error.heatType }),
    });
    return undefined;
  }
}

/** Asks the type; gives what stands for a composing resource's child. */
function checkByType(
  input: ValidationInput & { readonly typeNames: ReadonlyMap<string, string> },
  resource: DesiredResource,
  evaluated: EvaluatedResource,
  diagnostics: Diagnostics,
): ChildStep | undefined {
  const { type, declaration, name } = resource;
  const place = { path: [sectionOf(input.desired), name], at: declaration.at };
  if (type.unsupported !== undefined) {
    diagnostics.error('not-supported', type.unsupported, place);
    return undefined;
  }
  if (
    evaluated.policies.deletion === 'Snapshot' &&
    !type.snapshot &&
    !type.schema.canSnapshot &&
    type.schema.origin === 'heat'
  ) {
    const at = { ...place, path: [...place.path, 'deletion_policy'], prefix: '' };
    diagnostics.error('not-supported', '"Snapshot" deletion policy not supported', at);
  }
  if (type.schema.origin === 'heat' && declaration.updatePolicy && isMap(evaluated.policies.update)) {
    const schema = { origin: type.schema.origin, properties: type.schema.updatePolicy ?? NO_PROPERTIES };
    const path = [...place.path, 'update_policy'];
    const { own, problem } = splitUpdatePolicy(evaluated.policies.update as JsonMap);
    const { diagnostics: found } = validateProperties(schema, own, { path });
    diagnostics.all.push(...found);
    if (problem !== undefined) diagnostics.error('invalid-property', problem, { ...place, path });
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
    return undefined;
  }
  const properties = revealed(evaluated.properties) as JsonMap;
  for (const message of type.validate?.(properties, name, around) ?? []) {
    diagnostics.error('invalid-property', message, place);
  }
  const step = input.child && sampleStep(type, resource, properties, input.desired, evaluated);
  if (step) diagnostics.all.push(...(input.child?.(resource, step) ?? []));
  return step;
}

/** One for all: the compiled check is kept with it. */
const NO_PROPERTIES = {};

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

/** The property whose value cannot be worked out; undefined if it is something else of the declaration. */
function propertyThatFails({ declaration, type }: DesiredResource, scope: StackScope): string | undefined {
  const { properties } = declaration;
  if (properties.kind !== 'map' || type.schema.origin !== 'heat') return undefined;
  const failing = properties.entries.find(({ value }) => {
    try {
      evaluate(value, scope);
      return false;
    } catch (error) {
      return error instanceof EvaluationError;
    }
  });
  return failing && String(failing.key);
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
