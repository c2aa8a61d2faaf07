import type { StackRecord } from '../engine/model/records.js';
import type { JsonMap } from '../engine/model/value.js';
import { notAuthorized, notSupported } from './api-error.js';
import { link } from './links.js';
import { formatQuery } from './query.js';
import { ACCEPTED, json, NO_CONTENT, type Reply } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route-table.js';
import { readStackListing } from './stack-filter.js';
import { StackInputReader } from './stack-input.js';
import { lookUpRoutes } from './stack-lookup.js';
import { changesView } from './views/changes-view.js';
import { planView } from './views/plan-view.js';
import { previewView } from './views/preview-view.js';
import { stackSummary, stackView } from './views/stack-view.js';

const STACK = '/stacks/{stack_name}/{stack_id}';

function isGlobal({ query, caller, deps }: RequestContext): boolean {
  if (query.givenBoolean('global_tenant') !== true) return false;
  if (!caller.isAdmin || !deps.features.globalIndex) throw notAuthorized('stacks:global_index');
  return true;
}

async function listStacks(context: RequestContext): Promise<Reply> {
  const { query, deps, caller, links } = context;
  const { filter, matches } = readStackListing(query, isGlobal(context));
  const withCount = query.boolean('with_count') ?? false;
  const { limit, marker, ...unpaged } = filter;
  const all = matches && (await deps.stacks.list(caller, unpaged)).filter(matches);
  const stacks = all ? page(all, limit, marker) : await deps.stacks.list(caller, filter);
  const count = withCount ? (all?.length ?? (await deps.stacks.count(caller, unpaged))) : undefined;
  const last = stacks.at(-1);
  const hasNext = limit !== undefined && stacks.length === limit && last !== undefined;
  return json({
    stacks: stacks.map((stack) => stackSummary(links, stack, caller.isAdmin)),
    ...(hasNext ? { links: [link(nextPage(context, last.id), 'next')] } : {}),
    ...(count === undefined ? {} : { count }),
  });
}

function page(stacks: readonly StackRecord[], limit: number | undefined, marker: string | undefined): StackRecord[] {
  const start = stacks.findIndex((stack) => stack.id === marker) + 1;
  return stacks.slice(start, limit === undefined ? undefined : start + limit);
}

/** The request's own URL, with the marker of the next page behind all else. */
function nextPage({ request, query }: RequestContext, marker: string): string {
  const pairs = query.pairs.filter(([name]) => name !== 'marker');
  return `${request.baseUrl}${request.path}?${formatQuery([...pairs, ['marker', marker]])}`;
}

async function createStack(context: RequestContext): Promise<Reply> {
  const input = await new StackInputReader(context.deps, context.requiredBody(), context.caller).create();
  const stack = await context.deps.stacks.create(context.caller, input);
  const href = context.links.stack(stack);
  return {
    kind: 'json',
    status: 201,
    headers: { location: href },
    body: { stack: { id: stack.id, links: [link(href)] } },
  };
}

async function updateStack(context: RequestContext, existing: boolean): Promise<Reply> {
  const input = await new StackInputReader(context.deps, context.requiredBody(), context.caller).update(existing);
  const stack = await context.stack();
  await context.deps.stacks.update(context.caller, stack.id, input);
  return ACCEPTED;
}

async function previewUpdate(context: RequestContext, existing: boolean): Promise<Reply> {
  const input = await new StackInputReader(context.deps, context.requiredBody(), context.caller).update(existing);
  const showNested = context.query.boolean('show_nested') ?? false;
  const stack = await context.stack();
  const preview = await context.deps.stacks.previewUpdate(context.caller, stack.id, input);
  const changes = await changesView(context, stack, preview.changes, showNested);
  const { proposedMoves } = preview;
  return json({
    resource_changes: changes,
    ...(proposedMoves.length > 0 ? { proposed_moves: proposedMoves } : {}),
    // Clients of Heat do not know it; the own command line asks for it.
    ...(context.request.headers['x-baton-diagnostics'] === 'all' ? { plan: preview.changes.map(planView) } : {}),
  });
}

async function abandonData(context: RequestContext, verb: 'abandon' | 'export'): Promise<Reply> {
  if (!context.deps.features.abandon) throw notSupported('Stack Abandon');
  const stack = await context.stack();
  const data: JsonMap = await context.deps.stacks[verb](context.caller, stack.id);
  return json(data);
}

/** Stacks as a whole. */
export const routes: readonly Route[] = [
  { policy: 'stacks:index', methods: ['GET'], path: '/stacks', access: 'member', handle: listStacks },
  { policy: 'stacks:create', methods: ['POST'], path: '/stacks', access: 'member', handle: createStack },
  {
    policy: 'stacks:preview',
    methods: ['POST'],
    path: '/stacks/preview',
    access: 'member',
    readOnly: true,
    async handle(context) {
      const input = await new StackInputReader(context.deps, context.requiredBody(), context.caller).create();
      const view = await context.deps.stacks.preview(context.caller, input);
      return json({ stack: previewView(context, view) });
    },
  },
  {
    policy: 'stacks:detail',
    methods: ['GET'],
    path: '/stacks/detail',
    access: 'member',
    async handle({ deps, caller, links }) {
      const stacks = await deps.stacks.list(caller, { sort: [{ key: 'createdAt', descending: true }] });
      return json({ stacks: stacks.map((stack) => stackSummary(links, stack, caller.isAdmin)) });
    },
  },
  ...lookUpRoutes,
  {
    policy: 'stacks:show',
    methods: ['GET'],
    path: STACK,
    access: 'member',
    async handle(context) {
      const outputs = context.query.givenBoolean('resolve_outputs') ?? true;
      const id = context.param('stack_id');
      const view = await context.named(() => context.deps.stacks.get(context.caller, id, { outputs }));
      context.checkStack(view.stack);
      return json({ stack: stackView(context.links, view) });
    },
  },
  {
    policy: 'stacks:update',
    methods: ['PUT'],
    path: STACK,
    access: 'member',
    handle: (context) => updateStack(context, false),
  },
  {
    policy: 'stacks:update_patch',
    methods: ['PATCH'],
    path: STACK,
    access: 'member',
    handle: (context) => updateStack(context, true),
  },
  {
    policy: 'stacks:delete',
    methods: ['DELETE'],
    path: STACK,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      const { query } = context;
      // Heat's own deletion has no such ways out; see docs/http-api.md.
      const retain = query.all('baton_retain');
      const force = query.boolean('baton_force');
      await context.deps.stacks.delete(context.caller, stack.id, {
        ...(retain ? { retain } : {}),
        ...(force === undefined ? {} : { force }),
      });
      return NO_CONTENT;
    },
  },
  {
    policy: 'stacks:preview_update',
    methods: ['PUT'],
    path: `${STACK}/preview`,
    access: 'member',
    readOnly: true,
    handle: (context) => previewUpdate(context, false),
  },
  {
    policy: 'stacks:preview_update_patch',
    methods: ['PATCH'],
    path: `${STACK}/preview`,
    access: 'member',
    readOnly: true,
    handle: (context) => previewUpdate(context, true),
  },
  {
    policy: 'stacks:abandon',
    methods: ['DELETE'],
    path: `${STACK}/abandon`,
    access: 'member',
    handle: (context) => abandonData(context, 'abandon'),
  },
  {
    policy: 'stacks:export',
    methods: ['GET'],
    path: `${STACK}/export`,
    access: 'member',
    handle: (context) => abandonData(context, 'export'),
  },
];
