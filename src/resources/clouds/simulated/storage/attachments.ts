import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asText } from '../../../json-access.js';
import type { KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';

/** Volumes on servers; as with Nova the id is the volume's. */
export const volumeAttachments: KindRules = {
  kind: 'volume_attachments',
  noun: 'Volume attachment',
  missing: (reference) => ({ message: `Volume attachment ${reference} could not be found.`, reasonClass: 'NotFound' }),
  links: (body) => [asText(body.volume_id)].filter((id) => id !== undefined),
  async create(turn, spec) {
    const volume = await turn.require('volumes', spec.volume);
    const server = await turn.require('servers', spec.server);
    return draft(await refuseBusy(turn, volume), server.id, asText(spec.device) ?? (await freeDevice(turn, server)));
  },
};

/** Puts a volume on a server. */
export async function addAttachment(
  turn: Turn,
  volume: WorldObject,
  serverId: string,
  device: string,
): Promise<WorldObject> {
  return turn.add('volume_attachments', draft(await refuseBusy(turn, volume), serverId, device));
}

async function refuseBusy(turn: Turn, volume: WorldObject): Promise<WorldObject> {
  const isFree =
    volume.body.multiattach === true || (await turn.usersOf('volume_attachments', volume.id, 1)).length === 0;
  const status = isFree ? turn.stateOf(volume).status : 'in-use';
  if (status === 'available' || status === 'downloading') return volume;
  throw new RejectedError(
    volume.id.startsWith('vol-')
      ? `${volume.id} is already attached to an instance`
      : `Invalid volume: volume ${volume.id} status must be available or downloading to reserve, but the current status is ${status}.`,
    { reasonClass: volume.id.startsWith('vol-') ? 'VolumeInUse' : 'BadRequest' },
  );
}

function draft(volume: WorldObject, serverId: string, device: string): { id: string; parentId: string; body: JsonMap } {
  const id = volume.body.multiattach === true ? `${volume.id}|${serverId}` : volume.id;
  const body = {
    id,
    volume_id: volume.id,
    server_id: serverId,
    serverId,
    volumeId: volume.id,
    device,
    delete_on_termination: false,
    tag: null,
  };
  return { id, parentId: serverId, body };
}

/** Takes a volume off; tells which one it was. */
export async function dropAttachment(turn: Turn, attachment: WorldObject): Promise<WorldObject | undefined> {
  turn.drop(attachment);
  return turn.get('volumes', asText(attachment.body.volume_id) ?? '');
}

async function freeDevice(turn: Turn, server: WorldObject): Promise<string> {
  const used = (await turn.find('volume_attachments', { parentId: server.id })).map(({ body }) => asText(body.device));
  for (let letter = 98; letter < 123; letter++) {
    const device = `/dev/vd${String.fromCharCode(letter)}`;
    if (!used.includes(device)) return device;
  }
  return `/dev/vda${used.length}`;
}
