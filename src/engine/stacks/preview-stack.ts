import { ValidationError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { hasUnknown, type Json, type JsonMap, masked, revealed, Unknown, type Value } from '../model/value.js';
import { currentRecords } from '../operations/child-view.js';
import { createLookupSource } from '../operations/lookup-sources.js';
import { knownByRecord } from '../operations/stack-loader.js';
import type { DesiredResource, DesiredStack, EvaluatedResource } from '../planning/desired.js';
import { detectMoves } from '../planning/detect-moves.js';
import { evaluateOutput } from '../planning/evaluate-output.js';
import { evaluateResource } from '../planning/evaluate-resource.js';
import { evaluateWithLookups, LookupCache, LookupNeeded } from '../planning/lookups.js';
import { type Plan, type PlannedResource, plan } from '../planning/planner.js';
import { StackScope } from '../planning/scope.js';
import type { StackIdentity } from '../planning/stack-identity.js';
import { pendingScope } from '../planning/validate-desired.js';
import { storedParameterType } from '../template/cfn/parameter-types.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { environmentDocument } from '../template/environment/environment.js';
import { prepareCreate, type Zones } from './create-stack.js';
import { prepare } from './prepare.js';
import type {
  Caller,
  ChangeView,
  CreateInput,
  OutputView,
  PreviewResource,
  PreviewView,
  UpdateInput,
  UpdatePreview,
} from './requests.js';
import type { ServiceParts } from './service-parts.js';
import { shownEnvironment, shownParameters } from './show-stack.js';
import { prepareUpdate, withTags } from './update-stack.js';

/** What creating a stack would make. */
export async function previewCreate(parts: ServiceParts, caller: Caller, input: CreateInput): Promise<PreviewView> {
  const { prepared, identity, zones } = await prepareCreate(parts, caller, input);
  const { desired } = prepared;
  return {
    name: input.name,
    template: desired.template,
    parameters: withoutId(shownParameters(desired, identity)),
    outputs: previewOutputs(desired, identity, zones),
    resources: previewResources(parts, desired, identity, caller, zones),
    diagnostics: prepared.warnings,
    timeoutMins: input.timeoutMins,
    disableRollback: input.disableRollback ?? true,
    tags: input.tags ?? [],
    environment: shownEnvironment(desired),
    files: desired.record.files,
  };
}

/** A stack that is not made has no id; Heat writes Python's word for that. */
function withoutId(parameters: { readonly [name: string]: string }): { [name: string]: string } {
  const id = ['OS::stack_id', 'AWS::StackId'].filter((name) => Object.hasOwn(parameters, name));
  return { ...parameters, ...Object.fromEntries(id.map((name) => [name, 'None'])) };
}

/** Resources that are not there yet answer to their names. */
class PreviewScope extends StackScope {
  override reference(name: string): Value {
    const value = super.reference(name);
    return value instanceof Unknown ? name : value;
  }
}

function previewOutputs(desired: DesiredStack, stack: StackIdentity, zones: Zones): OutputView[] {
  const scope = pendingScope({ desired, stack, zones }, PreviewScope);
  return [...desired.template.outputs.values()].flatMap((declaration) => {
    try {
      const output = evaluateOutput(declaration, scope);
      if (!output) return [];
      const { name, description, value, error, exportName } = output;
      return [{ name, description, value: value === undefined ? null : masked(value), error, exportName }];
    } catch (error) {
      if (!(error instanceof LookupNeeded)) throw error;
      return [];
    }
  });
}

function previewResources(
  parts: ServiceParts,
  desired: DesiredStack,
  stack: StackIdentity,
  caller: Caller,
  zones: Zones,
): PreviewResource[] {
  const scope = pendingScope({ desired, stack, zones }, PreviewScope);
  return [...desired.resources.values()].map((resource) => {
    const { evaluated } = evaluateResource(desired, resource, scope);
    const properties = shownProperties(resource, evaluated);
    return {
      name: resource.name,
      type: resource.typeName,
      properties,
      metadata: evaluated.metadata,
      requiredBy: desired.graph.dependantsOf(resource.name),
      physicalId: undefined,
      description: resource.declaration.description,
      nested: resource.type.composed
        ? nestedPreview(parts, desired, resource.name, evaluated, stack, caller, zones)
        : undefined,
    };
  });
}

/** Values that are not known yet are shown as null, as Heat does. */
export function shownValue(value: Value, unknown: Json = null): Json {
  if (value instanceof Unknown) return unknown;
  return JSON.parse(JSON.stringify(masked(value, '\0unknown')), (_key, inner) =>
    inner === '\0unknown' ? unknown : inner,
  );
}

/** A property that hangs on an attribute of what is not made counts as not given: its default is shown. */
function shownProperties({ type }: DesiredResource, { properties }: EvaluatedResource): JsonMap {
  const shown = (name: string, value: Value): Json =>
    value instanceof Unknown ? (type.schema.properties[name]?.default ?? null) : shownValue(value);
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, shown(name, value)]));
}

