import { newestEventId } from '../heat/event-feed.js';
import type { CommandAction } from '../program/command-spec.js';
import { awaitStack, isAwaited } from './awaited-stack.js';
import { shortStack } from './shown-stack.js';

/** `baton stack rollback`. */
export const rollBackStack: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const marker = await newestEventId(client, stack);
  await client.post(`${stack.path}/rollback`, { skip: [...options.many('skip')] });
  if (isAwaited(client, options)) {
    await awaitStack(context, client, stack, options, {
      verb: 'rollback',
      ...(marker === undefined ? {} : { marker }),
    });
  }
  return shortStack(client, stack, { outputs: false });
};
