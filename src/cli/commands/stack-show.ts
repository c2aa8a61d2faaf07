import type { CommandAction } from '../program/command-spec.js';
import { fullStack } from './shown-stack.js';

/** `baton stack show`. */
export const showStack: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  // commander turns `--no-resolve-outputs` into resolveOutputs: false.
  return fullStack(await client.showStack(stack, { outputs: options.isSet('resolveOutputs') }));
};
