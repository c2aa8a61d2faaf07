import { EVENT_REASONS } from '../../engine/model/event-reasons.js';
import type { StackRecord } from '../../engine/model/records.js';
import { isMap, type Json, type JsonMap } from '../../engine/model/value.js';
import type { StackView } from '../../engine/stacks/requests.js';
import { storedParameterType } from '../../engine/template/cfn/parameter-types.js';
import type { ActionContext } from '../action.js';
import { latestDrift } from '../drift/drift-records.js';
import type { Output } from '../protocol/write-output.js';
import { FailureTexts } from './failure-text.js';
import { stackArn } from './find-stack.js';
import { tagsOf } from './stack-input.js';
import { OperationHistory, stackStatus } from './status.js';
import { NO_ECHO, textValue } from './text-value.js';

/** A stack as `DescribeStacks` shows it. */
export async function describeStack(context: ActionContext, stack: StackRecord): Promise<Output> {
  const { deps, caller } = context;
  const view = await deps.stacks.get(caller, stack.id, { outputs: true });
  const { extra } = stack;
  const status = stackStatus(stack);
  return {
    StackId: stackArn(stack),
    StackName: stack.name,
    ChangeSetId: text(extra.changeSetId),
    Description: view.template.description,
    Parameters: shownParameters(view),
    ...(await timesAndReason(context, stack)),
    RollbackConfiguration: rollbackConfiguration(extra.rollbackConfiguration),
    StackStatus: status,
    DisableRollback: stack.disableRollback,
    NotificationARNs: texts(extra.notificationArns) ?? [],
    TimeoutInMinutes: stack.timeoutMins,
    Capabilities: texts(extra.capabilities),
    Outputs: status === 'REVIEW_IN_PROGRESS' ? undefined : shownOutputs(view),
    RoleARN: text(extra.roleArn),
    Tags: Object.entries(tagsOf(stack)).map(([Key, Value]) => ({ Key, Value })),
    EnableTerminationProtection: extra.terminationProtection === true,
    ...(await familyOf(context, stack)),
    DriftInformation: await driftInformation(context, stack),
    RetainExceptOnCreate: extra.retainExceptOnCreate === true ? true : undefined,
    DeletionMode: text(extra.deletionMode),
  };
}

/** The same as `ListStacks` shows it. */
export async function summarizeStack(context: ActionContext, stack: StackRecord): Promise<Output> {
  return {
    StackId: stackArn(stack),
    StackName: stack.name,
    TemplateDescription: stack.description === '' ? undefined : stack.description,
    ...(await timesAndReason(context, stack)),
    StackStatus: stackStatus(stack),
    ...(await familyOf(context, stack)),
    DriftInformation: await driftInformation(context, stack),
  };
}

async function timesAndReason(context: ActionContext, stack: StackRecord): Promise<Output> {
  return {
    CreationTime: stack.createdAt,
    LastUpdatedTime: lastUpdate(stack),
    DeletionTime: stack.deletedAt,
    StackStatusReason: await reasonOf(context, stack),
    LastOperations: lastOperations(stack),
  };
}

/** Only updates count, and the execution of the change set that has made a stack. */
function lastUpdate(stack: StackRecord): number | undefined {
  const isUpdate = stack.action !== 'DELETE' && !(stack.action === 'ROLLBACK' && stack.extra.rollbackFrom === 'CREATE');
  const { executedAt } = stack.extra;
  return (isUpdate ? stack.updatedAt : undefined) ?? (typeof executedAt === 'number' ? executedAt : undefined);
}

