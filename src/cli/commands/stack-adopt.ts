import type { JsonMap } from '../../engine/model/value.js';
import { loadEnvironments } from '../files/environment-files.js';
import { contentText } from '../files/fetch-text.js';
import { toUrl } from '../files/locations.js';
import { parsePairs } from '../files/parameters.js';
import type { CommandAction } from '../program/command-spec.js';
import { awaitStack, isAwaited } from './awaited-stack.js';
import { shortStack } from './shown-stack.js';
import { createdStack } from './stack-create.js';

/** `baton stack adopt`. */
export const adoptStack: CommandAction = async (context, operands, options) => {
  const name = operands.at(0);
  const { reading } = context;
  const { environment, files } = await loadEnvironments(options.many('environment'), reading);
  const url = toUrl(options.text('adoptFile') ?? '', reading.cwd);
  const body: JsonMap = {
    stack_name: name,
    disable_rollback: !options.isSet('enableRollback'),
    adopt_stack_data: contentText(await reading.fetch(url)),
    parameters: parsePairs(options.many('parameter'), { semicolons: true }),
    environment,
    files,
  };
  const timeout = options.count('timeout');
  const tags = options.text('tags');
  if (timeout !== undefined) body.timeout_mins = timeout;
  if (tags !== undefined) body.tags = tags;
  const client = await context.client();
  const stack = createdStack(name, await client.post('/stacks', body));
  const awaited = isAwaited(client, options);
  if (awaited) await awaitStack(context, client, stack, options, { verb: 'adopt' });
  return shortStack(client, stack, { outputs: awaited });
};
