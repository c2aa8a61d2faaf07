import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { newestEventId } from '../heat/event-feed.js';
import type { CommandAction } from '../program/command-spec.js';
import { UsageError } from '../program/exit-codes.js';
import type { Options } from '../program/parsed-arguments.js';
import { awaitStack, isAwaited } from './awaited-stack.js';
import { readTemplateInput } from './loaded-input.js';
import { planLines } from './plan-lines.js';
import { shortStack } from './shown-stack.js';

/** `baton stack update`. */
export const updateStack: CommandAction = async (context, operands, options) => {
  const existing = options.isSet('existing');
  if (options.text('template') === undefined && !existing) {
    throw new UsageError('Give the new template with --template, or keep the current one with --existing.');
  }
  const body: JsonMap = {
    ...(await readTemplateInput(context, options, { option: 'preUpdate', name: 'pre-update' })),
    ...updateSettings(options),
  };
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const send = existing ? client.patch.bind(client) : client.put.bind(client);
  if (options.isSet('dryRun')) {
    const answer = await send(
      `${stack.path}/preview`,
      body,
      options.isSet('showNested') ? { show_nested: 'True' } : undefined,
    );
    const changes = isMap(answer.resource_changes) ? (answer.resource_changes as JsonMap) : {};
    const columns = Object.keys(changes).sort();
    const epilogue = moveLines(answer.proposed_moves ?? []);
    const { plan } = answer;
    return {
      kind: 'show',
      columns,
      values: columns.map((column) => changes[column] ?? null),
      ...(Array.isArray(plan) ? { lines: planLines(plan.filter((change): change is JsonMap => isMap(change))) } : {}),
      epilogue,
    };
  }
  const awaited = isAwaited(client, options);
  const marker = awaited ? await newestEventId(client, stack) : undefined;
  await send(stack.path, body);
  if (!awaited) return shortStack(client, stack, { outputs: false });
  await awaitStack(context, client, stack, options, { verb: 'update', ...(marker === undefined ? {} : { marker }) });
  return shortStack(client, stack, { outputs: true });
};

/** What looks as if it had only changed its name, and how to say so. */
function moveLines(proposed: Json): string[] {
  const moves = (Array.isArray(proposed) ? proposed : []).filter((move): move is JsonMap => isMap(move));
  return moves.map(({ from, to }) => `Renamed? Then keep what is there with: --move ${String(from)}=${String(to)}`);
}

function updateSettings(options: Options): JsonMap {
  const settings: JsonMap = {};
  const tags = options.text('tags');
  const timeout = options.count('timeout');
  const cleared = options.many('clearParameter');
  if (tags !== undefined) settings.tags = tags;
  if (timeout !== undefined) settings.timeout_mins = timeout;
  if (cleared.length > 0) settings.clear_parameters = [...cleared];
  if (options.isSet('converge')) settings.converge = true;
  const moves = options.many('move').map(readMove);
  if (moves.length > 0) settings.moved = Object.fromEntries(moves);
  const rollback = options.text('rollback')?.trim().toLowerCase();
  if (rollback !== undefined) {
    if (!['enabled', 'disabled', 'keep'].includes(rollback))
      throw new UsageError(`--rollback invalid value: ${rollback}`);
    if (rollback !== 'keep') settings.disable_rollback = rollback === 'disabled';
  }
  return settings;
}

function readMove(text: string): [string, string] {
  const [from, to, ...more] = text.split('=');
  if (from && to && more.length === 0) return [from, to];
  throw new UsageError(`--move: ${JSON.stringify(text)} is not of the form old=new`);
}
