import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asMaps, asText } from '../../../json-access.js';
import type { Turn } from '../turn.js';

/** A server's addresses by network name, as Nova shows them, with the port of each. */
export async function addressesOf(turn: Turn, server: WorldObject): Promise<JsonMap> {
  const ports = (await turn.usersOf('ports', server.id)).sort((a, b) => a.createdAt - b.createdAt);
  const names = new Map<string, string>();
  const found: { [network: string]: JsonMap[] } = {};
  for (const port of ports) {
    const networkId = port.parentId ?? '';
    const name = names.get(networkId) ?? (await turn.get('networks', networkId))?.name ?? networkId;
    names.set(networkId, name);
    const mac = asText(port.body.mac_address) ?? '';
    found[name] ??= [];
    const list = found[name];
    for (const ip of asMaps(port.body.fixed_ips)) list.push(entry(asText(ip.ip_address) ?? '', 'fixed', mac, port.id));
    for (const floating of await turn.usersOf('floating_ips', port.id)) {
      list.push(entry(asText(floating.body.floating_ip_address) ?? '', 'floating', mac, port.id));
    }
  }
  return found;
}

function entry(addr: string, type: 'fixed' | 'floating', mac: string, port: string): JsonMap {
  return { addr, version: addr.includes(':') ? 6 : 4, 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': mac, port };
}
