import { ACCEPTED, json, NO_CONTENT } from './reply.js';
import type { Route } from './route-table.js';
import { optionalString } from './values.js';
import { snapshotView } from './views/snapshot-view.js';

const SNAPSHOTS = '/stacks/{stack_name}/{stack_id}/snapshots';

/** Snapshots of a stack and going back to them. */
export const routes: readonly Route[] = [
  {
    policy: 'stacks:snapshot',
    methods: ['POST'],
    path: SNAPSHOTS,
    access: 'member',
    async handle(context) {
      const name = optionalString(context.requiredBody().name) ?? null;
      const stack = await context.stack();
      const snapshot = await context.deps.stacks.snapshot(context.caller, stack.id, name);
      // Heat answers before the engine has begun: neither data nor a reason are there yet.
      return json({ ...snapshotView(snapshot), status: 'IN_PROGRESS', status_reason: null, data: null });
    },
  },
  {
    policy: 'stacks:list_snapshots',
    methods: ['GET'],
    path: SNAPSHOTS,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      const snapshots = await context.deps.stacks.snapshots(context.caller, stack.id);
      return json({ snapshots: snapshots.map(snapshotView) });
    },
  },
  {
    policy: 'stacks:show_snapshot',
    methods: ['GET'],
    path: `${SNAPSHOTS}/{snapshot_id}`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      const snapshot = await context.deps.stacks.getSnapshot(context.caller, stack.id, context.param('snapshot_id'));
      return json({ snapshot: snapshotView(snapshot) });
    },
  },
  {
    policy: 'stacks:delete_snapshot',
    methods: ['DELETE'],
    path: `${SNAPSHOTS}/{snapshot_id}`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      await context.deps.stacks.deleteSnapshot(context.caller, stack.id, context.param('snapshot_id'));
      return NO_CONTENT;
    },
  },
  {
    policy: 'stacks:restore_snapshot',
    methods: ['POST'],
    path: `${SNAPSHOTS}/{snapshot_id}/restore`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      await context.deps.stacks.restore(context.caller, stack.id, context.param('snapshot_id'));
      return ACCEPTED;
    },
  },
];
