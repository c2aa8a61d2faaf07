import type { ResourceType } from '../../../engine/drivers/resource-type.js';
import { RejectedError } from '../../../engine/model/errors.js';
import { type JsonMap, sortedJson } from '../../../engine/model/value.js';
import type { Cloud, Entity } from '../../clouds/cloud.js';
import { callOf, readingCall, type TypeDefinition, type UpdateInput } from '../../define-type.js';
import { asBoolean, asFilled, asMap, asMaps, asNumber, asText, compact, isGiven, pick } from '../../json-access.js';
import { isFilled, refuseTogether } from '../../sentences.js';

/** OS::Cinder::Volume */
export const volume: TypeDefinition = {
  kind: 'volumes',
  healthyStates: ['available', 'in-use'],
  spec: ({ properties, name }) => ({
    ...pick(
      properties,
      'size',
      'availability_zone',
      'description',
      'volume_type',
      'scheduler_hints',
      'metadata',
      'read_only',
    ),
    ...compact({
      image: asFilled(properties.image) ?? asFilled(properties.imageRef),
      snapshot_id: asFilled(properties.snapshot_id),
      source_volid: asFilled(properties.source_volid),
      backup_id: asFilled(properties.backup_id),
    }),
    name,
  }),
  attributes({ entity }) {
    const { body } = entity;
    const python = (value: JsonMap[string] | undefined): string =>
      typeof value === 'boolean'
        ? value
          ? 'True'
          : 'False'
        : value === null || value === undefined
          ? 'None'
          : String(value);
    return {
      attachments: sortedJson(body.attachments ?? []),
      attachments_list: body.attachments ?? [],
      availability_zone: python(body.availability_zone),
      bootable: python(body.bootable),
      created_at: python(body.created_at),
      display_name: entity.name ?? '',
      display_description: body.description ?? '',
      encrypted: python(body.encrypted),
      metadata: sortedJson(body.metadata ?? {}),
      metadata_values: body.metadata ?? {},
      multiattach: asBoolean(body.multiattach) ?? false,
      size: python(body.size),
      snapshot_id: python(body.snapshot_id),
      source_volid: python(body.source_volid),
      status: python(body.status),
      volume_type: python(body.volume_type),
    };
  },
  live: ({ entity, properties }) => ({
    ...pick(entity.body, 'size', 'metadata'),
    ...(isGiven(properties.name) ? { name: entity.name ?? '' } : {}),
    ...(isGiven(properties.description) ? pick(entity.body, 'description') : {}),
    ...(isGiven(properties.volume_type) ? pick(entity.body, 'volume_type') : {}),
  }),
  update: updateVolume,
  validate: validateVolume,
  verbs: volumeVerbs,
};

function validateVolume(properties: JsonMap): readonly string[] {
  const errors = refuseTogether(properties, 'image', 'imageRef');
  if (isFilled(properties, 'backup_id')) return errors;
  const sources = ['snapshot_id', 'source_volid', 'image', 'imageRef'].filter((name) => isFilled(properties, name));
  const sizing = sources.filter((name) => name === 'snapshot_id' || name === 'source_volid');
  const shown = `[${sources.map((name) => `'${name}'`).join(', ')}]`;
  if (!isGiven(properties.size) && (sizing.length !== 1 || sources.length !== 1)) {
    errors.push(
      `If neither "backup_id" nor "size" is provided, one and only one of "source_volid", "snapshot_id" must be specified, but currently specified options: ${shown}.`,
    );
  } else if (isGiven(properties.size) && sources.length > 1) {
    errors.push(
      `If "size" is provided, only one of "image", "imageRef", "source_volid", "snapshot_id" can be specified, but currently specified options: ${shown}.`,
    );
  }
  return errors;
}

/** Cinder changes size, type and access of a volume only while it is detached: it is taken off and put back. */
async function updateVolume(input: UpdateInput): Promise<Entity | undefined> {
  const { change, collection, id, ctx, properties, name } = input;
  const changed = new Set(change.changed);
  let entity: Entity | undefined;
  const named = compact({
    ...(changed.has('name') ? { name } : {}),
    ...(changed.has('description') ? { description: asText(properties.description) ?? '' } : {}),
  });
  if (changed.has('metadata')) named.metadata = asMap(properties.metadata);
  if (Object.keys(named).length > 0) entity = await collection.update(callOf(ctx, 'names'), id, named);
  if (changed.has('volume_type'))
    entity = await collection.act(callOf(ctx, 'type'), id, 'retype', { volume_type: properties.volume_type ?? null });
  const now = await collection.get(readingCall(ctx), id);
  const size = asNumber(properties.size);
  const old = asNumber(now?.body.size) ?? 0;
  const grows = changed.has('size') && size !== undefined && size > old;
  if (changed.has('size') && size !== undefined && size < old)
    throw new RejectedError('Shrinking volume is not supported.', { reasonClass: 'NotSupported' });
  if (!grows && !changed.has('backup_id') && !changed.has('read_only')) return entity;
  const attachments = asMaps(now?.body.attachments);
  const holders = ctx.cloud.collection('volume_attachments');
  for (const attachment of attachments)
    await holders.delete(callOf(ctx, 'detach'), asText(attachment.attachment_id) ?? id);
  if (changed.has('backup_id') && isGiven(properties.backup_id)) {
    entity = await collection.act(callOf(ctx, 'restore'), id, 'restore', { backup: properties.backup_id });
  }
  if (grows) entity = await collection.act(callOf(ctx, 'extend'), id, 'extend', { size });
  if (changed.has('read_only'))
    entity = await collection.update(callOf(ctx, 'access'), id, { read_only: properties.read_only ?? false });
  for (const attachment of attachments) {
    await ctx.clock.sleep(entity?.readyInMs ?? 0, ctx.signal);
    await holders.create(
      callOf(ctx, 'attach'),
      compact({ volume: id, server: attachment.server_id, device: attachment.device }),
    );
  }
  return collection.get(readingCall(ctx), id);
}

function volumeVerbs(): Partial<ResourceType<Cloud>> {
  return {
    async snapshot(ctx, ref) {
      const backup = await ctx.cloud
        .collection('volume_backups')
        .create(callOf(ctx, 'backup'), { volume: ref.physicalId ?? '', force: true });
      return {
        state: 'done',
        physicalId: ref.physicalId ?? '',
        attributes: {},
        data: { ...ref.data, backup_id: backup.id },
      };
    },
    restore(properties, snapshot) {
      const { image: _image, imageRef: _ref, source_volid: _source, ...kept } = properties;
      return compact({ ...kept, backup_id: snapshot.backup_id });
    },
    async deleteSnapshot(ctx, snapshot) {
      const backup = asText(snapshot.backup_id);
      if (backup !== undefined) await ctx.cloud.collection('volume_backups').delete(callOf(ctx), backup);
    },
  };
}

/** OS::Cinder::VolumeAttachment */
export const volumeAttachment: TypeDefinition = {
  kind: 'volume_attachments',
  spec: ({ properties }) =>
    compact({
      server: properties.instance_uuid,
      volume: properties.volume_id,
      device: asFilled(properties.mountpoint),
    }),
  async update({ change, id, ctx, collection }) {
    await collection.delete(callOf(ctx, 'detach'), id);
    const { after } = change;
    return collection.create(
      callOf(ctx, 'attach'),
      compact({ server: after.instance_uuid, volume: after.volume_id, device: asFilled(after.mountpoint) }),
    );
  },
};
