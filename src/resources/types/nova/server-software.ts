import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { callOf, readingCall } from '../../define-type.js';
import { asFilled, asList, asMap, asText, isGiven } from '../../json-access.js';
import { collectConfig, withCollectConfig } from '../software/collect-config.js';
import { serverUserData, type UserDataFormat } from '../software/user-data.js';

/** What changes when a server's agent has to fetch its configuration elsewhere. */
export const AGENT_PROPERTIES = ['software_config_transport', 'deployment_swift_data'];

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** What a server is started with, by its format; also puts the agent's part into the metadata, if it gets one. */
export async function startData(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<Json> {
  const given = asText(properties.user_data) ?? '';
  const stack = ctx.stackAccess;
  // Without a stack around it there is nothing for agents to ask.
  if (!stack) return given;
  const format = formatOf(properties);
  const userData = format === 'HEAT_CFNTOOLS' ? given : await configText(ctx, given);
  const metadata = format === 'SOFTWARE_CONFIG' ? await equipAgent(ctx, properties) : ctx.resource.metadata;
  return serverUserData({
    format,
    userData,
    metadata,
    cfnUrl: stack.urls.services.cfn,
    seed: ctx.resource.uuid,
  });
}

/** The format in which user data reach a server. */
export function formatOf(properties: JsonMap): UserDataFormat {
  return (asText(properties.user_data_format) ?? 'HEAT_CFNTOOLS') as UserDataFormat;
}

/** User data that look like the id of a software config are that config; if there is none, they are what they are. */
async function configText({ stackAccess }: ResourceContext<Cloud>, given: string): Promise<string> {
  const found = UUID.test(given) ? await stackAccess?.software.config(given) : undefined;
  if (!found) return given;
  return typeof found.config === 'string' ? found.config : isGiven(found.config) ? JSON.stringify(found.config) : '';
}

/** Makes the user, queue or address of the transport, and tells the agent of it by the metadata. */
export async function equipAgent(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<JsonMap> {
  const stack = ctx.stackAccess;
  if (!stack) return asMap(ctx.resource.metadata);
  const transport = transportOf(properties);
  const swift = asMap(properties.deployment_swift_data);
  const config = await collectConfig(ctx, transport, {
    container: asFilled(swift.container) ?? ctx.resource.physicalName,
    object: asFilled(swift.object) ?? ctx.resource.uuid,
  });
  const metadata = await stack.changeMetadata(ctx.resource.uuid, (before) => withCollectConfig(before, config));
  if (transport === 'ZAQAR_MESSAGE') await tellQueue(ctx, metadata ?? {});
  return metadata ?? {};
}

async function tellQueue(ctx: ResourceContext<Cloud>, metadata: JsonMap): Promise<void> {
  const queues = ctx.cloud.collection('queues');
  const name = queueOf(ctx.resource.physicalName);
  if (!(await queues.get(readingCall(ctx), name))) await queues.create(callOf(ctx, 'agent-queue'), { name });
  await queues.act(callOf(ctx, 'agent-message'), name, 'post', { body: metadata });
}

/** The queue by which a server with the transport ZAQAR_MESSAGE gets its metadata. */
const queueOf = (physicalName: string): string => physicalName;

/** `data` of a server whose metadata goes to a queue: every change of its deployments is posted there. */
export function agentNotes(ctx: ResourceContext<Cloud>, properties: JsonMap): JsonMap {
  const isQueue = formatOf(properties) === 'SOFTWARE_CONFIG' && transportOf(properties) === 'ZAQAR_MESSAGE';
  return isQueue ? { metadata_queue_id: queueOf(ctx.resource.physicalName) } : {};
}

/** Takes back what the agent was given. */
export async function dismissAgent(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<void> {
  if (formatOf(properties) !== 'SOFTWARE_CONFIG') return;
  await ctx.stackAccess?.users.remove(ctx.resource.uuid);
  if (transportOf(properties) === 'ZAQAR_MESSAGE')
    await ctx.cloud.collection('queues').delete(callOf(ctx, 'agent-queue'), queueOf(ctx.resource.physicalName));
}

function transportOf(properties: JsonMap): string {
  return asText(properties.software_config_transport) ?? 'POLL_SERVER_CFN';
}

/** New metadata of the template beside what the agent was told: that stays, whatever the template says of it. */
export function mergedMetadata(before: Json, declared: Json, properties: JsonMap): Json {
  if (formatOf(properties) !== 'SOFTWARE_CONFIG') return declared;
  const [had, wanted] = [asMap(before), asMap(declared)];
  return {
    ...wanted,
    'os-collect-config': { ...asMap(had['os-collect-config']), ...asMap(wanted['os-collect-config']) },
    deployments: [...asList(had.deployments)],
  };
}

/** What the agent was told: it is asked for each time, for there are credentials in it. */
export function collectConfigOf(metadata: Json): JsonMap {
  return asMap(asMap(metadata)['os-collect-config']);
}
