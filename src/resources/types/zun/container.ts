import type { TypeDefinition } from '../../define-type.js';
import { asMap, asMaps, asText, compact, pick } from '../../json-access.js';
import { serverAttributes } from '../nova/server-attributes.js';

/** OS::Zun::Container: a small server that runs an image and a command. */
export const zunContainer: TypeDefinition = {
  kind: 'servers',
  spec: ({ properties, name }) => ({
    name,
    flavor: 'm1.tiny',
    image: asText(properties.image) ?? 'cirros',
    networks: asMaps(properties.networks).map((nic) => compact(pick(nic, 'network', 'port', 'fixed_ip'))),
    ...compact({ security_groups: properties.security_groups, scheduler_hints: properties.hints }),
    metadata: asMap(properties.labels),
  }),
  async attributes(input) {
    const { addresses } = await serverAttributes(input);
    return { name: input.entity.name ?? '', addresses: addresses ?? {} };
  },
  update: async () => undefined,
  live: () => ({}),
};
