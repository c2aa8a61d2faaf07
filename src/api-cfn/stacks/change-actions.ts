import type { StackRecord } from '../../engine/model/records.js';
import type { CreateInput, UpdateInput, UpdatePreview } from '../../engine/stacks/requests.js';
import { EvaluationError } from '../../engine/template/expression.js';
import { type Action, type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { flagOf, needText, numberOf, textOf, textsOf } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { checkCapabilities } from '../templates/capabilities.js';
import { needTemplateText, readTemplate } from '../templates/read-template.js';
import { findStack, lookUpStack, stackArn } from './find-stack.js';
import { changedParameters, changesNothing } from './no-changes.js';
import { clientToken, rememberToken, repeatedOperation } from './request-tokens.js';
import { checkResourceTypes, readExtra, readParameters, readPolicy, readTags } from './stack-input.js';
import { stackStatus } from './status.js';
import { updateInputOf } from './update-input.js';

async function createStack(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const name = needText(input, 'StackName');
  const text = await needTemplateText(context);
  const existing = await lookUpStack(context, name);
  if (existing) {
    const repeated = await repeatedOperation(context, existing, ['CREATE']);
    if (repeated) return idsOf(existing, repeated.id);
    throw modeledError('AlreadyExistsException', `Stack [${name}] already exists`);
  }
  const { values } = readParameters(input);
  const template = readTemplate(text, values);
  checkResourceTypes(input, template);
  checkCapabilities(template, textsOf(input, 'Capabilities') ?? []);
  const policy = await readPolicy(context, 'StackPolicyBody', 'StackPolicyURL');
  const made = await deps.stacks.create(caller, {
    name,
    template: text,
    parameters: values,
    ...failureOptions(context),
    tagMap: readTags(input) ?? {},
    ...clientToken(context),
    extra: { ...readExtra(input), ...(policy ? { stackPolicy: policy.policy, stackPolicyBody: policy.text } : {}) },
  });
  await rememberToken(context, made);
  return idsOf(made, made.operationId);
}

/** Timeout and what happens after a failure. */
function failureOptions({ input }: ActionContext): Pick<CreateInput, 'onFailure' | 'disableRollback' | 'timeoutMins'> {
  const onFailure = textOf(input, 'OnFailure') as CreateInput['onFailure'];
  const disableRollback = flagOf(input, 'DisableRollback');
  const timeoutMins = numberOf(input, 'TimeoutInMinutes');
  if (onFailure !== undefined && disableRollback !== undefined) {
    throw validationError('You can specify either DisableRollback or OnFailure, but not both.');
  }
  return {
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(disableRollback === undefined ? {} : { disableRollback }),
    ...(timeoutMins === undefined ? {} : { timeoutMins }),
  };
}

async function updateStack(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  const repeated = await repeatedOperation(context, stack, ['UPDATE']);
  if (repeated) return idsOf(stack, repeated.id);
  guardUpdatable(stack, flagOf(input, 'DisableRollback') === true);
  const view = await deps.stacks.get(caller, stack.id);
  const { update, template } = await updateInputOf(context, view);
  checkResourceTypes(input, template);
  checkCapabilities(template, textsOf(input, 'Capabilities') ?? []);
  const policy = await readPolicy(context, 'StackPolicyBody', 'StackPolicyURL');
  const during = await readPolicy(context, 'StackPolicyDuringUpdateBody', 'StackPolicyDuringUpdateURL');
  const complete: UpdateInput = {
    ...update,
    ...clientToken(context),
    ...(during ? { stackPolicy: during.policy } : {}),
    extra: { ...update.extra, ...(policy ? { stackPolicy: policy.policy, stackPolicyBody: policy.text } : {}) },
  };
  const preview = await previewOf(context, stack, complete);
  if (preview && changesNothing(view, complete, preview, changedParameters(view, template, complete))) {
    throw validationError('No updates are to be performed.');
  }
  const begun = await deps.stacks.update(caller, stack.id, complete);
  await rememberToken(context, begun);
  return idsOf(begun, begun.operationId);
}

/** What the update would do; undefined if something that it takes from elsewhere is not there, which the update itself will tell. */
async function previewOf(
  { deps, caller }: ActionContext,
  stack: StackRecord,
  update: UpdateInput,
): Promise<UpdatePreview | undefined> {
  try {
    return await deps.stacks.previewUpdate(caller, stack.id, update);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

const UPDATABLE = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
]);

/** States in which a stack takes updates that keep what was provisioned so far. */
const MENDABLE = new Set(['CREATE_FAILED', 'UPDATE_FAILED']);

/** Throws unless the stack may be updated now. */
export function guardUpdatable(stack: StackRecord, keepsProvisioned: boolean): void {
  const status = stackStatus(stack);
  if (UPDATABLE.has(status) || (keepsProvisioned && MENDABLE.has(status))) return;
  throw validationError(`Stack:${stackArn(stack)} is in ${status} state and can not be updated.`);
}

async function deleteStack(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const stack = await lookUpStack(context, needText(input, 'StackName'));
  // Deleting what is not there (any more) is success.
  if (!stack) return EMPTY_OUTPUT;
  if (await repeatedOperation(context, stack, ['DELETE'])) return EMPTY_OUTPUT;
  const status = stackStatus(stack);
  const retain = textsOf(input, 'RetainResources') ?? [];
  const isForced = textOf(input, 'DeletionMode') === 'FORCE_DELETE_STACK';
  if (stack.extra.terminationProtection === true) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  if (status === 'DELETE_IN_PROGRESS') return EMPTY_OUTPUT;
  if (/^UPDATE_.*IN_PROGRESS$/.test(status)) {
    throw validationError(`Stack [${stackArn(stack)}] cannot be deleted while in status ${status}`);
  }
  if (retain.length > 0 && status !== 'DELETE_FAILED') {
    throw validationError(
      `Invalid operation on stack [${stackArn(stack)}]. RetainResources can only be specified for stacks in DELETE_FAILED state.`,
    );
  }
  if (isForced && status !== 'DELETE_FAILED') {
    throw validationError(
      `Invalid operation on stack [${stackArn(stack)}]. FORCE_DELETE_STACK can only be specified for stacks in DELETE_FAILED state.`,
    );
  }
  const known = new Set((await deps.stacks.resources(caller, stack.id, {})).map(({ record }) => record.name));
  const unknown = retain.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw validationError(`Resources to retain must be members of the stack: [${unknown.join(', ')}]`);
  if (isForced) await deps.stacks.annotate(caller, stack.id, { deletionMode: 'FORCE_DELETE_STACK' });
  await deps.stacks.delete(caller, stack.id, { retain, force: isForced, ...clientToken(context) });
  await rememberToken(context, stack);
  return EMPTY_OUTPUT;
}

function idsOf(stack: StackRecord, operationId: string | undefined): Output {
  return { StackId: stackArn(stack), OperationId: operationId };
}

/** What makes, changes and deletes stacks. */
export const actions: readonly Action[] = [
  { name: 'CreateStack', handle: createStack },
  { name: 'UpdateStack', handle: updateStack },
  { name: 'DeleteStack', handle: deleteStack },
];
