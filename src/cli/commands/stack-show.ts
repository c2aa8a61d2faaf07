import { diagnosisLines, fetchDiagnosis } from '../heat/diagnosis.js';
import type { CommandAction } from '../program/command-spec.js';
import { fullStack } from './shown-stack.js';

/** `baton stack show`. */
export const showStack: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  // commander turns `--no-resolve-outputs` into resolveOutputs: false.
  const shown = fullStack(await client.showStack(stack, { outputs: options.isSet('resolveOutputs') }));
  const diagnosis = await fetchDiagnosis(client, stack);
  return diagnosis ? { ...shown, epilogue: ['', 'Diagnosis:', ...diagnosisLines(stack.name, diagnosis)] } : shown;
};
