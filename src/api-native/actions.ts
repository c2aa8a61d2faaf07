import type { StackActionName } from '../engine/stacks/requests.js';
import { badRequest } from './api-error.js';
import { NOTHING } from './reply.js';
import type { Route } from './route-table.js';

const ACTIONS: readonly string[] = [
  'suspend',
  'resume',
  'check',
  'cancel_update',
  'cancel_without_rollback',
] satisfies StackActionName[];

function isAction(name: string): name is StackActionName {
  return ACTIONS.includes(name);
}

/** Actions on a whole stack. */
export const routes: readonly Route[] = [
  {
    policy: 'actions:action',
    methods: ['POST'],
    path: '/stacks/{stack_name}/{stack_id}/actions',
    access: 'member',
    async handle(context) {
      const [action, ...more] = Object.keys(context.body ?? {});
      if (action === undefined) throw badRequest('No action specified');
      if (more.length > 0) throw badRequest('Multiple actions specified');
      if (!isAction(action)) throw badRequest(`Invalid action ${action} specified`);
      const stack = await context.stack();
      await context.deps.stacks.action(context.caller, stack.id, action);
      return NOTHING;
    },
  },
];
