import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Progress, ResourceContext, ResourceRef, ResourceType } from '../../../engine/drivers/resource-type.js';
import type { SoftwareConfig, SoftwareDeployment } from '../../../engine/drivers/stack-access.js';
import { RejectedError } from '../../../engine/model/errors.js';
import { derivedId } from '../../../engine/model/ids.js';
import { type JsonMap, sameValue } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone, readingCall } from '../../define-type.js';
import { asFilled, asMap, asMaps, asText, asTexts } from '../../json-access.js';
import { closeTransport, openTransport, takeMessages } from '../heat/signal-transport.js';
import { stackOf } from '../stack-of.js';
import { deploymentAttributes, deploymentResult } from './deployment-signal.js';
import { type DeployAction, deploymentTransport, derivedConfig, derivedInputs } from './derived-config.js';
import { inputValue } from './io-config.js';

const POLL_MS = 500;

/** OS::Heat::SoftwareDeployment and OS::Heat::StructuredDeployment: a config on a server, done when the server says so. */
export function softwareDeployment(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    // Configurations may run, and so answer, while their deployment is suspended or deleted.
    signalledAlways: true,
    hasLiveAttributes: true,
    async create(ctx, properties) {
      await guardServer(ctx, properties);
      return deploy(ctx, undefined, properties, 'CREATE');
    },
    async update(ctx, ref, change) {
      const why = await changedInput(ctx, ref, change.after);
      return why === undefined ? deploy(ctx, ref.physicalId, change.after, 'UPDATE') : { state: 'replace', why };
    },
    async delete(ctx, ref) {
      const running = await deploy(ctx, ref.physicalId, ref.properties, 'DELETE', true);
      return running.state === 'pending' ? running : dismantle(ctx, ref);
    },
    suspend: (ctx, ref) => deploy(ctx, ref.physicalId, ref.properties, 'SUSPEND'),
    resume: (ctx, ref) => deploy(ctx, ref.physicalId, ref.properties, 'RESUME'),
    async giveUp(ctx, ref) {
      const { software } = stackOf(ctx);
      const deployment = ref.physicalId === undefined ? undefined : await software.deployment(ref.physicalId);
      if (deployment?.status !== 'IN_PROGRESS') return;
      await software.updateDeployment(deployment.id, { status: 'FAILED', status_reason: 'Deployment cancelled.' });
    },
    async poll(ctx, ref, checkpoint, verb) {
      const id = asText(asMap(checkpoint).deployment) ?? '';
      if (verb === 'delete' && !(await isServerThere(ctx, ref.properties))) return dismantle(ctx, ref);
      const progress = await look(ctx, id, verb === 'delete');
      return verb === 'delete' && progress.state === 'done' ? dismantle(ctx, ref) : progress;
    },
    async signal(ctx, ref, { details }) {
      const { software } = stackOf(ctx);
      const deployment = ref.physicalId === undefined ? undefined : await software.deployment(ref.physicalId);
      if (!deployment) return { reason: null };
      const result = deploymentResult(deployment, await software.config(deployment.configId), details);
      // Outputs that nobody waits for change nothing, but that they came is told.
      if (!result) return { reason: 'Unknown' };
      await software.updateDeployment(deployment.id, result.changes);
      return { reason: result.reason };
    },
    async attribute(ctx, ref, name) {
      const { attributes } = await outcomeOf(ctx, ref.physicalId ?? '');
      return attributes[name] ?? null;
    },
  };
}

