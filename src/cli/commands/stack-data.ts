import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JsonMap } from '../../engine/model/value.js';
import { type ShowResult, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import type { CommandContext } from '../program/context.js';
import { messageOf } from '../program/error-text.js';
import { CommandError } from '../program/exit-codes.js';
import type { Options } from '../program/parsed-arguments.js';

/** `baton stack export`. */
export const exportStack: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  return writtenOrShown(context, options, await client.get(`${stack.path}/export`));
};

/** `baton stack abandon`. */
export const abandonStack: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  return writtenOrShown(context, options, await client.delete(`${stack.path}/abandon`));
};

/** `baton stack template show`. */
export const showTemplate: CommandAction = async (context, operands) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  return showObject(await client.get(`${stack.path}/template`));
};

/** `baton stack environment show`. */
export const showEnvironment: CommandAction = async (context, operands) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const environment = await client.get(`${stack.path}/environment`);
  const columns = ['parameters', 'resource_registry', 'parameter_defaults'];
  return showObject(
    environment,
    columns.filter((column) => Object.hasOwn(environment, column)),
  );
};

/** `baton stack file list`. */
export const listFiles: CommandAction = async (context, operands) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  return { kind: 'show', columns: ['files'], values: [await client.get(`${stack.path}/files`)] };
};

async function writtenOrShown(
  context: CommandContext,
  options: Options,
  data: JsonMap,
): Promise<ShowResult | undefined> {
  const file = options.text('outputFile');
  if (file === undefined) return showObject(data);
  const path = resolve(context.settings.cwd, file);
  try {
    await writeFile(path, `${JSON.stringify(data, undefined, 2)}\n`);
  } catch (cause) {
    // An abandon cannot be repeated: its data must not be lost because a file cannot be written.
    context.terminal.out.write(`${JSON.stringify(data, undefined, 2)}\n`);
    throw new CommandError(`Cannot write ${path}: ${messageOf(cause)}`);
  }
  return undefined;
}
