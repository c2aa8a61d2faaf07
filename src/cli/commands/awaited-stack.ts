import type { JsonMap } from '../../engine/model/value.js';
import { ApiError } from '../heat/api-error.js';
import { diagnosisLines, fetchDiagnosis } from '../heat/diagnosis.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import type { CommandContext } from '../program/context.js';
import { CommandError } from '../program/exit-codes.js';
import type { Options } from '../program/parsed-arguments.js';
import { type FollowOptions, followOperation } from '../progress/follow-operation.js';

/** True if the command is to stay until the operation has ended: asked to, or because the engine lives in this process. */
export function isAwaited(client: HeatClient, options: Options): boolean {
  return options.isSet('wait') || client.transport.inProcess;
}

/** Follows the operation that was just begun; a failed one is thrown with its reason. */
export async function awaitStack(
  context: CommandContext,
  client: HeatClient,
  stack: StackIdentity,
  options: Options,
  follow: Pick<FollowOptions, 'marker' | 'verb'>,
): Promise<JsonMap> {
  const pollSeconds = options.seconds('poll');
  const shown = await followOperation(context, client, stack, {
    ...follow,
    ...(pollSeconds === undefined ? {} : { pollSeconds }),
  });
  await rejectFailed(client, stack, shown, follow.verb);
  return shown;
}

/** Throws if the stack's last operation failed, with its reason and the resources that failed. */
export async function rejectFailed(
  client: HeatClient,
  stack: StackIdentity,
  shown: JsonMap,
  verb: string,
): Promise<void> {
  const status = String(shown.stack_status);
  // A rollback that went well still means that what was asked for did not happen.
  const isRolledBack = status.startsWith('ROLLBACK') && verb !== 'rollback';
  if (!status.endsWith('FAILED') && !isRolledBack) return;
  const reason = String(shown.stack_status_reason ?? '');
  throw new CommandError(`Stack ${stack.name} ${status}: ${reason}${await advice(client, stack)}`);
}

/** Why it failed and what can be done about it, so that nobody has to ask. */
async function advice(client: HeatClient, stack: StackIdentity): Promise<string> {
  const diagnosis = await fetchDiagnosis(client, stack);
  const lines = diagnosis ? diagnosisLines(stack.name, diagnosis) : await failedResources(client, stack);
  return lines.map((line) => `\n${line}`).join('');
}

const SHOWN_FAILURES = 10;

/** What failed, from a server that gives no diagnosis. */
async function failedResources(client: HeatClient, stack: StackIdentity): Promise<string[]> {
  try {
    const resources = await client.list(`${stack.path}/resources`, 'resources', { nested_depth: '5' });
    const failed = resources.filter((resource) => String(resource.resource_status).endsWith('FAILED'));
    const lines = failed.map(
      (resource) => `  ${String(resource.resource_name)}: ${String(resource.resource_status_reason)}`,
    );
    return lines.slice(0, SHOWN_FAILURES);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}
