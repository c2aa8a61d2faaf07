import type { StackRecord } from '../../engine/model/records.js';
import { isMap, type JsonMap, Secret, type Value } from '../../engine/model/value.js';
import type { ActionContext } from '../action.js';
import { flagOf, needText, textOf } from '../protocol/input-access.js';
import { PAGE_SIZE, pageOf } from '../protocol/paging.js';
import type { Output, OutputValue } from '../protocol/write-output.js';
import { stackArn } from '../stacks/find-stack.js';
import { rollbackConfiguration } from '../stacks/stack-view.js';
import { NO_ECHO, textValue } from '../stacks/text-value.js';
import { readTemplate } from '../templates/read-template.js';
import type { ChangeSet } from './change-set.js';
import { changeSetsOf, findChangeSet } from './change-set-store.js';
import { withoutValues } from './resource-change.js';

/** What can be done with a change set now. */
export async function executionStatus(
  { deps, caller }: ActionContext,
  changeSet: ChangeSet,
  stack: StackRecord,
): Promise<string> {
  if (changeSet.status === 'FAILED') return 'UNAVAILABLE';
  if (changeSet.operationId === null) return stack.epoch === changeSet.epoch ? 'AVAILABLE' : 'OBSOLETE';
  const operation = await deps.stacks.operation(caller, stack.id, changeSet.operationId);
  if (operation?.status === 'RUNNING') return 'EXECUTE_IN_PROGRESS';
  return operation?.status === 'COMPLETE' ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
}

/** Answers `DescribeChangeSet`. */
export async function describeChangeSet(context: ActionContext): Promise<Output> {
  const { input, deps, caller } = context;
  const changeSet = await findChangeSet(context, needText(input, 'ChangeSetName'), textOf(input, 'StackName'));
  const stack = await deps.stacks.find(caller, changeSet.stackId, { showDeleted: true });
  const withValues = flagOf(input, 'IncludePropertyValues') === true;
  const { items, nextToken } = pageOf('DescribeChangeSet', changeSet.changes, textOf(input, 'NextToken'), PAGE_SIZE);
  const { shown } = changeSet;
  return {
    ...(await summaryOf(context, changeSet, stack)),
    Parameters: shownParameters(changeSet),
    NotificationARNs: texts(shown.NotificationARNs) ?? [],
    RollbackConfiguration: rollbackConfiguration(shown.RollbackConfiguration),
    Capabilities: texts(shown.Capabilities),
    Tags: Object.entries(changeSet.wish.tagMap ?? {}).map(([Key, Value]) => ({ Key, Value })),
    Changes: withValues ? items : items.map(withoutValues),
    OnStackFailure: textOf(shown, 'OnStackFailure'),
    NextToken: nextToken,
  };
}

async function summaryOf(context: ActionContext, changeSet: ChangeSet, stack: StackRecord): Promise<Output> {
  const { shown } = changeSet;
  return {
    StackId: stackArn(stack),
    StackName: stack.name,
    ChangeSetId: changeSet.arn,
    ChangeSetName: changeSet.name,
    ExecutionStatus: await executionStatus(context, changeSet, stack),
    Status: changeSet.status,
    StatusReason: changeSet.statusReason ?? undefined,
    CreationTime: changeSet.createdAt,
    Description: textOf(shown, 'Description'),
    IncludeNestedStacks: flagOf(shown, 'IncludeNestedStacks') ?? false,
    ParentChangeSetId: changeSet.parentId ?? undefined,
    RootChangeSetId: changeSet.rootId ?? undefined,
    ImportExistingResources: flagOf(shown, 'ImportExistingResources') ?? false,
  };
}

/** Answers `ListChangeSets` for one stack. */
export async function listChangeSets(context: ActionContext, stack: StackRecord): Promise<Output> {
  const all = await changeSetsOf(context, stack);
  const { items, nextToken } = pageOf('ListChangeSets', all, textOf(context.input, 'NextToken'));
  return {
    Summaries: await Promise.all(items.map((changeSet) => summaryOf(context, changeSet, stack))),
    NextToken: nextToken,
  };
}

function shownParameters({ wish, templateText, shown }: ChangeSet): OutputValue {
  const template = readTemplate(templateText);
  const resolved = isMap(shown.ResolvedValues) ? (shown.ResolvedValues as JsonMap) : {};
  return [...template.parameters.values()].flatMap(({ name, defaultValue, hidden }) => {
    const value: Value | undefined = wish.parameters[name] ?? defaultValue;
    const previous = wish.previous.includes(name);
    if (value === undefined && !previous) return [];
    const text =
      previous || value === undefined ? undefined : isHidden(value, hidden) ? NO_ECHO : textValue(value as never);
    return [
      {
        ParameterKey: name,
        ParameterValue: text,
        UsePreviousValue: previous ? true : undefined,
        ResolvedValue: Object.hasOwn(resolved, name) ? textOf(resolved, name) : undefined,
      },
    ];
  });
}

function isHidden(value: Value, hidden: boolean): boolean {
  return hidden || value instanceof Secret;
}

function texts(value: JsonMap[string] | undefined): string[] | undefined {
  return Array.isArray(value) && !isMap(value) ? value.map(String) : undefined;
}
