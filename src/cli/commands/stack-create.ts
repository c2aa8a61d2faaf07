import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import type { StackIdentity } from '../heat/heat-client.js';
import { showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import type { CommandContext } from '../program/context.js';
import { CommandError } from '../program/exit-codes.js';
import type { Options } from '../program/parsed-arguments.js';
import { awaitStack, isAwaited } from './awaited-stack.js';
import { readTemplateInput } from './loaded-input.js';
import { shortStack } from './shown-stack.js';

/** `baton stack create`. */
export const createStack: CommandAction = async (context, operands, options) => {
  const name = operands.at(0);
  if (options.isSet('dryRun')) return previewStack(context, operands, options);
  const body = await createBody(context, name, options);
  const client = await context.client();
  const stack = createdStack(name, await client.post('/stacks', body));
  if (!isAwaited(client, options)) return shortStack(client, stack, { outputs: false });
  await awaitStack(context, client, stack, options, { verb: 'create' });
  return shortStack(client, stack, { outputs: true });
};

/** `baton stack preview`, and `create --dry-run`. */
export const previewStack: CommandAction = async (context, operands, options) => {
  const body = await createBody(context, operands.at(0), options);
  const client = await context.client();
  const stack = (await client.post('/stacks/preview', body)).stack;
  const shown = isMap(stack) ? (stack as JsonMap) : {};
  return showObject(shown, Object.keys(shown).sort());
};

async function createBody(context: CommandContext, name: string, options: Options): Promise<JsonMap> {
  const body: JsonMap = {
    stack_name: name,
    disable_rollback: !options.isSet('enableRollback'),
    ...(await readTemplateInput(context, options, { option: 'preCreate', name: 'pre-create' })),
  };
  const tags = options.text('tags');
  const timeout = options.count('timeout');
  if (tags !== undefined) body.tags = tags;
  if (timeout !== undefined) body.timeout_mins = timeout;
  return body;
}

/** The stack that the answer of `POST /stacks` speaks of. */
export function createdStack(name: string, answer: JsonMap): StackIdentity {
  const stack = isMap(answer.stack) ? answer.stack : {};
  const id = stack.id;
  if (typeof id !== 'string') throw new CommandError("The server's answer to the create cannot be understood.");
  return { name, id, path: `/stacks/${encodeURIComponent(name)}/${encodeURIComponent(id)}` };
}