function nestedPreview(
  parts: ServiceParts,
  parent: DesiredStack,
  name: string,
  evaluated: EvaluatedResource,
  stack: StackIdentity,
  caller: Caller,
  zones: Zones,
): readonly PreviewResource[] | undefined {
  const resource = parent.resources.get(name);
  const composed = resource?.type.composed;
  // What the child takes from outside is not here yet: without a sample there is nothing to show.
  if (composed?.prepare && !composed.sample) return undefined;
  const input = {
    name,
    physicalName: name,
    // Heat gives a child an empty text for what is not known yet.
    properties: shownValue(evaluated.properties, '') as JsonMap,
    previous: undefined,
    members: [],
    data: {},
    updatePolicy: evaluated.policies.update,
    files: parent.record.files,
  };
  const step = composed?.sample ? composed.sample(input) : composed?.child(input)[0];
  if (!step || !resource) return undefined;
  const environment = childEnvironment(parent.environment, name, resource.mappingPath);
  try {
    const prepared = prepare(parts.prepare, zones, {
      template: step.stack.template,
      files: step.stack.files ?? parent.record.files,
      environment: { ...environmentDocument(environment), parameters: {} },
      parameters: step.stack.parameters,
      ...(parent.record.storedParameters ? { storedParameters: parent.record.storedParameters } : {}),
      stack,
      nestedDepth: 1,
    });
    return previewResources(parts, prepared.desired, stack, caller, zones);
  } catch (error) {
    // A child that needs more than a text for what is not known yet can only be shown when it is.
    if (error instanceof ValidationError && hasUnknown(evaluated.properties)) return undefined;
    throw error;
  }
}

/** What an update would do, resource by resource; nothing is written. */
export async function previewUpdate(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  input: UpdateInput,
): Promise<UpdatePreview> {
  const { stack, prepared } = await prepareUpdate(parts, caller, stackId, input);
  const moved = { ...prepared.desired.environment.moved, ...input.moved };
  const records = currentRecords(await parts.operations.records(stack.id)).map((record) => renamed(record, moved));
  const made = await planUpdate(parts, withTags(stack, input), prepared.desired, records);
  return {
    template: prepared.desired.template,
    changes: changesOf(made, prepared.desired, moved),
    proposedMoves: detectMoves(made),
    storedParameters: storedIn(prepared.desired),
  };
}

function storedIn({ template, parameters }: DesiredStack): { readonly [name: string]: string } {
  const stored = [...template.parameters.values()].filter(
    ({ declaredType, hidden }) => !hidden && storedParameterType(declaredType) !== undefined,
  );
  return Object.fromEntries(
    stored.flatMap(({ name }) => {
      const value = revealed(parameters.get(name) ?? null);
      return value === null ? [] : [[name, Array.isArray(value) ? value.join(',') : String(value)]];
    }),
  );
}

/** A record as it is after the renames that come with the update. */
function renamed(record: ResourceRecord, moved: { readonly [from: string]: string }): ResourceRecord {
  const name = Object.hasOwn(moved, record.name) ? (moved[record.name] ?? record.name) : record.name;
  return { ...record, name, requires: record.requires.map((needed) => moved[needed] ?? needed) };
}

/** The plan of bringing a stack from its records to what it is to be. */
export async function planUpdate(
  parts: ServiceParts,
  stack: StackRecord,
  desired: DesiredStack,
  records: readonly ResourceRecord[],
): Promise<Plan> {
  const { operations } = parts;
  const lookups = new LookupCache();
  const byName = new Map(records.map((record) => [record.name, record]));
  const source = createLookupSource(
    parts.prepare.engine,
    stack,
    (name) => {
      const record = byName.get(name);
      return record && { record, type: desired.resources.get(name)?.type };
    },
    operations.views,
  );
  return evaluateWithLookups(
    () =>
      plan({
        desired,
        records,
        origin: stack.origin,
        scope: (known) => operations.loader.scope(stack, desired, known, lookups),
        knownByRecord: (name, record) => knownByRecord(desired, name, record),
      }),
    lookups,
    source,
  );
}

/** A plan as people and APIs are shown it. */
export function changesOf(
  made: Plan,
  desired: DesiredStack,
  moved: { readonly [from: string]: string } = {},
): ChangeView[] {
  const oldNames = new Map(Object.entries(moved).map(([from, to]) => [to, from]));
  const changes = made.resources.map((planned) => changeOf(planned, desired, oldNames.get(planned.resource.name)));
  for (const record of made.removals) {
    changes.push({
      name: record.name,
      type: record.type,
      action: record.policies.deletion === 'Retain' || record.policies.external ? 'retain' : 'delete',
      physicalId: record.physicalId,
      properties: [],
      because: [],
      movedFrom: undefined,
      nested: undefined,
      record,
      preview: undefined,
    });
  }
  return changes;
}

function changeOf(
  { resource, decision, evaluated }: PlannedResource,
  desired: DesiredStack,
  movedFrom: string | undefined,
): ChangeView {
  const { record } = decision;
  return {
    name: resource.name,
    type: resource.typeName,
    action: movedFrom !== undefined && decision.action === 'none' ? 'move' : actionOf(decision),
    physicalId: record?.physicalId,
    properties: decision.details.map((detail) => ({
      path: detail.path,
      before: detail.before,
      after: detail.after === undefined ? undefined : masked(detail.after),
      onChange: detail.onChange,
      certain: !detail.unknown,
    })),
    because: decision.because,
    movedFrom,
    nested: undefined,
    record,
    wanted: { properties: evaluated.properties, metadata: evaluated.metadata, policies: evaluated.policies },
    preview: {
      name: resource.name,
      type: resource.typeName,
      properties: shownValue(evaluated.properties) as JsonMap,
      metadata: evaluated.metadata,
      requiredBy: desired.graph.dependantsOf(resource.name),
      physicalId: record?.physicalId,
      description: resource.declaration.description,
      nested: undefined,
    },
  };
}

function actionOf({ action, certain, details, heals }: PlannedResource['decision']): ChangeView['action'] {
  switch (action) {
    case 'update':
    case 'refuse': {
      if (certain) return 'update';
      const mayReplace = details.some((detail) => detail.unknown && detail.onChange !== 'update');
      return mayReplace ? 'may-replace' : 'may-update';
    }
    case 'none':
      return heals ? 'update' : 'none';
    default:
      return action;
  }
}
