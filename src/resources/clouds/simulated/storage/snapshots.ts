import { RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asText } from '../../../json-access.js';
import { looksLikeUuid } from '../../identifiers.js';
import { type KindRules, withInner } from '../kind-rules.js';
import type { Turn } from '../turn.js';

/** Cinder's snapshots of volumes. */
export const volumeSnapshots: KindRules = {
  kind: 'volume_snapshots',
  noun: 'VolumeSnapshot',
  quota: 'snapshots',
  missing: (reference) =>
    reference.startsWith('snap-')
      ? { message: `The snapshot '${reference}' does not exist.`, reasonClass: 'InvalidSnapshot.NotFound' }
      : { message: `The VolumeSnapshot (${reference}) could not be found.`, reasonClass: 'EntityNotFound' },
  async create(turn, spec) {
    return copyOf(turn, 'volume_snapshots', spec);
  },
  async remove(turn, snapshot) {
    const [volume] = await turn.usersOf('volumes', snapshot.id, 1);
    // Cinder's copies of a snapshot live on alone; only thin ones need it, so this never refuses.
    if (volume) turn.patch(volume, { ...volume.body, snapshot_id: null });
  },
  async invent(turn, reference) {
    if (!turn.setting.settings.lenient || looksLikeUuid(reference) || reference === '') return undefined;
    const body = withInner(copyBody(turn, reference, null, 8, { name: reference }), { origin: 'seed' });
    return turn.add('volume_snapshots', { id: reference, name: reference, body });
  },
};

/** Cinder's backups of volumes. */
export const volumeBackups: KindRules = {
  kind: 'volume_backups',
  noun: 'VolumeBackup',
  quota: 'backups',
  missing: (reference) => ({
    message: `The VolumeBackup (${reference}) could not be found.`,
    reasonClass: 'EntityNotFound',
  }),
  async create(turn, spec) {
    return copyOf(turn, 'volume_backups', spec);
  },
  async invent(turn, reference) {
    return reference.startsWith('snap-') ? volumeSnapshots.invent?.(turn, reference) : undefined;
  },
};

async function copyOf(
  turn: Turn,
  kind: string,
  spec: JsonMap,
): Promise<{ id: string; name: string; parentId: string; body: JsonMap }> {
  const volume = await turn.require('volumes', spec.volume);
  const isAttached = (await turn.usersOf('volume_attachments', volume.id, 1)).length > 0;
  const status = isAttached ? 'in-use' : turn.stateOf(volume).status;
  if (status !== 'available' && !(asBoolean(spec.force) && status === 'in-use')) {
    throw new RejectedError(
      `Invalid volume: Volume to be backed up must be available or in-use, but the current status is "${status}".`,
      {
        reasonClass: 'BadRequest',
      },
    );
  }
  const id = asText(spec.id) ?? turn.newId(kind);
  const body = {
    ...copyBody(turn, id, volume.id, volume.body.size ?? 1, spec),
    ...turn.settling('creating', 'available'),
  };
  return { id, name: asText(spec.name) ?? '', parentId: volume.id, body };
}

function copyBody(turn: Turn, id: string, volumeId: string | null, size: JsonMap[string], spec: JsonMap): JsonMap {
  return {
    status: 'available',
    size,
    volume_id: volumeId,
    name: asText(spec.name) ?? '',
    description: asText(spec.description) ?? null,
    metadata: spec.metadata ?? {},
    created_at: new Date(turn.now).toISOString().replace('Z', '000'),
    fail_reason: null,
    id,
  };
}
