import { NotFoundError } from '../engine/model/errors.js';
import { json } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route-table.js';
import { environmentView } from './views/environment-view.js';
import { outputSummary, outputView } from './views/stack-view.js';

const STACK = '/stacks/{stack_name}/{stack_id}';

/** The stack of the path with its template; deleted ones too. */
async function stored(context: RequestContext) {
  const id = context.param('stack_id');
  const view = await context.named(() => context.deps.stacks.get(context.caller, id, { outputs: false }));
  context.checkStack(view.stack);
  return view;
}

/** What a stack was made of, and what it gives. */
export const routes: readonly Route[] = [
  {
    policy: 'stacks:template',
    methods: ['GET'],
    path: `${STACK}/template`,
    access: 'member',
    async handle(context) {
      return json((await stored(context)).template.document);
    },
  },
  {
    policy: 'stacks:environment',
    methods: ['GET'],
    path: `${STACK}/environment`,
    access: 'member',
    async handle(context) {
      const { environment, template } = await stored(context);
      return json({ ...environmentView(environment, template, { members: true }), encrypted_param_names: [] });
    },
  },
  {
    policy: 'stacks:files',
    methods: ['GET'],
    path: `${STACK}/files`,
    access: 'member',
    async handle(context) {
      return json({ ...(await stored(context)).files });
    },
  },
  {
    policy: 'stacks:list_outputs',
    methods: ['GET'],
    path: `${STACK}/outputs`,
    access: 'member',
    async handle(context) {
      await context.stack();
      const { template } = await stored(context);
      return json({ outputs: [...template.outputs.values()].map(outputSummary) });
    },
  },
  {
    policy: 'stacks:show_output',
    methods: ['GET'],
    path: `${STACK}/outputs/{output_key}`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      const key = context.param('output_key');
      const outputs = await context.deps.stacks.outputs(context.caller, stack.id);
      const output = outputs.find(({ name }) => name === key);
      if (output === undefined) throw new NotFoundError('Output', key);
      return json({ output: outputView(output) });
    },
  },
  {
    // Not Heat's: what depends on what and why, for drawings (`baton stack graph`).
    policy: 'stacks:graph',
    methods: ['GET'],
    path: `${STACK}/graph`,
    access: 'member',
    async handle(context) {
      const stack = await context.stack();
      const { nodes, edges } = await context.deps.stacks.graph(context.caller, stack.id);
      return json({
        nodes: nodes.map(({ name, type, status }) => ({ name, type, status: status ?? null })),
        edges: edges.map(({ from, to, reason }) => ({ from, to, reason })),
      });
    },
  },
];
