import type { Clock } from '../model/clock.js';
import { InvalidRequestError, NotFoundError } from '../model/errors.js';
import { newId } from '../model/ids.js';
import { isMap, type Json, type JsonMap } from '../model/value.js';
import { checkedInputs, checkedOutputs } from './software-inputs.js';
import { createSoftwareTables, type SoftwareTablesParts } from './software-tables.js';
import type { Software, SoftwareConfigRecord, SoftwareDeploymentRecord } from './stacks.js';

/** What the service works with. */
export interface SoftwareServiceParts {
  readonly store: SoftwareTablesParts;
  readonly clock: Clock;
  /** Called when the list of a server's deployments has changed, with the full configs that its agent is to see. */
  readonly pushMetadata?: (projectId: string, serverId: string, deployments: readonly JsonMap[]) => Promise<void>;
}

/**
 * The service behind `/software_configs` and `/software_deployments`, and what the types of this group keep their
 * records with: those give an `id`, and creating what is there already gives what is there.
 */
export function createSoftwareService({ store, clock, pushMetadata }: SoftwareServiceParts): Software {
  const tables = createSoftwareTables(store);

  const needConfig = async (projectId: string, id: string): Promise<SoftwareConfigRecord> => {
    const config = await tables.config(projectId, id);
    if (config) return config;
    throw new NotFoundError('Software config', id, `Software config with id ${id} not found`);
  };
  const needDeployment = async (projectId: string, id: string): Promise<SoftwareDeploymentRecord> => {
    const deployment = await tables.deployment(projectId, id);
    if (deployment) return deployment;
    throw new NotFoundError('Software Deployment', id, `Deployment with id ${id} not found`);
  };
  const metadata = async (projectId: string, serverId: string): Promise<JsonMap[]> => {
    const deployments = await tables.deployments(projectId, serverId);
    const configs = await Promise.all(deployments.map(({ configId }) => tables.config(projectId, configId)));
    return configs
      .filter((config) => config !== undefined)
      .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
      .map(configDocument);
  };
  const push = async (projectId: string, serverId: string): Promise<void> => {
    if (pushMetadata) await pushMetadata(projectId, serverId, await metadata(projectId, serverId));
  };

  const createConfig = async (projectId: string, input: JsonMap): Promise<SoftwareConfigRecord> => {
    const id = text(input.id) ?? newId();
    const known = text(input.id) === undefined ? undefined : await tables.config(projectId, id);
    if (known) return known;
    const config: SoftwareConfigRecord = {
      id,
      projectId,
      name: text(input.name) ?? '',
      group: text(input.group) ?? null,
      config: input.config ?? null,
      inputs: checkedInputs(input.inputs),
      outputs: checkedOutputs(input.outputs),
      options: map(input.options),
      createdAt: clock.now(),
    };
    await tables.addConfig(config);
    return config;
  };
  const deleteConfig = async (projectId: string, id: string): Promise<void> => {
    await needConfig(projectId, id);
    if (await tables.isReferenced(id)) {
      throw new InvalidRequestError(
        `Software config with id ${id} can not be deleted as it is referenced.`,
        'InvalidRestrictedAction',
      );
    }
    await tables.removeConfig(id);
  };
  const createDeployment = async (projectId: string, input: JsonMap): Promise<SoftwareDeploymentRecord> => {
    const id = text(input.id) ?? newId();
    const known = text(input.id) === undefined ? undefined : await tables.deployment(projectId, id);
    if (known) return known;
    const configId = text(input.config_id) ?? '';
    await needConfig(projectId, configId);
    const deployment: SoftwareDeploymentRecord = {
      id,
      projectId,
      configId,
      serverId: text(input.server_id) ?? '',
      inputValues: map(input.input_values),
      outputValues: isMap(input.output_values) ? map(input.output_values) : null,
      action: text(input.action) ?? null,
      status: text(input.status) ?? null,
      // Heat stores what Python's str() makes of nothing.
      statusReason: text(input.status_reason) ?? 'None',
      createdAt: clock.now(),
      updatedAt: undefined,
    };
    await tables.putDeployment(deployment);
    await push(projectId, deployment.serverId);
    return deployment;
  };
  const updateDeployment = async (
    projectId: string,
    id: string,
    changes: JsonMap,
  ): Promise<SoftwareDeploymentRecord> => {
    const before = await needDeployment(projectId, id);
    const configId = text(changes.config_id);
    if (configId !== undefined) await needConfig(projectId, configId);
    const after: SoftwareDeploymentRecord = {
      ...before,
      configId: configId ?? before.configId,
      inputValues: isMap(changes.input_values) ? map(changes.input_values) : before.inputValues,
      outputValues: isMap(changes.output_values) ? map(changes.output_values) : before.outputValues,
      action: text(changes.action) ?? before.action,
      status: text(changes.status) ?? before.status,
      statusReason: text(changes.status_reason) ?? before.statusReason,
      updatedAt: clock.now(),
    };
    await tables.putDeployment(after);
    if (configId !== undefined) await push(projectId, after.serverId);
    return after;
  };
  const deleteDeployment = async (projectId: string, id: string): Promise<void> => {
    const deployment = await needDeployment(projectId, id);
    await tables.removeDeployment(id);
    await push(projectId, deployment.serverId);
  };

  return {
    createConfig: (caller, input) => createConfig(caller.projectId, input),
    getConfig: (caller, id) => needConfig(caller.projectId, id),
    listConfigs: (caller, { limit, marker, allProjects }) =>
      tables.configs(allProjects ? undefined : caller.projectId, {
        ...(limit === undefined ? {} : { limit }),
        ...(marker === undefined ? {} : { marker }),
      }),
    deleteConfig: (caller, id) => deleteConfig(caller.projectId, id),
    createDeployment: (caller, input) => createDeployment(caller.projectId, input),
    getDeployment: (caller, id) => needDeployment(caller.projectId, id),
    listDeployments: (caller, serverId) => tables.deployments(caller.projectId, serverId),
    updateDeployment: (caller, id, changes) => updateDeployment(caller.projectId, id, changes),
    deleteDeployment: (caller, id) => deleteDeployment(caller.projectId, id),
    serverMetadata: (caller, serverId) => metadata(caller.projectId, serverId),
  };
}

/** A config as an agent gets it in its server's metadata. */
function configDocument(config: SoftwareConfigRecord): JsonMap {
  const { id, name, group, inputs, outputs, options } = config;
  const creation_time = `${new Date(config.createdAt).toISOString().slice(0, 19)}Z`;
  return { id, name, group, creation_time, config: config.config, inputs: [...inputs], outputs: [...outputs], options };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function map(value: Json | undefined): JsonMap {
  return isMap(value) ? (value as JsonMap) : {};
}
