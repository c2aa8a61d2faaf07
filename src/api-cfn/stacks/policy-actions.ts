import { type Action, type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { flagOf, needText } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { findStack, stackArn } from './find-stack.js';
import { readPolicy } from './stack-input.js';

async function setStackPolicy(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  const policy = await readPolicy(context, 'StackPolicyBody', 'StackPolicyURL');
  if (!policy) throw validationError('Either Policy URL or Policy Body must be specified.');
  await deps.stacks.annotate(caller, stack.id, { stackPolicy: policy.policy, stackPolicyBody: policy.text });
  return EMPTY_OUTPUT;
}

async function getStackPolicy(context: ActionContext): Promise<Output> {
  const stack = await findStack(context, needText(context.input, 'StackName'), { missing: 'brackets' });
  const body = stack.extra.stackPolicyBody;
  return typeof body === 'string' ? { StackPolicyBody: body } : EMPTY_OUTPUT;
}

async function updateTerminationProtection(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  if (stack.parentId !== undefined) {
    throw validationError(
      `TerminationProtection cannot be changed for nested stack [${stackArn(stack)}]. Change it on the root stack instead.`,
    );
  }
  await deps.stacks.annotate(caller, stack.id, {
    terminationProtection: flagOf(input, 'EnableTerminationProtection') === true,
  });
  return { StackId: stackArn(stack) };
}

/** What protects a stack. */
export const actions: readonly Action[] = [
  { name: 'SetStackPolicy', handle: setStackPolicy },
  { name: 'GetStackPolicy', handle: getStackPolicy },
  { name: 'UpdateTerminationProtection', handle: updateTerminationProtection },
];
