import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { parsePairs } from '../files/parameters.js';
import { EventFeed } from '../heat/event-feed.js';
import { EventLog } from '../heat/event-log.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import { type StackEvent, toStackEvent } from '../heat/stack-event.js';
import { type EventsResult, listObjects, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import type { CommandContext } from '../program/context.js';
import { UsageError } from '../program/exit-codes.js';
import type { Options } from '../program/parsed-arguments.js';
import { sortObjects } from './stack-list.js';

const COLUMNS = [
  'resource_name',
  'id',
  'resource_status',
  'resource_status_reason',
  'event_time',
  'physical_resource_id',
];

/** `baton stack event list`. */
export const listEvents: CommandAction = async (context, operands, options) => {
  const depth = options.count('nestedDepth') ?? 0;
  const resource = options.text('resource');
  if (resource !== undefined && depth > 0) throw new UsageError('--nested-depth cannot be specified with --resource');
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  if (options.isSet('follow')) {
    if (context.settings.format !== 'log') throw new UsageError('--follow can only be specified with --format log');
    await followEvents(context, client, stack, options, depth);
    return;
  }
  const path = resource === undefined ? stack.path : `${stack.path}/resources/${encodeURIComponent(resource)}`;
  const wire = await client.list(`${path}/events`, 'events', eventQuery(options, depth));
  const words = options.many('sort').map((word) => (word.startsWith(':') ? `event_time${word}` : word));
  return eventsResult(sortObjects(wire, words).map(toStackEvent), depth > 0);
};

/** `baton stack event show`. */
export const showEvent: CommandAction = async (context, operands) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const path = `${stack.path}/resources/${encodeURIComponent(operands.at(1))}/events/${encodeURIComponent(operands.at(2))}`;
  const event = (await client.get(path)).event;
  return showObject(isMap(event) ? (event as JsonMap) : {});
};

function eventsResult(events: readonly StackEvent[], nested: boolean): EventsResult {
  const log = new EventLog();
  const columns = [...COLUMNS, ...(nested ? ['stack_name'] : []), 'logical_resource_id'];
  return {
    kind: 'events',
    lines: log.lines(events),
    list: listObjects(
      events.map((event) => event.wire),
      columns,
    ),
  };
}

function eventQuery(options: Options, depth: number): { [key: string]: string | string[] } {
  const query: { [key: string]: string | string[] } = {
    ...parsePairs(options.many('filter'), { semicolons: true }),
    sort_dir: 'asc',
  };
  const sorts = options.many('sort');
  const keys = sorts.filter((word) => !word.startsWith(':')).map((word) => word.split(':')[0] ?? '');
  const direction = sorts[0]?.split(':')[1];
  if (keys.length > 0) query.sort_keys = keys;
  if (direction !== undefined) query.sort_dir = direction;
  const limit = options.count('limit');
  const marker = options.text('marker');
  if (limit !== undefined) query.limit = String(limit);
  if (marker !== undefined) query.marker = marker;
  if (depth > 0) query.nested_depth = String(depth);
  return query;
}

/** Prints events as they come, until Ctrl-C; with an engine in this process the running operation goes on meanwhile. */
async function followEvents(
  context: CommandContext,
  client: HeatClient,
  stack: StackIdentity,
  options: Options,
  nestedDepth: number,
): Promise<void> {
  const { terminal } = context;
  const marker = options.text('marker');
  const feed = new EventFeed(client, stack, marker === undefined ? { nestedDepth } : { nestedDepth, marker });
  const log = new EventLog();
  const pauseMs = client.transport.inProcess ? 100 : (options.seconds('poll') ?? 1) * 1000;
  const resource = options.text('resource');
  let stopped = false;
  const release = terminal.onInterrupt(() => {
    stopped = true;
  });
  try {
    while (!stopped) {
      const events = (await feed.next()).filter((event) => resource === undefined || event.resourceName === resource);
      if (events.length > 0) terminal.out.write(`${log.lines(events).join('\n')}\n`);
      // Short naps, so that Ctrl-C is heard at once.
      for (let slept = 0; slept < (feed.isLive ? 100 : pauseMs) && !stopped; slept += 100)
        await terminal.sleep(Math.min(100, pauseMs));
    }
  } finally {
    feed.close();
    release();
  }
}
