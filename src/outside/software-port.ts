import type { SoftwarePort } from '../engine/drivers/stack-access.js';
import { NotFoundError } from '../engine/model/errors.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { Software } from '../engine/stacks/stacks.js';

/** The project's software configs and deployments, for the types that make them. */
export function createSoftwarePort(software: Software, caller: Caller): SoftwarePort {
  const orUndefined = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  };
  return {
    createConfig: (input) => software.createConfig(caller, input),
    config: (id) => orUndefined(software.getConfig(caller, id)),
    async deleteConfig(id) {
      await orUndefined(software.deleteConfig(caller, id));
    },
    createDeployment: (input) => software.createDeployment(caller, input),
    deployment: (id) => orUndefined(software.getDeployment(caller, id)),
    updateDeployment: (id, changes) => software.updateDeployment(caller, id, changes),
    async deleteDeployment(id) {
      await orUndefined(software.deleteDeployment(caller, id));
    },
    serverMetadata: (serverId) => software.serverMetadata(caller, serverId),
  };
}
