import type { JsonMap } from '../engine/model/value.js';
import { badRequest, notAuthorized } from './api-error.js';
import { json, NO_CONTENT } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route-table.js';
import { optionalMap, optionalMaps, optionalString } from './values.js';
import { configSummary, configView, deploymentView } from './views/software-view.js';

/** As deep as stacks may be nested. */
const MAX_NESTED_DEPTH = 5;

/** The given fields of a body, without those that are not there. */
function pick(body: JsonMap, names: readonly string[]): JsonMap {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(body, name)).map((name) => [name, body[name] ?? null]),
  );
}

function checkConfig(body: JsonMap): void {
  if (optionalString(body.name) === undefined) throw badRequest();
  optionalString(body.group);
  optionalMap(body.options);
  for (const entry of [...(optionalMaps(body.inputs) ?? []), ...(optionalMaps(body.outputs) ?? [])]) {
    if (typeof entry.name !== 'string') throw badRequest();
  }
}

function checkDeployment(body: JsonMap): void {
  for (const name of ['config_id', 'server_id', 'action', 'status', 'status_reason']) optionalString(body[name]);
  optionalMap(body.input_values);
  optionalMap(body.output_values);
}

function isGlobal(context: RequestContext): boolean {
  if (context.query.givenBoolean('global_tenant') !== true) return false;
  if (!context.caller.isAdmin || !context.deps.features.globalIndex) {
    throw notAuthorized('software_configs:global_index');
  }
  return true;
}

/** Users that a stack has made read what is deployed to the servers of that stack only. */
async function mayReadServer({ caller, deps }: RequestContext, serverId: string): Promise<boolean> {
  const { stackId } = caller;
  if (stackId === undefined) return true;
  const found = await deps.stacks.resources(caller, stackId, {
    physicalIds: [serverId],
    nestedDepth: MAX_NESTED_DEPTH,
    attributes: false,
  });
  return found.length > 0;
}

const CONFIG_ROUTES: readonly Route[] = [
  {
    policy: 'software_configs:index',
    methods: ['GET'],
    path: '/software_configs',
    access: 'member',
    async handle(context) {
      const { query, deps, caller } = context;
      const allProjects = isGlobal(context);
      const limit = query.integer('limit');
      const marker = query.text('marker');
      const configs = await deps.software.listConfigs(caller, {
        ...(limit === undefined || limit === 0 ? {} : { limit }),
        ...(marker === undefined ? {} : { marker }),
        ...(allProjects ? { allProjects } : {}),
      });
      return json({ software_configs: configs.map((config) => configSummary(config, allProjects || caller.isAdmin)) });
    },
  },
  {
    policy: 'software_configs:create',
    methods: ['POST'],
    path: '/software_configs',
    access: 'member',
    async handle(context) {
      const body = context.requiredBody();
      checkConfig(body);
      const input = pick(body, ['name', 'group', 'config', 'inputs', 'outputs', 'options']);
      return json({ software_config: configView(await context.deps.software.createConfig(context.caller, input)) });
    },
  },
  {
    policy: 'software_configs:show',
    methods: ['GET'],
    path: '/software_configs/{config_id}',
    access: 'member',
    async handle(context) {
      const config = await context.deps.software.getConfig(context.caller, context.param('config_id'));
      return json({ software_config: configView(config) });
    },
  },
  {
    policy: 'software_configs:delete',
    methods: ['DELETE'],
    path: '/software_configs/{config_id}',
    access: 'member',
    async handle(context) {
      await context.deps.software.deleteConfig(context.caller, context.param('config_id'));
      return NO_CONTENT;
    },
  },
];

const DEPLOYMENT_ROUTES: readonly Route[] = [
  {
    policy: 'software_deployments:index',
    methods: ['GET'],
    path: '/software_deployments',
    access: 'member',
    async handle({ query, deps, caller }) {
      const deployments = await deps.software.listDeployments(caller, query.text('server_id'));
      return json({ software_deployments: deployments.map(deploymentView) });
    },
  },
  {
    policy: 'software_deployments:metadata',
    methods: ['GET'],
    path: '/software_deployments/metadata/{server_id}',
    access: 'stack-user',
    async handle(context) {
      const serverId = context.param('server_id');
      const metadata = (await mayReadServer(context, serverId))
        ? await context.deps.software.serverMetadata(context.caller, serverId)
        : [];
      return json({ metadata });
    },
  },
  {
    policy: 'software_deployments:create',
    methods: ['POST'],
    path: '/software_deployments',
    access: 'member',
    async handle(context) {
      const body = context.requiredBody();
      checkDeployment(body);
      if (typeof body.config_id !== 'string' || typeof body.server_id !== 'string') throw badRequest();
      const input = pick(body, [
        'config_id',
        'server_id',
        'input_values',
        'output_values',
        'action',
        'status',
        'status_reason',
        'stack_user_project_id',
      ]);
      const deployment = await context.deps.software.createDeployment(context.caller, input);
      return json({ software_deployment: deploymentView(deployment) });
    },
  },
  {
    policy: 'software_deployments:show',
    methods: ['GET'],
    path: '/software_deployments/{deployment_id}',
    access: 'member',
    async handle(context) {
      const deployment = await context.deps.software.getDeployment(context.caller, context.param('deployment_id'));
      return json({ software_deployment: deploymentView(deployment) });
    },
  },
  {
    policy: 'software_deployments:update',
    methods: ['PUT'],
    path: '/software_deployments/{deployment_id}',
    access: 'member',
    async handle(context) {
      const body = context.requiredBody();
      checkDeployment(body);
      const given = pick(body, ['config_id', 'input_values', 'output_values', 'action', 'status', 'status_reason']);
      const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
      const id = context.param('deployment_id');
      const deployment = await context.deps.software.updateDeployment(context.caller, id, changes);
      return json({ software_deployment: deploymentView(deployment) });
    },
  },
  {
    policy: 'software_deployments:delete',
    methods: ['DELETE'],
    path: '/software_deployments/{deployment_id}',
    access: 'member',
    async handle(context) {
      await context.deps.software.deleteDeployment(context.caller, context.param('deployment_id'));
      return NO_CONTENT;
    },
  },
];

/** Software configs and their deployments. */
export const routes: readonly Route[] = [...CONFIG_ROUTES, ...DEPLOYMENT_ROUTES];
