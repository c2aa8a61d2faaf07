import type { JsonMap } from '../../../engine/model/value.js';
import { asFilled, asList, asMap, asMaps, asText, isGiven } from '../../json-access.js';
import { isFilled, togetherSentence } from '../../sentences.js';

/** Nova's limits by default. */
const LIMITS = { metadata: 128, personality: 5, personalityBytes: 10_240 };

/** What Heat checks of a server before anything runs. */
export function validateServer(properties: JsonMap, name: string): readonly string[] {
  const errors: string[] = [];
  const { isBootable, sentences } = checkBlockDevices(properties);
  errors.push(...sentences);
  if (asFilled(properties.image) === undefined && !isBootable && sentences.length === 0) {
    errors.push(`Neither image nor bootable volume is specified for instance ${name}`);
  }
  const networks = asMaps(properties.networks);
  for (const network of networks) errors.push(...checkNetwork(network, name));
  if (networks.some((network) => isFilled(network, 'port')) && asList(properties.security_groups).length > 0) {
    errors.push(togetherSentence('security_groups', 'networks/port'));
  }
  if (Object.keys(asMap(properties.metadata)).length > LIMITS.metadata) {
    errors.push(
      `Instance metadata must not contain greater than ${LIMITS.metadata} entries.  This is the maximum number allowed by your service provider`,
    );
  }
  const files = Object.entries(asMap(properties.personality));
  if (files.length > LIMITS.personality) {
    errors.push(`The personality property may not contain greater than ${LIMITS.personality} entries.`);
  }
  for (const [path, contents] of files) {
    if (Buffer.byteLength(asText(contents) ?? '') > LIMITS.personalityBytes) {
      errors.push(
        `The contents of personality file "${path}" is larger than the maximum allowed personality file size (${LIMITS.personalityBytes} bytes).`,
      );
    }
  }
  return errors;
}

function checkNetwork(network: JsonMap, name: string): string[] {
  const hasNetwork = isFilled(network, 'network') || isFilled(network, 'uuid');
  const { allocate_network: allocate } = network;
  const errors: string[] = [];
  if (
    !hasNetwork &&
    !isFilled(network, 'port') &&
    !isFilled(network, 'subnet') &&
    !isFilled(network, 'allocate_network')
  ) {
    errors.push(
      `One of the properties "network", "port", "allocate_network" or "subnet" should be set for the specified network of server "${name}".`,
    );
  }
  if (isGiven(allocate) && Object.keys(network).filter((key) => isGiven(network[key])).length !== 1) {
    errors.push('Can not specify "allocate_network" with other keys of networks at the same time.');
  }
  if (isFilled(network, 'fixed_ip') && isFilled(network, 'port'))
    errors.push(togetherSentence('networks/fixed_ip', 'networks/port'));
  if (isFilled(network, 'floating_ip') && hasNetwork && !isFilled(network, 'port') && !isFilled(network, 'subnet')) {
    errors.push(
      'Property "floating_ip" is not supported if only "network" is specified, because the corresponding port can not be retrieved.',
    );
  }
  return errors;
}

function checkBlockDevices(properties: JsonMap): { isBootable: boolean; sentences: string[] } {
  const sentences: string[] = [];
  let isBootable = false;
  const old = asMaps(properties.block_device_mapping);
  for (const device of old) {
    const name = asText(device.device_name) ?? '';
    if (name === 'vda') isBootable = true;
    const [volume, snapshot] = [isGiven(device.volume_id), isGiven(device.snapshot_id)];
    if (volume && snapshot) sentences.push(togetherSentence('volume_id', 'snapshot_id'));
    if (!volume && !snapshot)
      sentences.push(`Either volume_id or snapshot_id must be specified for device mapping ${name}`);
  }
  const devices = asMaps(properties.block_device_mapping_v2);
  if (old.length > 0 && devices.length > 0)
    sentences.push(togetherSentence('block_device_mapping', 'block_device_mapping_v2'));
  for (const device of devices) {
    const image = isGiven(device.image) || isGiven(device.image_id);
    const blank = isGiven(device.swap_size) || isGiven(device.ephemeral_size) || isGiven(device.ephemeral_format);
    const sources = [
      isGiven(device.volume_id),
      isGiven(device.snapshot_id),
      image,
      isGiven(device.swap_size),
      isGiven(device.ephemeral_size),
    ];
    if (isGiven(device.ephemeral_size) && isGiven(device.swap_size))
      sentences.push(togetherSentence('swap_size', 'ephemeral_size'));
    else if (sources.filter(Boolean).length > 1)
      sentences.push(
        togetherSentence('volume_id', 'snapshot_id', 'image', 'swap_size', 'ephemeral_size', 'ephemeral_format'),
      );
    if (!sources.some(Boolean) && !blank) {
      sentences.push(
        'Either volume_id, snapshot_id, image_id, swap_size, ephemeral_size or ephemeral_format must be specified.',
      );
    }
    if (isGiven(device.volume_id) || isGiven(device.snapshot_id) || image) isBootable = true;
  }
  return { isBootable, sentences };
}
