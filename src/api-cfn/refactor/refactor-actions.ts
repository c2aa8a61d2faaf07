import { EngineError } from '../../engine/model/errors.js';
import { newId } from '../../engine/model/ids.js';
import type { JsonMap } from '../../engine/model/value.js';
import { cfnArn } from '../../engine/planning/stack-identity.js';
import type { RefactorInput, ResourcePlace } from '../../engine/stacks/refactor/refactor-requests.js';
import { EvaluationError } from '../../engine/template/expression.js';
import type { Action, ActionContext } from '../action.js';
import { type CfnError, validationError } from '../protocol/cfn-error.js';
import { toCfnError } from '../protocol/engine-error.js';
import { flagOf, mapOf, mapsOf, needText, textOf, textsOf } from '../protocol/input-access.js';
import { askedPage } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { lookUpStack } from '../stacks/find-stack.js';
import { needTemplateText, readTemplate } from '../templates/read-template.js';
import {
  listRefactors,
  needRefactor,
  type PlannedMove,
  putRefactor,
  type RefactorRecord,
  type RefactorState,
} from './refactor-records.js';

async function createStackRefactor(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const id = newId();
  const refactor = await readRefactor(context, id);
  const base = {
    id,
    projectId: caller.projectId,
    region: caller.region,
    description: textOf(input, 'Description'),
    createdAt: deps.now(),
    input: refactor,
    executionReason: undefined,
  };
  try {
    const plan = await deps.stacks.planRefactor(caller, refactor);
    await putRefactor(context, {
      ...base,
      status: 'CREATE_COMPLETE',
      statusReason: undefined,
      execution: 'AVAILABLE',
      stacks: plan.stacks.map(({ name, id: stackId, existing }) => ({
        name,
        id: stackId,
        isNew: !existing,
        operationId: existing?.operationId,
      })),
      moves: plan.moves.map(({ from, to, record, isGiven }) => ({ from, to, physicalId: record.physicalId, isGiven })),
    });
  } catch (error) {
    // What is wrong with the templates is told by the refactor, as AWS does, not by its creation.
    const reason = whyNot(error);
    if (reason === undefined) throw error;
    await putRefactor(context, {
      ...base,
      status: 'CREATE_FAILED',
      statusReason: reason,
      execution: 'UNAVAILABLE',
      stacks: await existingStacks(context, refactor),
      moves: [],
    });
  }
  return { StackRefactorId: id };
}

function whyNot(error: unknown): string | undefined {
  const isExpected = error instanceof EngineError || error instanceof EvaluationError;
  const known: CfnError | undefined = isExpected ? toCfnError(error) : undefined;
  return known?.message;
}

async function existingStacks(context: ActionContext, { stacks }: RefactorInput): Promise<RefactorRecord['stacks']> {
  const found = await Promise.all(stacks.map(({ name }) => lookUpStack(context, name)));
  return found.flatMap((stack) =>
    stack ? [{ name: stack.name, id: stack.id, isNew: false, operationId: stack.operationId }] : [],
  );
}

async function readRefactor(context: ActionContext, id: string): Promise<RefactorInput> {
  const { input } = context;
  const definitions = mapsOf(input, 'StackDefinitions') ?? [];
  if (definitions.length === 0) throw validationError('At least one stack definition must be specified.');
  const stacks: { name: string; template: string }[] = [];
  for (const definition of definitions) {
    const text = await needTemplateText({ ...context, input: definition });
    readTemplate(text);
    stacks.push({ name: await stackName(context, textOf(definition, 'StackName')), template: text });
  }
  const mappings: RefactorInput['mappings'][number][] = [];
  for (const mapping of mapsOf(input, 'ResourceMappings') ?? []) {
    mappings.push({
      from: await placeOf(context, mapOf(mapping, 'Source')),
      to: await placeOf(context, mapOf(mapping, 'Destination')),
    });
  }
  return { id, stacks, mappings, createStacks: flagOf(input, 'EnableStackCreation') === true };
}

async function placeOf(context: ActionContext, location: JsonMap | undefined): Promise<ResourcePlace> {
  if (!location) throw validationError('A resource mapping must have a Source and a Destination.');
  return {
    stack: await stackName(context, textOf(location, 'StackName')),
    resource: needText(location, 'LogicalResourceId'),
  };
}

/** Ids and ARNs are taken wherever names are. */
async function stackName(context: ActionContext, reference: string | undefined): Promise<string> {
  if (reference === undefined || reference === '')
    throw validationError('StackName must be specified for each stack definition.');
  if (!reference.startsWith('arn:')) return reference;
  const stack = await lookUpStack(context, reference);
  if (!stack) throw validationError(`Stack with id ${reference} does not exist`);
  return stack.name;
}

