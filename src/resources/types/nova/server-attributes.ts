import type { Json, JsonMap } from '../../../engine/model/value.js';
import { type EntityInput, readingCall } from '../../define-type.js';
import { asMap, asMaps, asText, asTexts } from '../../json-access.js';

const CONSOLES: { readonly [type: string]: string } = {
  novnc: 'http://console.example.com:6080/vnc_auto.html?path=%3Ftoken%3D',
  xvpvnc: 'http://console.example.com:6081/console?token=',
  'spice-html5': 'http://console.example.com:6082/spice_auto.html?token=',
  'rdp-html5': 'http://console.example.com:6083/?token=',
  serial: 'ws://console.example.com:6083/?token=',
  webmks: 'http://console.example.com:6084/?token=',
};

/** What Heat tells of a server beyond what Nova does: networks by name and by id, ports and subnets with each address. */
export async function serverAttributes({ ctx, entity }: EntityInput): Promise<JsonMap> {
  const { body } = entity;
  const addresses: JsonMap = {};
  const networks: JsonMap = {};
  const cloud = ctx.cloud;
  for (const [name, list] of Object.entries(asMap(body.addresses))) {
    const entries: Json[] = [];
    let networkId: string | undefined;
    for (const entry of asMaps(list)) {
      const port = await cloud.collection('ports').get(readingCall(ctx), asText(entry.port) ?? '');
      networkId ??= asText(port?.body.network_id);
      const subnets = await Promise.all(
        asMaps(port?.body.fixed_ips).map((ip) =>
          cloud.collection('subnets').get(readingCall(ctx), asText(ip.subnet_id) ?? ''),
        ),
      );
      const network = await cloud.collection('networks').get(readingCall(ctx), networkId ?? '');
      entries.push({
        ...entry,
        subnets: subnets.flatMap((subnet) => (subnet ? [subnet.body] : [])),
        network: network?.body ?? null,
      });
    }
    const ips = asMaps(list).map((entry) => entry.addr ?? null);
    for (const key of networkId === undefined ? [name] : [name, networkId]) {
      addresses[key] = entries;
      networks[key] = ips;
    }
  }
  const [first] = Object.values(networks).flatMap((ips) => asTexts(ips));
  return {
    name: entity.name ?? '',
    addresses,
    networks,
    first_address: first ?? '',
    instance_name: body['OS-EXT-SRV-ATTR:instance_name'] ?? null,
    accessIPv4: body.accessIPv4 ?? '',
    accessIPv6: body.accessIPv6 ?? '',
    tags: body.tags ?? [],
    console_urls: Object.fromEntries(Object.entries(CONSOLES).map(([type, url]) => [type, `${url}${entity.id}`])),
  };
}
