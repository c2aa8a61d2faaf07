import type { JsonMap } from '../../../engine/model/value.js';
import type { TypeDefinition, TypeInput } from '../../define-type.js';
import { asMap, asText, compact, pick } from '../../json-access.js';

/** What Neutron's types have in common: `value_specs` goes into the request as it is. */
export function neutronSpec({ properties, name }: TypeInput, ...keys: readonly string[]): JsonMap {
  return {
    ...pick(properties, 'tags', 'tenant_id', 'admin_state_up', ...keys),
    ...asMap(properties.value_specs),
    name,
  };
}

/** OS::Neutron::Net */
export const net: TypeDefinition = {
  kind: 'networks',
  healthyStates: ['ACTIVE'],
  spec: (input) => ({
    ...neutronSpec(input, 'shared', 'port_security_enabled', 'availability_zone_hints', 'dns_domain', 'dhcp_agent_ids'),
    ...compact({ qos_policy_id: input.properties.qos_policy }),
  }),
};

/** OS::Neutron::ProviderNet */
export const providerNet: TypeDefinition = {
  kind: 'networks',
  healthyStates: ['ACTIVE'],
  spec: (input) => ({
    ...neutronSpec(input, 'shared', 'port_security_enabled', 'availability_zone_hints', 'dns_domain'),
    ...compact({
      'provider:network_type': input.properties.network_type,
      'provider:physical_network': input.properties.physical_network,
      'provider:segmentation_id': input.properties.segmentation_id,
      'router:external': input.properties.router_external,
    }),
  }),
  validate: (properties) =>
    asText(properties.segmentation_id) !== undefined &&
    !['vlan', 'vxlan', 'gre', 'geneve'].includes(asText(properties.network_type) ?? '')
      ? ['segmentation_id not allowed for flat network type.']
      : [],
};
