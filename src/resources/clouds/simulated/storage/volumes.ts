import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asMap, asNumber, asText, compact } from '../../../json-access.js';
import { looksLikeEc2Id } from '../../identifiers.js';
import { inner, type KindRules, withInner } from '../kind-rules.js';
import type { Turn } from '../turn.js';

const UNDELETABLE =
  'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';

/** Cinder's volumes. */
export const volumes: KindRules = {
  kind: 'volumes',
  hasOwnIds: true,
  noun: 'Volume',
  quota: 'volumes',
  missing: (reference) =>
    looksLikeEc2Id(reference) && reference.startsWith('vol-')
      ? { message: `The volume '${reference}' does not exist.`, reasonClass: 'InvalidVolume.NotFound' }
      : { message: `The Volume (${reference}) could not be found.`, reasonClass: 'EntityNotFound' },
  links: (body) => [asText(body.snapshot_id), asText(body.source_volid)].filter((id) => id !== undefined),
  async create(turn, spec) {
    return draft(turn, asText(spec.id) ?? turn.newId('volumes'), spec);
  },
  async update(_turn, volume, changes) {
    const { read_only, metadata, ...rest } = changes;
    const body: JsonMap = { ...volume.body, ...compact(rest) };
    if (metadata !== undefined) body.metadata = metadata;
    if (read_only !== undefined)
      body.metadata = { ...asMap(body.metadata), readonly: asBoolean(read_only) ? 'True' : 'False' };
    return body;
  },
  async remove(turn, volume) {
    const isAttached = (await turn.usersOf('volume_attachments', volume.id, 1)).length > 0;
    const hasSnapshots = (await turn.find('volume_snapshots', { parentId: volume.id, limit: 1 })).length > 0;
    if (isAttached && volume.id.startsWith('vol-')) {
      throw new RejectedError(`Volume ${volume.id} is currently attached`, { reasonClass: 'VolumeInUse' });
    }
    if (isAttached || (hasSnapshots && !volume.id.startsWith('vol-')))
      throw new RejectedError(UNDELETABLE, { reasonClass: 'BadRequest' });
  },
  async present(turn, volume) {
    const attachments = await turn.usersOf('volume_attachments', volume.id);
    if (attachments.length === 0) return { attachments: [] };
    return {
      status: 'in-use',
      attachments: attachments.map(({ id, body }) =>
        compact({
          id: volume.id,
          attachment_id: id,
          volume_id: volume.id,
          server_id: body.server_id,
          device: body.device,
          host_name: 'simulated',
        }),
      ),
    };
  },
  async invent(turn, reference) {
    if (!reference.startsWith('vol-') || !turn.setting.settings.lenient) return undefined;
    const made = await draft(turn, reference, { name: reference, size: 8 });
    return turn.add('volumes', { ...made, body: withInner(made.body, { origin: 'seed' }) });
  },
  actions: {
    async extend(turn, volume, details) {
      const size = asNumber(details.size) ?? 0;
      const old = asNumber(volume.body.size) ?? 0;
      if (size <= old) {
        throw new RejectedError(
          `Invalid input received: New size for extend must be greater than current size. (current: ${old}, extended: ${size}).`,
          {
            reasonClass: 'BadRequest',
          },
        );
      }
      return again(turn, volume, 'extending', { size });
    },
    async retype(turn, volume, details) {
      return again(turn, volume, 'retyping', { volume_type: details.volume_type ?? null });
    },
    async restore(turn, volume, details) {
      const backup = await turn.require('volume_backups', details.backup);
      return again(turn, volume, 'restoring-backup', { size: backup.body.size ?? volume.body.size ?? 1 });
    },
    /** For rehearsals: the volume breaks by itself. */
    async fail(_turn, volume) {
      return { ...volume.body, status: 'error' };
    },
  },
};

/** Adds a volume that comes with something else. */
export async function addVolume(turn: Turn, id: string, spec: JsonMap): Promise<WorldObject> {
  return turn.add('volumes', await draft(turn, id, spec));
}

function again(turn: Turn, volume: WorldObject, passing: string, changes: JsonMap): JsonMap {
  const { settles: _settles, ...own } = inner(volume);
  const state = turn.settling(passing, 'available');
  return { ...volume.body, ...state, ...changes, _: { ...own, ...asMap(state._) } };
}

async function draft(turn: Turn, id: string, spec: JsonMap): Promise<{ id: string; name: string; body: JsonMap }> {
  const sources = {
    snapshot:
      asText(spec.snapshot_id) === undefined ? undefined : await turn.require('volume_snapshots', spec.snapshot_id),
    volume: asText(spec.source_volid) === undefined ? undefined : await turn.require('volumes', spec.source_volid),
    backup: asText(spec.backup_id) === undefined ? undefined : await turn.require('volume_backups', spec.backup_id),
    image: asText(spec.image) === undefined ? undefined : await turn.require('images', spec.image),
  };
  const least = asNumber((sources.snapshot ?? sources.volume ?? sources.backup)?.body.size);
  const size = asNumber(spec.size) ?? least ?? 1;
  if (least !== undefined && size < least) {
    const word = sources.snapshot ? 'snapshot' : sources.volume ? 'source volume' : 'backup';
    throw new RejectedError(
      `Invalid input received: Volume size '${size}'GB cannot be smaller than the ${word} size ${least}GB. They must be >= original ${word} size.`,
      { reasonClass: 'BadRequest' },
    );
  }
  const passing = sources.image ? 'downloading' : sources.backup ? 'restoring-backup' : 'creating';
  const name = asText(spec.name) ?? '';
  const readOnly = asBoolean(spec.read_only);
  return {
    id,
    name,
    body: {
      ...turn.settling(passing, 'available'),
      ...(turn.errorState === undefined ? {} : { status: 'error' }),
      size,
      name,
      description: asText(spec.description) ?? '',
      availability_zone: asText(spec.availability_zone) ?? 'nova',
      volume_type: asText(spec.volume_type) ?? 'lvmdriver-1',
      metadata: {
        ...asMap(spec.metadata),
        ...(readOnly === undefined ? {} : { readonly: readOnly ? 'True' : 'False' }),
      },
      ...(spec.tags === undefined ? {} : { tags: spec.tags }),
      bootable: sources.image ? 'true' : (asText((sources.snapshot ?? sources.volume)?.body.bootable) ?? 'false'),
      encrypted: asBoolean(spec.encrypted) ?? false,
      multiattach: asBoolean(spec.multiattach) ?? false,
      snapshot_id: sources.snapshot?.id ?? null,
      source_volid: sources.volume?.id ?? null,
      replication_status: null,
      consistencygroup_id: null,
      user_id: 'simulated',
      created_at: new Date(turn.now).toISOString().replace('Z', '000'),
      'os-vol-tenant-attr:tenant_id': turn.call.projectId,
      ...(sources.image
        ? { volume_image_metadata: { image_id: sources.image.id, image_name: sources.image.name ?? '' } }
        : {}),
      id,
    },
  };
}
