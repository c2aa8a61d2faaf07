import { NotFoundError } from '../engine/model/errors.js';
import type { EventFilter } from '../engine/stacks/requests.js';
import { httpNotFound } from './api-error.js';
import { eventStreamRoute } from './event-stream.js';
import type { Query } from './query.js';
import { json, type Reply } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route-table.js';
import { readDescending } from './stack-filter.js';
import { eventDetail, eventSummary } from './views/event-view.js';

const STACK = '/stacks/{stack_name}/{stack_id}';

const SORT_KEYS: { readonly [name: string]: 'createdAt' | 'resourceType' } = {
  event_time: 'createdAt',
  resource_type: 'resourceType',
};

function readFilter(query: Query, resourceName: string | undefined): EventFilter {
  const limit = query.integer('limit');
  const nestedDepth = query.integer('nested_depth');
  const sortKeys = (query.all('sort_keys') ?? []).flatMap((name) => SORT_KEYS[name] ?? []);
  const statuses = query.all('resource_status');
  const actions = query.all('resource_action');
  const types = query.all('resource_type');
  const names = query.all('resource_name');
  const marker = query.text('marker');
  return {
    // Newest first; but who names a key and no direction means the key's natural order.
    descending: readDescending(query) ?? sortKeys.length === 0,
    ...(sortKeys.length === 0 ? {} : { sortKeys }),
    ...(limit ? { limit } : {}),
    ...(nestedDepth ? { nestedDepth } : {}),
    ...(marker === undefined ? {} : { marker }),
    ...(statuses ? { statuses } : {}),
    ...(actions ? { actions } : {}),
    ...(types ? { resourceTypes: types } : {}),
    ...(resourceName !== undefined ? { resourceName } : names ? { resourceNames: names } : {}),
  };
}

async function listEvents(context: RequestContext): Promise<Reply> {
  const { deps, caller, links, query, params } = context;
  const filter = readFilter(query, params.resource_name);
  const stack = await context.stack({ showDeleted: true });
  const events = await deps.stacks.events(caller, stack.id, filter);
  if (events.length === 0 && params.resource_name !== undefined) {
    throw httpNotFound(`No events found for resource ${params.resource_name}`);
  }
  const root = filter.nestedDepth === undefined ? undefined : stack;
  return json({ events: events.map((event) => eventSummary(links, event, root)) });
}

/** Events of a stack. */
export const routes: readonly Route[] = [
  eventStreamRoute,
  { policy: 'events:index', methods: ['GET'], path: `${STACK}/events`, access: 'member', handle: listEvents },
  {
    policy: 'events:index',
    methods: ['GET'],
    path: `${STACK}/resources/{resource_name}/events`,
    access: 'member',
    handle: listEvents,
  },
  {
    policy: 'events:show',
    methods: ['GET'],
    path: `${STACK}/resources/{resource_name}/events/{event_id}`,
    access: 'member',
    async handle(context) {
      const { deps, caller, links } = context;
      const id = context.param('event_id');
      const stack = await context.stack({ showDeleted: true });
      try {
        const event = await deps.stacks.event(caller, stack.id, context.param('resource_name'), id);
        return json({ event: eventDetail(links, event) });
      } catch (error) {
        // Heat does not say whether it is the resource or the event that is not there.
        if (error instanceof NotFoundError && error.entity !== 'Stack') throw httpNotFound(`No event ${id} found`);
        throw error;
      }
    },
  },
];
