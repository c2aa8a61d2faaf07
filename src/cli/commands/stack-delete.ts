import { ApiError } from '../heat/api-error.js';
import { fetchDiagnosis } from '../heat/diagnosis.js';
import { newestEventId } from '../heat/event-feed.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import type { CommandAction } from '../program/command-spec.js';
import type { CommandContext } from '../program/context.js';
import { CommandError, EXIT } from '../program/exit-codes.js';
import { awaitStack, isAwaited } from './awaited-stack.js';

/** `baton stack delete`. */
export const deleteStacks: CommandAction = async (context, operands, options) => {
  const names = operands.rest(0);
  if (!(await isConfirmed(context, options.isSet('yes')))) return;
  const client = await context.client();
  const retain = options.many('retain');
  const query = {
    ...(retain.length > 0 ? { baton_retain: retain } : {}),
    ...(options.isSet('force') ? { baton_force: 'true' } : {}),
  };
  const { out, err } = context.terminal;
  const running: { stack: StackIdentity; marker: string | undefined }[] = [];
  let failures = 0;
  let missing = 0;
  for (const name of names) {
    try {
      const stack = await client.findStack(name);
      const marker = await newestEventId(client, stack);
      if (retain.length > 0) await requireResources(client, stack, retain);
      await client.delete(stack.path, query);
      running.push({ stack, marker });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures += 1;
      const isMissing = error.exitCode === EXIT.notFound || (error instanceof ApiError && error.status === 404);
      if (isMissing) missing += 1;
      err.write(`${isMissing ? `Stack not found: ${name}` : error.message}\n`);
    }
  }
  if (isAwaited(client, options)) {
    for (const { stack, marker } of running) {
      try {
        await awaitStack(context, client, stack, options, {
          verb: 'delete',
          ...(marker === undefined ? {} : { marker }),
        });
        if (!context.settings.quiet) out.write(`Stack ${stack.name} DELETE_COMPLETE\n`);
        const { left = [] } = (await fetchDiagnosis(client, stack)) ?? {};
        for (const line of left) out.write(`Left in the cloud: ${line}\n`);
      } catch (error) {
        if (!(error instanceof CommandError) || error.exitCode === EXIT.detached) throw error;
        failures += 1;
        err.write(`${error.message}\n`);
      }
    }
  }
  if (failures > 0) {
    const code = missing === names.length ? EXIT.notFound : EXIT.failed;
    throw new CommandError(`Unable to delete ${failures} of the ${names.length} stacks.`, code);
  }
};

async function requireResources(client: HeatClient, stack: StackIdentity, names: readonly string[]): Promise<void> {
  const resources = await client.list(`${stack.path}/resources`, 'resources');
  const known = new Set(resources.map((resource) => resource.resource_name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw new CommandError(`Stack ${stack.name} has no resource ${unknown} to retain.`);
}

async function isConfirmed(context: CommandContext, yes: boolean): Promise<boolean> {
  if (yes || !context.terminal.isInputTty) return true;
  const answer = await context.terminal.ask('Are you sure you want to delete this stack(s) [y/N]? ');
  return answer?.trim().toLowerCase().startsWith('y') ?? false;
}
