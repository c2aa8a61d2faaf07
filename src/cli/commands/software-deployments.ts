import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { parsePairs } from '../files/parameters.js';
import { ApiError, orNotFound } from '../heat/api-error.js';
import { listObjects, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { CommandError, EXIT, UsageError } from '../program/exit-codes.js';
import { deploymentOutput } from './deployment-output.js';

const SHOWN = [
  'id',
  'server_id',
  'config_id',
  'creation_time',
  'updated_time',
  'status',
  'status_reason',
  'input_values',
  'action',
];

/** `baton software deployment create`: derives a config with the input values, and deploys that. */
export const createDeployment: CommandAction = async (context, operands, options) => {
  const server = options.text('server') ?? '';
  const action = options.text('action') ?? 'UPDATE';
  const transport = options.text('signalTransport') ?? 'NO_SIGNAL';
  if (transport !== 'NO_SIGNAL') {
    throw new UsageError(`--signal-transport ${transport} is not supported; NO_SIGNAL is`);
  }
  const client = await context.client();
  const source = options.text('config');
  const config =
    source === undefined
      ? {}
      : unwrapped(
          await client
            .get(`/software_configs/${encodeURIComponent(source)}`)
            .catch(orNotFound(`Software configuration not found: ${source}`)),
          'software_config',
        );
  const values: JsonMap = { ...parsePairs(options.many('inputValue'), { semicolons: false }) };
  const derived = unwrapped(
    await client.post('/software_configs', {
      name: operands.at(0),
      group: config.group ?? 'Heat::Ungrouped',
      config: config.config ?? '',
      inputs: derivedInputs(config.inputs ?? [], values, { server, action, transport }),
      outputs: config.outputs ?? [],
      options: config.options ?? {},
    }),
    'software_config',
  );
  const deployment = unwrapped(
    await client.post('/software_deployments', {
      config_id: derived.id ?? null,
      server_id: server,
      action,
      status: 'IN_PROGRESS',
    }),
    'software_deployment',
  );
  return showObject(deployment, Object.keys(deployment).sort());
};

/** The inputs of the config with their values, and those that tell a server about the deployment itself. */
export function derivedInputs(
  inputs: Json,
  values: JsonMap,
  deployment: { readonly server: string; readonly action: string; readonly transport: string },
): JsonMap[] {
  const declared = (Array.isArray(inputs) ? inputs : []).flatMap((input): JsonMap[] =>
    isMap(input) ? [{ ...input }] : [],
  );
  const names = new Set(declared.map((input) => input.name));
  const given = declared.map((input) => {
    const value = values[String(input.name)] ?? input.value ?? input.default;
    return value === undefined ? input : { ...input, value };
  });
  const extra = Object.keys(values).filter((name) => !names.has(name));
  const about: [string, string, string][] = [
    ['deploy_server_id', deployment.server, 'ID of the server being deployed to'],
    ['deploy_action', deployment.action, 'Name of the current action being deployed'],
    [
      'deploy_signal_transport',
      deployment.transport,
      'How the server should signal to heat with the deployment output values.',
    ],
  ];
  return [
    ...given,
    ...extra.map((name): JsonMap => ({ name, type: 'String', value: values[name] ?? null })),
    ...about.map(([name, value, description]): JsonMap => ({ name, value, description, type: 'String' })),
  ];
}

/** `baton software deployment list`. */
export const listDeployments: CommandAction = async (context, _operands, options) => {
  const server = options.text('server');
  const client = await context.client();
  const query: { [key: string]: string } = server === undefined ? {} : { server_id: server };
  const deployments = await client.list('/software_deployments', 'software_deployments', query);
  const columns = ['id', 'config_id', 'server_id', 'action', 'status'];
  return listObjects(deployments, options.isSet('long') ? [...columns, 'creation_time', 'status_reason'] : columns);
};

/** `baton software deployment show`. */
export const showDeployment: CommandAction = async (context, operands, options) => {
  const deployment = await readDeployment(context, operands.at(0), `Software Deployment not found: ${operands.at(0)}`);
  return showObject(deployment, options.isSet('long') ? [...SHOWN, 'output_values'] : SHOWN);
};

/** `baton software deployment delete`. */
export const deleteDeployments: CommandAction = async (context, operands) => {
  const client = await context.client();
  const ids = operands.rest(0);
  let failures = 0;
  for (const id of ids) {
    const path = `/software_deployments/${encodeURIComponent(id)}`;
    try {
      const deployment = unwrapped(await client.get(path), 'software_deployment');
      await client.delete(path);
      await client.delete(`/software_configs/${encodeURIComponent(String(deployment.config_id))}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failures += 1;
      const message = error.status === 404 ? `Deployment with ID ${id} not found` : error.message;
      context.terminal.err.write(`${message}\n`);
    }
  }
  if (failures > 0) throw new CommandError(`Unable to delete ${failures} of the ${ids.length} deployments.`);
};

/** `baton software deployment metadata show`. */
export const showServerMetadata: CommandAction = async (context, operands) => {
  const client = await context.client();
  const answer = await client.get(`/software_deployments/metadata/${encodeURIComponent(operands.at(0))}`);
  context.terminal.out.write(`${JSON.stringify(answer.metadata ?? [], undefined, 2)}\n`);
};

/** `baton software deployment output show`. */
export const showDeploymentOutput: CommandAction = async (context, operands, options) => {
  const name = operands.optional(1);
  if ((name === undefined) === !options.isSet('all')) {
    throw new UsageError('Error: either <output> or --all argument is needed.');
  }
  const id = operands.at(0);
  const deployment = await readDeployment(context, id, `Deployment not found: ${id}`);
  const values = isMap(deployment.output_values) ? (deployment.output_values as JsonMap) : {};
  if (name !== undefined && !Object.hasOwn(values, name)) {
    throw new CommandError(`Output ${name} does not exist in deployment ${id}`, EXIT.notFound);
  }
  const names = name === undefined ? Object.keys(values) : [name];
  const lines = names.map((key) => deploymentOutput(values, key, options.isSet('long')));
  context.terminal.out.write(`${name === undefined ? 'output_values' : 'output_value'}:\n\n${lines.join('\n')}\n`);
};

async function readDeployment(context: Parameters<CommandAction>[0], id: string, missing: string): Promise<JsonMap> {
  const client = await context.client();
  const answer = await client.get(`/software_deployments/${encodeURIComponent(id)}`).catch(orNotFound(missing));
  return unwrapped(answer, 'software_deployment');
}

function unwrapped(answer: JsonMap, key: string): JsonMap {
  const inner = answer[key];
  return isMap(inner) ? (inner as JsonMap) : answer;
}
