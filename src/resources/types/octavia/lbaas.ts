import type { TypeDefinition } from '../../define-type.js';
import { asMap, asText, compact, pick } from '../../json-access.js';

/** OS::Neutron::Pool: the first generation, in which the pool has the address. */
export const oldPool: TypeDefinition = {
  kind: 'load_balancers',
  spec: ({ properties, name }) => ({
    ...pick(properties, 'description', 'admin_state_up'),
    ...compact({ vip_subnet: properties.subnet ?? properties.subnet_id, vip_address: asMap(properties.vip).address }),
    name: asText(asMap(properties.vip).name) ?? name,
  }),
  attributes: ({ entity, properties }) => ({
    vip: { ...asMap(properties.vip), id: entity.id, address: entity.body.vip_address ?? '' },
    protocol: properties.protocol ?? 'HTTP',
    lb_method: properties.lb_method ?? 'ROUND_ROBIN',
    members: [],
    subnet_id: entity.body.vip_subnet_id ?? '',
  }),
  live: () => ({}),
};