/** Only a server whose user data carry an agent's configuration can take deployments. */
async function guardServer(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<void> {
  const reference = asText(properties.server) ?? '';
  const format = asFilled((await stackOf(ctx).find(reference))?.properties.user_data_format);
  if (format === undefined || format === 'SOFTWARE_CONFIG') return;
  throw new RejectedError(
    `Resource ${reference}'s property user_data_format should be set to SOFTWARE_CONFIG since there are software deployments on it.`,
    { reasonClass: 'StackValidationFailed' },
  );
}

/** Hands the config to the server if it is for this action, and begins to wait; done at once if it is not. */
async function deploy(
  ctx: ResourceContext<Cloud>,
  existing: string | undefined,
  properties: JsonMap,
  action: DeployAction,
  ignoreMissing = false,
): Promise<Progress> {
  const { software } = stackOf(ctx);
  const configId = asFilled(properties.config);
  const source = configId === undefined ? undefined : await software.config(configId);
  if (configId !== undefined && !source) {
    if (ignoreMissing) return outcomeOf(ctx, existing ?? '');
    throw new RejectedError(`Software config with id ${configId} not found`, { reasonClass: 'NotFound' });
  }
  if (!actionsOf(source, properties).includes(action)) return outcomeOf(ctx, existing ?? '');
  const transport = deploymentTransport(properties);
  await openTransport(ctx, transport);
  const id = existing || derivedId('deployment', ctx.resource.uuid);
  const before = await software.deployment(id);
  const derived = await software.createConfig({
    ...(await derivedConfig(ctx, source, properties, action)),
    id: derivedId('derived-config', ctx.token),
  });
  // A repetition of the same intent finds its own deployment: the server must not be told twice.
  if (before?.configId !== derived.id) await record(ctx, id, derived.id, properties, action, before);
  return transport === 'NO_SIGNAL' ? outcomeOf(ctx, id) : look(ctx, id, action === 'DELETE');
}

async function record(
  ctx: ResourceContext<Cloud>,
  id: string,
  configId: string,
  properties: JsonMap,
  action: DeployAction,
  before: SoftwareDeployment | undefined,
): Promise<void> {
  const { software, users } = stackOf(ctx);
  const isSilent = deploymentTransport(properties) === 'NO_SIGNAL';
  const state: JsonMap = {
    config_id: configId,
    action,
    input_values: asMap(properties.input_values),
    status: isSilent ? 'COMPLETE' : 'IN_PROGRESS',
    status_reason: isSilent ? 'Not waiting for outputs signal' : 'Deploy data available',
  };
  if (before) {
    await software.updateDeployment(id, state);
    await software.deleteConfig(before.configId);
    return;
  }
  const user = await users.find(ctx.resource.uuid);
  await software.createDeployment({
    id,
    server_id: asText(properties.server) ?? '',
    ...state,
    ...(user ? { stack_user_project_id: user.projectId } : {}),
  });
}

/** A component says itself in which actions it runs. */
function actionsOf(source: SoftwareConfig | undefined, properties: JsonMap): readonly string[] {
  if (source?.group === 'component')
    return asMaps(asMap(source.config).configs).flatMap((config) => asTexts(config.actions));
  return asTexts(properties.actions ?? ['CREATE', 'UPDATE']);
}

async function look(ctx: ResourceContext<Cloud>, id: string, isDelete: boolean): Promise<Progress> {
  const { software } = stackOf(ctx);
  await fetchSignals(ctx, id);
  const deployment = await software.deployment(id);
  if (deployment?.status === 'FAILED') {
    throw new RejectedError(`Deployment to server failed: ${deployment.statusReason}`, { reasonClass: 'Error' });
  }
  if (deployment?.status === 'COMPLETE' || (!deployment && isDelete)) return outcomeOf(ctx, id);
  return { state: 'pending', physicalId: id, checkpoint: { deployment: id }, pollAfterMs: POLL_MS };
}

/** Signals by queue have to be fetched; all other transports end in the signal verb by themselves. */
async function fetchSignals(ctx: ResourceContext<Cloud>, id: string): Promise<void> {
  const { software } = stackOf(ctx);
  const deployment = await software.deployment(id);
  const config = deployment && (await software.config(deployment.configId));
  if (!config || inputValue(config.inputs, 'deploy_signal_transport') !== 'ZAQAR_SIGNAL') return;
  const queue = asText(inputValue(config.inputs, 'deploy_queue_id')) ?? ctx.resource.physicalName;
  for (const message of await takeMessages(ctx, queue)) await stackOf(ctx).signal(ctx.resource.uuid, message);
}

async function outcomeOf(ctx: ResourceContext<Cloud>, id: string): Promise<Extract<Progress, { state: 'done' }>> {
  const { software } = stackOf(ctx);
  const deployment = id === '' ? undefined : await software.deployment(id);
  const config = deployment && (await software.config(deployment.configId));
  return {
    state: 'done',
    physicalId: id,
    ...(id === '' ? { reference: ctx.resource.name } : {}),
    attributes: deploymentAttributes(deployment, config),
  };
}

/** Why a new deployment is needed: an input says that a change of its value needs one; undefined if none does. */
async function changedInput(
  ctx: ResourceContext<Cloud>,
  ref: ResourceRef,
  properties: JsonMap,
): Promise<string | undefined> {
  const { software } = stackOf(ctx);
  const deployment = ref.physicalId ? await software.deployment(ref.physicalId) : undefined;
  const before = deployment && (await software.config(deployment.configId));
  const configId = asFilled(properties.config);
  if (!before || configId === undefined) return undefined;
  const source = await software.config(configId);
  const inputs = await derivedInputs(ctx, source, properties, 'UPDATE');
  const changed = inputs.find(
    ({ name, value, replace_on_change }) =>
      replace_on_change === true &&
      before.inputs.some((input) => input.name === name && !sameValue(input.value ?? null, value ?? null)),
  );
  return changed && `the input ${asText(changed.name)} changed`;
}

async function isServerThere(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<boolean> {
  const server = asText(properties.server) ?? '';
  if ((await stackOf(ctx).find(server)) !== undefined) return true;
  return (await ctx.cloud.collection('servers').get(readingCall(ctx), server)) !== undefined;
}

async function dismantle(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Progress> {
  const { software, users } = stackOf(ctx);
  const deployment = ref.physicalId ? await software.deployment(ref.physicalId) : undefined;
  if (deployment) {
    await software.deleteDeployment(deployment.id);
    await software.deleteConfig(deployment.configId);
  }
  await closeTransport(ctx, deploymentTransport(ref.properties));
  await users.remove(ctx.resource.uuid);
  return gone(ref);
}