async function describeStackRefactor(context: ActionContext): Promise<Output> {
  const state = await needRefactor(context, needText(context.input, 'StackRefactorId'));
  return { ...summaryOf(state), StackIds: state.record.stacks.map(({ name, id }) => arnOf(context, name, id)) };
}

function summaryOf({ record, execution, executionReason }: RefactorState): Output {
  return {
    StackRefactorId: record.id,
    Description: record.description,
    ExecutionStatus: execution,
    ExecutionStatusReason: executionReason,
    Status: record.status,
    StatusReason: record.statusReason,
  };
}

function arnOf({ caller }: ActionContext, name: string, id: string): string {
  return cfnArn({ id, name, projectId: caller.projectId, region: caller.region, origin: 'cfn', notificationArns: [] });
}

async function listStackRefactors(context: ActionContext): Promise<Output> {
  const { input } = context;
  const filter = textsOf(input, 'ExecutionStatusFilter') ?? [];
  const all = (await listRefactors(context)).filter(
    ({ execution }) => filter.length === 0 || filter.includes(execution),
  );
  const { items, nextToken } = askedPage('ListStackRefactors', all, input);
  return { StackRefactorSummaries: items.map(summaryOf), NextToken: nextToken };
}

async function listStackRefactorActions(context: ActionContext): Promise<Output> {
  const { input } = context;
  const { record } = await needRefactor(context, needText(input, 'StackRefactorId'));
  const created = record.stacks
    .filter(({ isNew }) => isNew)
    .map(({ name, id }) => ({
      Action: 'CREATE',
      Entity: 'STACK',
      PhysicalResourceId: arnOf(context, name, id),
      Description: `Stack ${name} will be created.`,
    }));
  const moved = record.moves.map((move) => moveOf(context, record, move));
  const { items, nextToken } = askedPage('ListStackRefactorActions', [...created, ...moved], input);
  return { StackRefactorActions: items, NextToken: nextToken };
}

function moveOf(
  context: ActionContext,
  { stacks }: RefactorRecord,
  { from, to, physicalId, isGiven }: PlannedMove,
): Output {
  const target = stacks.find(({ name }) => name === to.stack);
  const locationOf = ({ stack, resource }: ResourcePlace) => ({ StackName: stack, LogicalResourceId: resource });
  return {
    Action: 'MOVE',
    Entity: 'RESOURCE',
    PhysicalResourceId: physicalId,
    ResourceIdentifier: physicalId,
    Description:
      from.stack === to.stack ? 'Resource logical ID will be changed.' : 'Resource will be moved to another stack.',
    Detection: isGiven ? 'MANUAL' : 'AUTO',
    DetectionReason: isGiven
      ? 'The mapping was provided in the request.'
      : 'The resource was matched by its type and configuration.',
    TagResources: [
      { Key: 'aws:cloudformation:stack-name', Value: to.stack },
      { Key: 'aws:cloudformation:logical-id', Value: to.resource },
      ...(target ? [{ Key: 'aws:cloudformation:stack-id', Value: arnOf(context, target.name, target.id) }] : []),
    ],
    UntagResources: ['aws:cloudformation:stack-name', 'aws:cloudformation:logical-id', 'aws:cloudformation:stack-id'],
    ResourceMapping: { Source: locationOf(from), Destination: locationOf(to) },
  };
}

async function executeStackRefactor(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const { record, execution } = await needRefactor(context, needText(input, 'StackRefactorId'));
  if (execution !== 'AVAILABLE') {
    throw validationError(
      `Stack refactor ${record.id} cannot be executed in its current execution status of [${execution}]`,
    );
  }
  await putRefactor(context, { ...record, execution: 'EXECUTE_IN_PROGRESS' });
  try {
    await deps.stacks.refactor(caller, record.input);
  } catch (error) {
    const reason = whyNot(error);
    await putRefactor(context, {
      ...record,
      execution: 'EXECUTE_FAILED',
      executionReason: reason ?? 'Internal failure',
    });
    if (reason === undefined) throw error;
    return {};
  }
  await putRefactor(context, { ...record, execution: 'EXECUTE_COMPLETE' });
  return {};
}

/** What moves resources between stacks. */
export const actions: readonly Action[] = [
  { name: 'CreateStackRefactor', handle: createStackRefactor },
  { name: 'DescribeStackRefactor', handle: describeStackRefactor },
  { name: 'ListStackRefactors', handle: listStackRefactors },
  { name: 'ListStackRefactorActions', handle: listStackRefactorActions },
  { name: 'ExecuteStackRefactor', handle: executeStackRefactor },
];
