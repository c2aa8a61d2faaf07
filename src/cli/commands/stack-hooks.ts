import type { JsonMap } from '../../engine/model/value.js';
import { ApiError } from '../heat/api-error.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import { stackOfLink, toStackEvent } from '../heat/stack-event.js';
import { listObjects } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { CommandError } from '../program/exit-codes.js';
import type { Options } from '../program/parsed-arguments.js';

const HOOKS = ['pre-create', 'pre-update', 'pre-delete', 'post-create', 'post-update', 'post-delete'];

/** `baton stack hook poll`. */
export const pollHooks: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const depth = options.count('nestedDepth') ?? 0;
  const action = await runningAction(client, stack);
  const query: { [key: string]: string } = { sort_dir: 'asc' };
  if (depth > 0) query.nested_depth = String(depth);
  const wire = await client.list(`${stack.path}/events`, 'events', query);
  const columns = ['Resource Name', 'ID', 'Resource Status Reason', 'Resource Status', 'Event Time'];
  if (depth > 0) columns.push('Stack Name');
  return listObjects(pendingHooks(wire, stack, action), columns);
};

/** The events of hooks that are waited at since the running operation began, those cleared meanwhile left out. */
export function pendingHooks(wire: readonly JsonMap[], stack: Pick<StackIdentity, 'id'>, action: string): JsonMap[] {
  const events = wire.map(toStackEvent);
  const started = events.findLastIndex(
    (event) => event.ofStack && event.stackId === stack.id && event.reason === `Stack ${action} started`,
  );
  const pending = new Map<string, JsonMap>();
  for (const event of events.slice(Math.max(0, started))) {
    for (const when of ['pre', 'post']) {
      const hook = `${when}-${action.toLowerCase()}`;
      const key = `${event.stackId}/${event.resourceName}/${hook}`;
      if (event.reason === `${action} paused until Hook ${hook} is cleared`) pending.set(key, event.wire);
      else if (event.reason === `Hook ${hook} is cleared`) pending.delete(key);
    }
  }
  return [...pending.values()];
}

/** `baton stack hook clear`. */
export const clearHooks: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const hook = chosenHook(options) ?? `pre-${(await runningAction(client, stack)).toLowerCase()}`;
  for (const pattern of operands.rest(1)) {
    const parts = pattern.split('/').filter((part) => part !== '');
    const cleared = await clearMatching(client, stack, parts, hook);
    if (cleared === 0) context.terminal.err.write(`No resource of ${stack.name} waits at ${hook} for ${pattern}\n`);
  }
};

function chosenHook(options: Options): string | undefined {
  return HOOKS.find((hook) => options.isSet(hook.replace(/-(.)/, (_, letter: string) => letter.toUpperCase())));
}

async function clearMatching(
  client: HeatClient,
  stack: StackIdentity,
  parts: readonly string[],
  hook: string,
): Promise<number> {
  const [first = '*', ...rest] = parts;
  const matches = wildcard(first);
  let cleared = 0;
  for (const resource of await client.list(`${stack.path}/resources`, 'resources')) {
    const name = String(resource.resource_name);
    if (!matches.test(name)) continue;
    if (rest.length > 0) {
      const nested = stackOfLink(resource, 'nested');
      if (nested.id === '') continue;
      cleared += await clearMatching(client, await client.findStack(`${nested.name}/${nested.id}`), rest, hook);
      continue;
    }
    try {
      await client.post(`${stack.path}/resources/${encodeURIComponent(name)}/signal`, { unset_hook: hook });
      cleared += 1;
    } catch (error) {
      // With a wild card most resources have no such hook; that is no reason to stop.
      const isOther = !(error instanceof ApiError) || (error.type !== 'InvalidBreakPointHook' && error.status !== 404);
      if (isOther || !first.includes('*')) throw error;
    }
  }
  return cleared;
}

async function runningAction(client: HeatClient, stack: StackIdentity): Promise<string> {
  const status = String((await client.showStack(stack, { outputs: false })).stack_status);
  if (!status.endsWith('IN_PROGRESS')) throw new CommandError(`Stack status ${status} not IN_PROGRESS`);
  const action = status.replace('_IN_PROGRESS', '');
  if (!['CREATE', 'UPDATE', 'DELETE'].includes(action)) {
    throw new CommandError(`Unexpected stack status ${status}, only create, update and delete supported`);
  }
  return action;
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
