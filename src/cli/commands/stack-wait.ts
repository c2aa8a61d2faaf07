import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import { toStackEvent } from '../heat/stack-event.js';
import type { CommandAction } from '../program/command-spec.js';
import { awaitStack, rejectFailed } from './awaited-stack.js';
import { shortStack } from './shown-stack.js';

/** `baton stack wait`: takes up again what a detached command left running. */
export const waitForStack: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  let shown = await client.showStack(stack, { outputs: false });
  const [, action = '', isRunning] = /^(.*?)(_IN_PROGRESS)?$/.exec(String(shown.stack_status)) ?? [];
  const verb = action.toLowerCase();
  if (isRunning === undefined) {
    await rejectFailed(client, stack, shown, verb.replace(/_(complete|failed)$/, ''));
  } else {
    const marker = await markerBefore(client, stack, `${action}_IN_PROGRESS`);
    shown = await awaitStack(context, client, stack, options, { verb, ...(marker === undefined ? {} : { marker }) });
  }
  return shortStack(client, stack, { outputs: !String(shown.stack_status).startsWith('DELETE') });
};

/** The last event before the running operation began. */
async function markerBefore(client: HeatClient, stack: StackIdentity, status: string): Promise<string | undefined> {
  const wire = await client.list(`${stack.path}/events`, 'events', { sort_dir: 'asc' });
  const events = wire.map(toStackEvent);
  return events[events.findLastIndex((event) => event.ofStack && event.status === status) - 1]?.id;
}