async function reasonOf(context: ActionContext, stack: StackRecord): Promise<string | undefined> {
  if (stack.statusReason === EVENT_REASONS.review) return 'User Initiated';
  // What went well has nothing to explain: most stacks of a list need no look at their history.
  const isUndone = stack.action === 'ROLLBACK' && stack.status === 'COMPLETE';
  if (stack.status === 'COMPLETE' && !isUndone) return undefined;
  const { deps, caller } = context;
  const history = new OperationHistory(await deps.stacks.operations(caller, stack.id));
  const texts = new FailureTexts(context, stack.id, history);
  // A stack that was brought back goes on telling what it was brought back from.
  const status = isUndone ? 'IN_PROGRESS' : stack.status;
  return texts.reason(history.get(stack.operationId), status, stack.extra.phase === 'CLEANUP');
}

const OPERATION_TYPES: { readonly [action: string]: string } = {
  CREATE: 'CREATE_STACK',
  ADOPT: 'CREATE_STACK',
  DELETE: 'DELETE_STACK',
  ROLLBACK: 'ROLLBACK',
};

/** CloudFormation's word for what an operation does. */
export function operationType(action: string): string {
  return OPERATION_TYPES[action] ?? 'UPDATE_STACK';
}

function lastOperations(stack: StackRecord): Output[] | undefined {
  if (stack.operationId === undefined) return undefined;
  return [{ OperationType: operationType(stack.action), OperationId: stack.operationId }];
}

async function familyOf({ deps, caller }: ActionContext, stack: StackRecord): Promise<Output> {
  if (stack.parentId === undefined) return {};
  const [parent, root] = await Promise.all(
    [stack.parentId, stack.rootId].map((id) =>
      deps.stacks.find(caller, id, { showDeleted: true }).catch(() => undefined),
    ),
  );
  return { ParentId: parent && stackArn(parent), RootId: root && stackArn(root) };
}

async function driftInformation(context: ActionContext, stack: StackRecord): Promise<Output> {
  const drift = await latestDrift(context, stack);
  return { StackDriftStatus: drift?.status ?? 'NOT_CHECKED', LastCheckTimestamp: drift?.checkedAt };
}

/** The parameters of a stack's template with their values. */
export function shownParameters(view: Pick<StackView, 'template' | 'parameters' | 'environment'>): Output[] {
  const given = isMap(view.environment.parameters) ? (view.environment.parameters as JsonMap) : {};
  return [...view.template.parameters.values()].flatMap(({ name, hidden, declaredType, defaultValue }) => {
    const value = view.parameters[name];
    if (value === undefined) return [];
    if (hidden) return [{ ParameterKey: name, ParameterValue: NO_ECHO }];
    if (!storedParameterType(declaredType)) return [{ ParameterKey: name, ParameterValue: value }];
    // What is given is the name of a stored parameter; the stack has what that held.
    const named = (Object.hasOwn(given, name) ? given[name] : defaultValue) ?? value;
    return [{ ParameterKey: name, ParameterValue: textValue(named), ResolvedValue: value }];
  });
}

function shownOutputs(view: StackView): Output[] | undefined {
  const isThere =
    view.stack.deletedAt === undefined && (view.stack.status === 'COMPLETE' || view.stack.action !== 'CREATE');
  if (!isThere) return undefined;
  const outputs = (view.outputs ?? []).filter((output) => output.error === undefined && output.value !== null);
  return outputs.map(({ name, value, description, exportName }) => ({
    OutputKey: name,
    OutputValue: textValue(value),
    Description: description,
    ExportName: exportName,
  }));
}

/** `RollbackConfiguration` as it was given. */
export function rollbackConfiguration(value: Json | undefined): Output {
  if (!isMap(value)) return {};
  const given = value as JsonMap;
  const triggers = Array.isArray(given.RollbackTriggers) ? given.RollbackTriggers : [];
  return {
    RollbackTriggers: triggers
      .filter((trigger): trigger is JsonMap => isMap(trigger))
      .map(({ Arn, Type }) => ({ Arn: String(Arn), Type: String(Type) })),
    MonitoringTimeInMinutes:
      typeof given.MonitoringTimeInMinutes === 'number' ? given.MonitoringTimeInMinutes : undefined,
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: Json | undefined): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}
