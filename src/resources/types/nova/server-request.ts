import type { JsonMap } from '../../../engine/model/value.js';
import type { TypeInput } from '../../define-type.js';
import { asFilled, compact, pick } from '../../json-access.js';

/** The name of a server: the property, or the physical name. */
export function serverName({ properties, ctx }: TypeInput): string {
  return asFilled(properties.name) ?? ctx.resource.physicalName;
}

/** One entry of `networks` in the cloud's words. */
export function nicOf(nic: JsonMap): JsonMap {
  return compact({
    ...pick(nic, 'port', 'subnet', 'fixed_ip', 'tag', 'allocate_network', 'port_extra_properties', 'floating_ip'),
    network: nic.network ?? nic.uuid,
  });
}

/** Nova keeps texts only: everything else goes in as JSON. */
export function metadataTexts(metadata: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
