import type { JsonMap } from '../../engine/model/value.js';
import type { SoftwareConfigRecord, SoftwareDeploymentRecord } from '../../engine/stacks/stacks.js';
import { isoTime } from './time.js';

/** A config in a list. */
export function configSummary(config: SoftwareConfigRecord, withProject: boolean): JsonMap {
  return {
    id: config.id,
    name: config.name,
    group: config.group,
    creation_time: isoTime(config.createdAt),
    ...(withProject ? { project: config.projectId } : {}),
  };
}

/** A config with all that is in it; each input and output has its defaults. */
export function configView(config: SoftwareConfigRecord): JsonMap {
  return {
    ...configSummary(config, false),
    config: config.config,
    inputs: config.inputs.map((input) => ({ type: 'String', ...input })),
    outputs: config.outputs.map((output) => ({ type: 'String', error_output: false, ...output })),
    options: config.options,
  };
}

/** A deployment; `updated_time` is there once it was updated. */
export function deploymentView(deployment: SoftwareDeploymentRecord): JsonMap {
  return {
    id: deployment.id,
    server_id: deployment.serverId,
    input_values: deployment.inputValues,
    output_values: deployment.outputValues,
    action: deployment.action,
    status: deployment.status,
    status_reason: deployment.statusReason,
    config_id: deployment.configId,
    creation_time: isoTime(deployment.createdAt),
    ...(deployment.updatedAt === undefined ? {} : { updated_time: isoTime(deployment.updatedAt) }),
  };
}
