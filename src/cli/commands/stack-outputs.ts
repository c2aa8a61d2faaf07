import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { orNotFound } from '../heat/api-error.js';
import { listObjects, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { CommandError, UsageError } from '../program/exit-codes.js';

/** `baton stack output list`. */
export const listOutputs: CommandAction = async (context, operands) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  return listObjects(await client.list(`${stack.path}/outputs`, 'outputs'), ['output_key', 'description']);
};

/** `baton stack output show`. */
export const showOutput: CommandAction = async (context, operands, options) => {
  const name = operands.optional(1);
  const all = options.isSet('all');
  if (!all && name === undefined) throw new UsageError('Either <output> or --all must be specified.');
  if (all && name !== undefined) throw new UsageError('Cannot specify both <output> and --all.');
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  if (name === undefined) {
    const { outputs } = await client.showStack(stack, { outputs: true });
    const maps = Array.isArray(outputs) ? outputs.filter((output): output is JsonMap => isMap(output)) : [];
    return { kind: 'show', columns: maps.map((output) => String(output.output_key)), values: maps };
  }
  const answer = await client
    .get(`${stack.path}/outputs/${encodeURIComponent(name)}`)
    .catch(orNotFound(`Stack ${stack.name} or output ${name} not found.`));
  const output = isMap(answer.output) ? (answer.output as JsonMap) : {};
  if (typeof output.output_error === 'string') throw new CommandError(`Output error: ${output.output_error}`);
  return showObject(output, Object.keys(output).sort());
};
