import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asNumber, asText, compact } from '../../../json-access.js';
import { inner, withInner } from '../kind-rules.js';
import { addAttachment, dropAttachment } from '../storage/attachments.js';
import { addVolume } from '../storage/volumes.js';
import type { Turn } from '../turn.js';

/** Attaches the volumes of a server's block devices, and makes those that come from images and snapshots. */
export async function mapBlockDevices(
  turn: Turn,
  serverId: string,
  devices: readonly JsonMap[],
  oldDevices: readonly JsonMap[],
): Promise<{ readonly isBootable: boolean }> {
  let isBootable = false;
  for (const [index, device] of [...devices, ...oldDevices].entries()) {
    const isOld = index >= devices.length;
    const volumeId = asText(device.volume_id);
    const image = asText(device.image) ?? asText(device.image_id);
    const snapshot = asText(device.snapshot_id);
    if (volumeId === undefined && image === undefined && snapshot === undefined) continue;
    isBootable = true;
    const volume =
      volumeId === undefined
        ? await addVolume(
            turn,
            turn.newId(`device/${serverId}/${index}`),
            compact({
              image,
              snapshot_id: snapshot,
              size: asNumber(device.volume_size),
              volume_type: device.volume_type,
            }),
          )
        : await turn.require('volumes', volumeId);
    if (volumeId === undefined) turn.record('create', volume);
    const isTransient = asBoolean(device.delete_on_termination) ?? (isOld ? false : volumeId === undefined);
    const name = asText(device.device_name) ?? `vd${String.fromCharCode(97 + index)}`;
    const attachment = await addAttachment(turn, volume, serverId, name.startsWith('/dev/') ? name : `/dev/${name}`);
    turn.patch(attachment, withInner(attachment.body, { isTransient }));
  }
  return { isBootable };
}

/** Detaches all volumes of a server that goes, and removes those that go with it. */
export async function detachVolumes(turn: Turn, server: WorldObject): Promise<void> {
  for (const attachment of await turn.find('volume_attachments', { parentId: server.id })) {
    const volume = await dropAttachment(turn, attachment);
    if (volume && inner(attachment).isTransient === true) {
      turn.drop(volume);
      turn.record('delete', volume);
    }
  }
}
