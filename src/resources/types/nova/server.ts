import type { ResourceContext, ResourceRef, ResourceType } from '../../../engine/drivers/resource-type.js';
import { MissingError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { callOf, readingCall, type TypeDefinition } from '../../define-type.js';
import { asFilled, asList, asMap, asMaps, asText, compact, pick } from '../../json-access.js';
import { serverAttributes } from './server-attributes.js';
import { metadataTexts, nicOf, serverName } from './server-request.js';
import { agentNotes, collectConfigOf, dismissAgent, mergedMetadata, startData } from './server-software.js';
import { updateServer } from './server-update.js';
import { validateServer } from './server-validate.js';

/** OS::Nova::Server */
export const server: TypeDefinition = {
  kind: 'servers',
  healthyStates: ['ACTIVE'],
  async spec(input) {
    const { properties, ctx } = input;
    return {
      ...pick(
        properties,
        'flavor',
        'key_name',
        'admin_pass',
        'availability_zone',
        'tags',
        'scheduler_hints',
        'config_drive',
        'personality',
        'reservation_id',
        'security_groups',
      ),
      ...compact({
        image: asFilled(properties.image),
        metadata:
          properties.metadata === undefined || properties.metadata === null
            ? undefined
            : metadataTexts(asMap(properties.metadata)),
        disk_config: properties.diskConfig,
        networks: asMaps(properties.networks).map(nicOf),
        block_device_mapping: asMaps(properties.block_device_mapping).map(compact),
        block_device_mapping_v2: asMaps(properties.block_device_mapping_v2).map(compact),
      }),
      name: serverName(input),
      user_data: await startData(ctx, properties),
    };
  },
  attributes: serverAttributes,
  unstored: { os_collect_config: (_ctx, ref) => collectConfigOf(ref.metadata) },
  data: ({ ctx, properties }) => agentNotes(ctx, properties),
  removing: ({ ctx, properties }) => dismissAgent(ctx, properties),
  update: updateServer,
  live({ entity, properties }) {
    const live: JsonMap = { metadata: entity.body.metadata ?? {} };
    if (asText(properties.name) !== undefined) live.name = entity.name ?? '';
    const flavor = asMap(entity.body.flavor);
    const given = asText(properties.flavor);
    if (given !== undefined)
      live.flavor = flavor.id === given || flavor.original_name === given ? given : (flavor.original_name ?? null);
    return live;
  },
  validate: validateServer,
  replaces({ after, changed }) {
    if (changed.includes('flavor') && after.flavor_update_policy === 'REPLACE') return true;
    if (changed.includes('image') && (after.image_update_policy === 'REPLACE' || asFilled(after.image) === undefined))
      return true;
    if (changed.includes('user_data') && (after.user_data_update_policy ?? 'REPLACE') === 'REPLACE') return true;
    return undefined;
  },
  verbs: serverVerbs,
};

async function act(ctx: ResourceContext<Cloud>, ref: ResourceRef, action: string, wanted: string, failure: string) {
  const id = ref.physicalId ?? '';
  const servers = ctx.cloud.collection('servers');
  const found = await servers.get(readingCall(ctx), id);
  if (!found) throw new MissingError(`Failed to find server ${id}`, { reasonClass: 'NotFound' });
  const entity = found.status === wanted ? found : await servers.act(callOf(ctx), id, action, {});
  const checkpoint = { id, wanted, failure };
  if (entity.status === wanted) return { state: 'done' as const, physicalId: id, attributes: {}, data: ref.data };
  return { state: 'pending' as const, physicalId: id, checkpoint, pollAfterMs: Math.max(1, entity.readyInMs ?? 1000) };
}

function serverVerbs(): Partial<ResourceType<Cloud>> {
  return {
    mergedMetadata,
    suspend: (ctx, ref) => act(ctx, ref, 'suspend', 'SUSPENDED', 'Suspend of server'),
    resume: (ctx, ref) => act(ctx, ref, 'resume', 'ACTIVE', 'Resume of server'),
    async snapshot(ctx, ref) {
      const image = await ctx.cloud
        .collection('images')
        .create(callOf(ctx, 'snapshot'), { name: ctx.resource.physicalName, server: ref.physicalId ?? '' });
      return {
        state: 'done',
        physicalId: ref.physicalId ?? '',
        attributes: {},
        data: { ...ref.data, snapshot_image_id: image.id },
      };
    },
    restore: (properties, snapshot) =>
      compact({ ...properties, image: snapshot.snapshot_image_id ?? properties.image }),
    async deleteSnapshot(ctx, snapshot) {
      const image = asText(snapshot.snapshot_image_id);
      if (image !== undefined) await ctx.cloud.collection('images').delete(callOf(ctx), image);
    },
    // The replacement plugs in the same ports.
    async prepareReplace(ctx, ref) {
      const given = asMaps(ref.properties.networks).flatMap((nic) => asText(nic.port) ?? []);
      const servers = ctx.cloud.collection('servers');
      if (ref.physicalId === undefined || given.length === 0 || !(await servers.get(readingCall(ctx), ref.physicalId)))
        return {};
      for (const [index, port] of given.entries()) {
        const found = await ctx.cloud.collection('ports').find(readingCall(ctx), port);
        if (found) await servers.act(callOf(ctx, `free-${index}`), ref.physicalId, 'detach_port', { port: found.id });
      }
      return { freed_ports: given };
    },
    async undoReplace(ctx, ref) {
      const servers = ctx.cloud.collection('servers');
      if (ref.physicalId === undefined || !(await servers.get(readingCall(ctx), ref.physicalId))) return;
      for (const [index, port] of asList(ref.data.freed_ports).entries()) {
        await servers.act(callOf(ctx, `plug-${index}`), ref.physicalId, 'attach_nic', { port });
      }
    },
  };
}
