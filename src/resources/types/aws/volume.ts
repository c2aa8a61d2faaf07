import { callOf, ec2Id, type TypeDefinition } from '../../define-type.js';
import { asFilled, asNumber, asText, compact, tagMap } from '../../json-access.js';
import { taggedName } from './vpc.js';

/** AWS::EC2::Volume */
export const ec2Volume: TypeDefinition = {
  kind: 'volumes',
  healthyStates: ['available', 'in-use'],
  spec(input) {
    const { properties, isAws } = input;
    const snapshot = asFilled(properties.SnapshotId);
    return {
      ...ec2Id(input, 'vol'),
      name: isAws ? taggedName(input) : input.ctx.resource.physicalName,
      ...compact({
        size: asNumber(properties.Size),
        availability_zone: properties.AvailabilityZone,
        volume_type: properties.VolumeType,
        encrypted: properties.Encrypted,
        ...(isAws ? { snapshot_id: snapshot } : { backup_id: snapshot }),
      }),
      metadata: tagMap(properties.Tags),
      multiattach: properties.MultiAttachEnabled ?? false,
    };
  },
  attributes: ({ entity }) => ({ VolumeId: entity.id }),
  async update({ change, collection, id, ctx, properties }) {
    const size = asNumber(properties.Size);
    const before = asNumber(change.before.Size);
    if (change.changed.includes('Size') && size !== undefined && size > (before ?? 0)) {
      return collection.act(callOf(ctx, 'size'), id, 'extend', { size });
    }
    return collection.update(
      callOf(ctx, 'rest'),
      id,
      compact({ volume_type: properties.VolumeType, metadata: tagMap(properties.Tags) }),
    );
  },
  live: ({ entity, properties }) => (asNumber(properties.Size) === undefined ? {} : { Size: entity.body.size ?? null }),
  validate: (properties, _name, schema) =>
    schema.origin === 'heat' && asNumber(properties.Size) === undefined && asText(properties.SnapshotId) === undefined
      ? ['At least one of the following properties must be specified: Size, SnapshotId.']
      : [],
  verbs: () => ({
    async snapshot(ctx, ref) {
      const call = callOf(ctx, 'backup');
      const backup = await ctx.cloud
        .collection('volume_backups')
        .create(call, { volume: ref.physicalId ?? '', force: true });
      return {
        state: 'done',
        physicalId: ref.physicalId ?? '',
        attributes: {},
        data: { ...ref.data, backup_id: backup.id },
      };
    },
    restore: (properties, snapshot) => compact({ ...properties, SnapshotId: snapshot.backup_id }),
    async deleteSnapshot(ctx, snapshot) {
      const backup = asText(snapshot.backup_id);
      if (backup !== undefined) await ctx.cloud.collection('volume_backups').delete(callOf(ctx), backup);
    },
  }),
};

/** AWS::EC2::VolumeAttachment */
export const ec2VolumeAttachment: TypeDefinition = {
  kind: 'volume_attachments',
  spec: ({ properties }) =>
    compact({ server: properties.InstanceId, volume: properties.VolumeId, device: asFilled(properties.Device) }),
  physicalId: ({ entity, isAws, properties }) =>
    isAws ? `${asText(properties.VolumeId)}|${asText(properties.InstanceId)}` : entity.id,
  data: ({ entity }) => ({ id: entity.id }),
  entityId: (ref) => asText(ref.data.id) ?? ref.physicalId,
  live: () => ({}),
};

/** AWS::EC2::KeyPair */
export const ec2KeyPair: TypeDefinition = {
  kind: 'keypairs',
  spec: ({ properties, ctx }) => ({
    name: asText(properties.KeyName) ?? ctx.resource.physicalName,
    ...compact({ public_key: properties.PublicKeyMaterial }),
  }),
  attributes: ({ entity }) => ({
    KeyFingerprint: entity.body.fingerprint ?? '',
    KeyPairId: `key-${asText(entity.body.fingerprint)?.replaceAll(':', '').slice(0, 17)}`,
  }),
  deleteBeforeReplace: true,
  live: () => ({}),
};
