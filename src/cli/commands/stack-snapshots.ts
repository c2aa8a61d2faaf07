import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { orNotFound } from '../heat/api-error.js';
import { newestEventId } from '../heat/event-feed.js';
import type { StackIdentity } from '../heat/heat-client.js';
import { listObjects, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { awaitStack, isAwaited } from './awaited-stack.js';

/** `baton stack snapshot create`. */
export const createSnapshot: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const name = options.text('name');
  const awaited = isAwaited(client, options);
  const marker = awaited ? await newestEventId(client, stack) : undefined;
  let snapshot = await client.post(`${stack.path}/snapshots`, name === undefined ? {} : { name });
  if (awaited) {
    await awaitStack(context, client, stack, options, {
      verb: 'snapshot',
      ...(marker === undefined ? {} : { marker }),
    });
    snapshot = unwrapped(await client.get(snapshotPath(stack, String(snapshot.id))));
  }
  return showObject(snapshot, ['ID', 'name', 'status', 'status_reason', 'data', 'creation_time']);
};

/** `baton stack snapshot list`. */
export const listSnapshots: CommandAction = async (context, operands) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const snapshots = await client.list(`${stack.path}/snapshots`, 'snapshots');
  return listObjects(snapshots, ['id', 'name', 'status', 'status_reason', 'creation_time']);
};

/** `baton stack snapshot show`. */
export const showSnapshot: CommandAction = async (context, operands) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const path = snapshotPath(stack, operands.at(1));
  return showObject(unwrapped(await client.get(path).catch(orNotFound(missing(stack, operands.at(1))))));
};

/** `baton stack snapshot restore`. */
export const restoreSnapshot: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const marker = await newestEventId(client, stack);
  const path = `${snapshotPath(stack, operands.at(1))}/restore`;
  await client.post(path, {}).catch(orNotFound(missing(stack, operands.at(1))));
  if (!isAwaited(client, options)) return;
  await awaitStack(context, client, stack, options, { verb: 'restore', ...(marker === undefined ? {} : { marker }) });
};

/** `baton stack snapshot delete`. */
export const deleteSnapshot: CommandAction = async (context, operands, options) => {
  const { terminal } = context;
  if (!options.isSet('yes') && terminal.isInputTty) {
    const answer = await terminal.ask('Are you sure you want to delete the snapshot of this stack [y/N]? ');
    if (!answer?.trim().toLowerCase().startsWith('y')) return;
  }
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  await client.delete(snapshotPath(stack, operands.at(1))).catch(orNotFound(missing(stack, operands.at(1))));
};

function snapshotPath(stack: StackIdentity, id: string): string {
  return `${stack.path}/snapshots/${encodeURIComponent(id)}`;
}

function missing(stack: StackIdentity, id: string): string {
  return `Snapshot ID <${id}> not found for stack <${stack.name}>`;
}

function unwrapped(answer: JsonMap): JsonMap {
  return isMap(answer.snapshot) ? (answer.snapshot as JsonMap) : answer;
}
