import { DriverError } from '../engine/model/errors.js';
import { pythonList, pythonSet } from '../engine/model/python-text.js';
import type { Json } from '../engine/model/value.js';
import type { ResourceFilter } from '../engine/stacks/requests.js';
import { badRequest } from './api-error.js';
import type { Query } from './query.js';
import { json, NOTHING } from './reply.js';
import type { Route } from './route-table.js';
import { optionalString, readBoolean } from './values.js';
import { resourceDetail, resourceSummary } from './views/resource-view.js';

const RESOURCES = '/stacks/{stack_name}/{stack_id}/resources';
/** Lists of tens of thousands need pages. Heat has none here and refuses its usual `limit` and `marker`: these are our own. */
const PAGING = ['baton_limit', 'baton_marker'];
const FILTERS = ['type', 'status', 'name', 'action', 'id', 'physical_resource_id'];
const MAX_NESTED_DEPTH = 5;
const MARK_KEYS = ['mark_unhealthy', 'resource_status_reason'];
const DEFAULT_REASON = 'state changed by resource_mark_unhealthy api';

function readFilter(query: Query): ResourceFilter {
  const unknown = query
    .names()
    .filter((name) => ![...FILTERS, ...PAGING, 'nested_depth', 'with_detail'].includes(name));
  if (unknown.length > 0) throw badRequest(`Invalid filter parameters ${pythonList(unknown)}`);
  const depth = Math.min(query.givenInteger('nested_depth') ?? 0, MAX_NESTED_DEPTH);
  const limit = query.integer('baton_limit');
  const marker = query.text('baton_marker');
  const [types, statuses, names, actions, ids, physicalIds] = FILTERS.map((name) => query.all(name));
  return {
    ...(types ? { types } : {}),
    ...(statuses ? { statuses } : {}),
    ...(names ? { names } : {}),
    ...(actions ? { actions } : {}),
    ...(ids ? { ids } : {}),
    ...(physicalIds ? { physicalIds } : {}),
    ...(limit ? { limit } : {}),
    ...(marker === undefined ? {} : { marker }),
    nestedDepth: depth,
    attributes: query.givenBoolean('with_detail') ?? false,
  };
}

function readMark(body: { readonly [key: string]: Json }): { unhealthy: boolean; reason: string } {
  const invalid = Object.keys(body).filter((key) => !MARK_KEYS.includes(key));
  if (invalid.length > 0) throw badRequest(`Invalid keys in resource mark unhealthy ${pythonSet(invalid)}`);
  if (body.mark_unhealthy === undefined) {
    throw badRequest('Missing mandatory (mark_unhealthy) key from mark unhealthy request');
  }
  return {
    unhealthy: readBoolean('mark_unhealthy', body.mark_unhealthy),
    reason: optionalString(body.resource_status_reason) ?? DEFAULT_REASON,
  };
}

/** Resources of a stack. */
export const routes: readonly Route[] = [
  {
    policy: 'resource:index',
    methods: ['GET'],
    path: RESOURCES,
    access: 'member',
    async handle(context) {
      const { deps, caller, links, query } = context;
      const filter = readFilter(query);
      const stack = await context.stack({ showDeleted: true });
      const views = await deps.stacks.resources(caller, stack.id, filter);
      return json({
        resources: views.map((view) =>
          filter.attributes ? resourceDetail(links, deps.catalogue, view) : resourceSummary(links, view),
        ),
      });
    },
  },
  {
    policy: 'resource:show',
    methods: ['GET'],
    path: `${RESOURCES}/{resource_name}`,
    access: 'stack-user',
    async handle(context) {
      const { deps, caller, links, query } = context;
      const extra = query.all('with_attr') ?? [];
      const stack = await context.stack();
      const view = await deps.stacks.resource(caller, stack.id, context.param('resource_name'), {
        attributes: extra.length === 0 ? true : extra,
      });
      return json({ resource: resourceDetail(links, deps.catalogue, view, extra) });
    },
  },
  {
    policy: 'resource:mark_unhealthy',
    methods: ['PATCH'],
    path: `${RESOURCES}/{resource_name}`,
    access: 'member',
    async handle(context) {
      const { unhealthy, reason } = readMark(context.requiredBody());
      const stack = await context.stack();
      const name = context.param('resource_name');
      await context.deps.stacks.markUnhealthy(context.caller, stack.id, name, unhealthy, reason);
      return NOTHING;
    },
  },
  {
    policy: 'resource:metadata',
    methods: ['GET'],
    path: `${RESOURCES}/{resource_name}/metadata`,
    access: 'stack-user',
    async handle(context) {
      const stack = await context.stack();
      const name = context.param('resource_name');
      return json({ metadata: await context.deps.stacks.metadata(context.caller, stack.id, name) });
    },
  },
  {
    policy: 'resource:signal',
    methods: ['POST'],
    path: `${RESOURCES}/{resource_name}/signal`,
    access: 'stack-user',
    async handle(context) {
      const stack = await context.stack();
      try {
        await context.deps.stacks.signal(
          context.caller,
          stack.id,
          context.param('resource_name'),
          context.body ?? null,
        );
      } catch (error) {
        // Heat hands signals over and does not wait: the sender never hears what the resource made of them.
        if (!(error instanceof DriverError)) throw error;
      }
      return NOTHING;
    },
  },
];
