import type { JsonMap } from '../../engine/model/value.js';
import type { Template } from '../../engine/template/template.js';
import type { ActionContext } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { flagOf, mapOf, mapsOf, needText, numberOf, textOf, textsOf } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { type Preferences, type SetOperationRecord, type StackSetRecord, stackSetArn } from './stack-set-records.js';
import { type StackSetRunner, stackSetRunner } from './stack-set-runner.js';

/** The set that a request names, by its name, id or ARN; StackSetNotFound if there is none. */
export async function needSet(
  context: ActionContext,
): Promise<{ readonly runner: StackSetRunner; readonly set: StackSetRecord }> {
  const name = needText(context.input, 'StackSetName');
  const found = await findSet(context, name);
  if (!found) throw modeledError('StackSetNotFoundException', `StackSet ${name} not found`);
  return { runner: stackSetRunner(context.deps), set: found };
}

/** The same, undefined if there is none. */
export async function findSet({ deps, caller }: ActionContext, name: string): Promise<StackSetRecord | undefined> {
  const sets = await stackSetRunner(deps).records.sets(caller.projectId, caller.region);
  const byId = sets.find((set) => set.id === name || stackSetArn(set) === name);
  return byId ?? sets.find((set) => set.status === 'ACTIVE' && set.name === name);
}

/** Reads `OperationPreferences`. */
export function readPreferences(input: JsonMap): Preferences {
  const given = mapOf(input, 'OperationPreferences') ?? {};
  const preferences: Preferences = {
    regionConcurrency: textOf(given, 'RegionConcurrencyType') as Preferences['regionConcurrency'],
    regionOrder: textsOf(given, 'RegionOrder'),
    toleranceCount: numberOf(given, 'FailureToleranceCount'),
    tolerancePercentage: numberOf(given, 'FailureTolerancePercentage'),
    concurrentCount: numberOf(given, 'MaxConcurrentCount'),
    concurrentPercentage: numberOf(given, 'MaxConcurrentPercentage'),
    mode: textOf(given, 'ConcurrencyMode') as Preferences['mode'],
  };
  if (preferences.toleranceCount !== undefined && preferences.tolerancePercentage !== undefined) {
    throw validationError('Cannot specify both FailureToleranceCount and FailureTolerancePercentage');
  }
  if (preferences.concurrentCount !== undefined && preferences.concurrentPercentage !== undefined) {
    throw validationError('Cannot specify both MaxConcurrentCount and MaxConcurrentPercentage');
  }
  const isStrict = preferences.mode !== 'SOFT_FAILURE_TOLERANCE';
  const { concurrentCount, toleranceCount } = preferences;
  if (
    isStrict &&
    concurrentCount !== undefined &&
    toleranceCount !== undefined &&
    concurrentCount > toleranceCount + 1
  ) {
    throw validationError('MaxConcurrentCount must be at most one more than the FailureToleranceCount');
  }
  const order = preferences.regionOrder ?? [];
  if (new Set(order).size !== order.length) throw validationError('Region order must not contain duplicate regions');
  return preferences;
}

/** The preferences as answers have them. */
export function shownPreferences(preferences: Preferences): Output {
  return {
    RegionConcurrencyType: preferences.regionConcurrency,
    RegionOrder: preferences.regionOrder ?? [],
    FailureToleranceCount:
      preferences.toleranceCount ?? (preferences.tolerancePercentage === undefined ? 0 : undefined),
    FailureTolerancePercentage: preferences.tolerancePercentage,
    MaxConcurrentCount: preferences.concurrentCount ?? (preferences.concurrentPercentage === undefined ? 1 : undefined),
    MaxConcurrentPercentage: preferences.concurrentPercentage,
    ConcurrencyMode: preferences.mode,
  };
}

