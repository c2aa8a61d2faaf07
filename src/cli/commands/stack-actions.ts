import type { JsonMap } from '../../engine/model/value.js';
import { newestEventId } from '../heat/event-feed.js';
import { type ListResult, listObjects } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import type { CommandContext } from '../program/context.js';
import { CommandError } from '../program/exit-codes.js';
import type { Operands, Options } from '../program/parsed-arguments.js';
import { followOperation } from '../progress/follow-operation.js';
import { awaitStack, isAwaited } from './awaited-stack.js';
import { STACK_COLUMNS } from './shown-stack.js';

/** `baton stack suspend`, `resume` and `check`. */
export function stackAction(action: string): CommandAction {
  return (context, operands, options) => actOn(context, operands, options, () => action);
}

/** `baton stack cancel`. */
export const cancelStacks: CommandAction = (context, operands, options) =>
  actOn(context, operands, options, (stack) => {
    const status = String(stack.stack_status);
    const withRollback = options.isSet('rollback') && status === 'UPDATE_IN_PROGRESS';
    if (withRollback) return 'cancel_update';
    if (['UPDATE_IN_PROGRESS', 'CREATE_IN_PROGRESS'].includes(status)) return 'cancel_without_rollback';
    throw new CommandError(
      `Stack ${String(stack.stack_name)} with status '${status.toLowerCase()}' not in cancelable state`,
    );
  });

async function actOn(
  context: CommandContext,
  operands: Operands,
  options: Options,
  choose: (stack: JsonMap) => string,
): Promise<ListResult> {
  const client = await context.client();
  const shown: JsonMap[] = [];
  for (const name of operands.rest(0)) {
    const stack = await client.findStack(name);
    const action = choose(await client.showStack(stack, { outputs: false }));
    const awaited = isAwaited(client, options);
    const marker = awaited ? await newestEventId(client, stack) : undefined;
    await client.post(`${stack.path}/actions`, { [action]: null });
    if (awaited) {
      const follow = { verb: action, ...(marker === undefined ? {} : { marker }) };
      // A cancelled operation ends FAILED or rolled back: that is what was asked for.
      if (action.startsWith('cancel')) await followOperation(context, client, stack, follow);
      else await awaitStack(context, client, stack, options, follow);
    }
    shown.push(await client.showStack(stack, { outputs: false }));
  }
  return listObjects(shown, STACK_COLUMNS);
}
