import { badRequest } from './api-error.js';
import { ACCEPTED, json } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route-table.js';
import { diagnosisView } from './views/diagnosis-view.js';
import { driftView } from './views/drift-view.js';

const STACK = '/stacks/{stack_name}/{stack_id}';

/** What Heat's API has no routes for: why something failed, ways on from there, and what is different from its declaration. */
export const routes: readonly Route[] = [
  {
    policy: 'stacks:show',
    methods: ['GET'],
    path: `${STACK}/diagnosis`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack({ showDeleted: true });
      const diagnosis = await context.deps.stacks.diagnosis(context.caller, stack.id);
      return json({ diagnosis: diagnosis ? diagnosisView(diagnosis) : null });
    },
  },
  {
    policy: 'actions:action',
    methods: ['POST'],
    path: `${STACK}/rollback`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      await context.deps.stacks.rollBack(context.caller, stack.id, { skip: namesIn(context, 'skip') });
      return ACCEPTED;
    },
  },
  {
    policy: 'stacks:show',
    methods: ['GET'],
    path: `${STACK}/drift`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      const names = context.query.all('resource');
      const drift = await context.deps.stacks.detectDrift(context.caller, stack.id, names, { desired: true });
      return json({ drift: drift.map(driftView) });
    },
  },
];

/** A list of names in the body; none if it is left out. */
function namesIn({ body }: RequestContext, key: string): string[] {
  const names = body?.[key] ?? [];
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw badRequest(`"${key}" must be a list of names`);
}
