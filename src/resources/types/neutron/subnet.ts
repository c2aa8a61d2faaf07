import { isIP } from 'node:net';
import type { TypeDefinition } from '../../define-type.js';
import { asText, compact } from '../../json-access.js';
import { refuseTogether, requireOneOf } from '../../sentences.js';
import { neutronSpec } from './network.js';

/** OS::Neutron::Subnet */
export const subnet: TypeDefinition = {
  kind: 'subnets',
  spec(input) {
    const { properties } = input;
    const {
      tags,
      tenant_id,
      admin_state_up: _none,
      ...rest
    } = neutronSpec(
      input,
      'cidr',
      'ip_version',
      'enable_dhcp',
      'dns_nameservers',
      'host_routes',
      'allocation_pools',
      'ipv6_ra_mode',
      'ipv6_address_mode',
      'prefixlen',
      'subnetpool',
      'segment',
    );
    const gateway = properties.gateway_ip;
    return {
      ...rest,
      ...compact({ tags, tenant_id, network: properties.network ?? properties.network_id }),
      // An empty gateway means none; only an absent one means the first address.
      ...(gateway === undefined || gateway === null ? {} : { gateway_ip: gateway === '~' ? '' : gateway }),
    };
  },
  validate(properties) {
    const raMode = asText(properties.ipv6_ra_mode);
    const addressMode = asText(properties.ipv6_address_mode);
    const gateway = asText(properties.gateway_ip);
    const errors = [
      ...refuseTogether(properties, 'subnetpool', 'cidr'),
      ...requireOneOf(properties, 'subnetpool', 'cidr'),
      ...refuseTogether(properties, 'prefixlen', 'cidr'),
    ];
    if (Number(properties.ip_version ?? 4) === 4 && (raMode || addressMode)) {
      errors.push('ipv6_ra_mode and ipv6_address_mode are not supported for ipv4.');
    }
    if (raMode && addressMode && raMode !== addressMode) {
      errors.push('When both ipv6_ra_mode and ipv6_address_mode are set, they must be equal.');
    }
    if (gateway && gateway !== '~' && isIP(gateway) === 0)
      errors.push(`Gateway IP address "${gateway}" is in invalid format.`);
    return errors;
  },
};