/** The values of a set's parameters; `before` are those that the set has. */
export function readSetParameters(
  input: JsonMap,
  before: StackSetRecord['parameters'] | undefined,
): { [name: string]: string } {
  const values: { [name: string]: string } = {};
  for (const parameter of mapsOf(input, 'Parameters') ?? []) {
    const name = textOf(parameter, 'ParameterKey') ?? '';
    if (Object.hasOwn(values, name)) throw validationError(`Parameters: [${name}] are specified more than once`);
    if (flagOf(parameter, 'UsePreviousValue') === true) {
      const value = before && Object.hasOwn(before, name) ? before[name] : undefined;
      if (value !== undefined) values[name] = value;
    } else values[name] = textOf(parameter, 'ParameterValue') ?? '';
  }
  return values;
}

/** Values that only some instances have; undefined if the request does not speak of them. */
export function readOverrides(
  input: JsonMap,
  template: Template,
): ((before: { readonly [name: string]: string }) => { [name: string]: string }) | undefined {
  const given = mapsOf(input, 'ParameterOverrides');
  if (!given) return undefined;
  const unknown = given
    .map((one) => textOf(one, 'ParameterKey') ?? '')
    .filter((name) => !template.parameters.has(name));
  if (unknown.length > 0) throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  return (before) => {
    const values: { [name: string]: string } = {};
    for (const one of given) {
      const name = textOf(one, 'ParameterKey') ?? '';
      const kept = Object.hasOwn(before, name) ? before[name] : undefined;
      if (flagOf(one, 'UsePreviousValue') !== true) values[name] = textOf(one, 'ParameterValue') ?? '';
      else if (kept !== undefined) values[name] = kept;
    }
    return values;
  };
}

/** Throws unless every parameter has a value and every value a parameter. */
export function checkSetParameters(template: Template, values: { readonly [name: string]: string }): void {
  const unknown = Object.keys(values).filter((name) => !template.parameters.has(name));
  if (unknown.length > 0) throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing = [...template.parameters.values()].filter(
    ({ name, defaultValue }) => defaultValue === undefined && !Object.hasOwn(values, name),
  );
  if (missing.length > 0)
    throw validationError(`Parameters: [${missing.map(({ name }) => name).join(', ')}] must have values`);
}

/** The accounts that a request speaks of; undefined if it names none. */
export function readAccounts(input: JsonMap): string[] | undefined {
  const targets = mapOf(input, 'DeploymentTargets');
  if (targets && textsOf(targets, 'OrganizationalUnitIds') !== undefined) {
    throw validationError('StackSets with SELF_MANAGED permission model can only have accounts as target');
  }
  if (targets && textOf(targets, 'AccountsUrl') !== undefined)
    throw validationError('AccountsUrl is not supported by this service: name the accounts.');
  const accounts = textsOf(input, 'Accounts');
  const inTargets = targets && textsOf(targets, 'Accounts');
  if (accounts && inTargets) throw validationError('Cannot specify both Accounts and DeploymentTargets');
  const given = accounts ?? inTargets;
  return given && [...new Set(given)];
}

/** A fresh operation of a set. Refuses while another one goes on, unless the set queues them. */
export async function newOperation(
  context: ActionContext,
  set: StackSetRecord,
  part: Pick<SetOperationRecord, 'action' | 'accounts'> & Partial<SetOperationRecord>,
): Promise<SetOperationRecord> {
  const { deps, caller, input, requestId } = context;
  const { records } = stackSetRunner(deps);
  const id = textOf(input, 'OperationId') ?? requestId;
  if (await records.operation(set.id, id))
    throw modeledError('OperationIdAlreadyExistsException', `Operation ${id} already exists`);
  const isBusy = (await records.operations(set.id)).some(({ endedAt }) => endedAt === undefined);
  if (isBusy && !set.managedExecution) {
    throw modeledError(
      'OperationInProgressException',
      `Another Operation on StackSet ${stackSetArn(set)} is in progress`,
    );
  }
  return {
    id,
    setId: set.id,
    status: isBusy ? 'QUEUED' : 'RUNNING',
    reason: undefined,
    preferences: readPreferences(input),
    retainStacks: undefined,
    imported: {},
    caller,
    createdAt: deps.now(),
    endedAt: undefined,
    drift: undefined,
    ...part,
  };
}
