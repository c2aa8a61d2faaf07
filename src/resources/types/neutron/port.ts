import type { JsonMap } from '../../../engine/model/value.js';
import { callOf, type EntityInput, readingCall, type TypeDefinition } from '../../define-type.js';
import { asList, asMaps, asText, compact } from '../../json-access.js';
import { neutronSpec } from './network.js';

/** OS::Neutron::Port */
export const port: TypeDefinition = {
  kind: 'ports',
  spec(input) {
    const { properties } = input;
    return {
      ...neutronSpec(
        input,
        'security_groups',
        'device_id',
        'device_owner',
        'mac_address',
        'port_security_enabled',
        'dns_name',
        'propagate_uplink_status',
        'binding:vnic_type',
        'no_fixed_ips',
      ),
      ...compact({
        network: properties.network ?? properties.network_id,
        qos_policy_id: properties.qos_policy,
        allowed_address_pairs:
          asList(properties.allowed_address_pairs).length > 0
            ? asMaps(properties.allowed_address_pairs).map(compact)
            : undefined,
        fixed_ips: asList(properties.fixed_ips).length > 0 ? asMaps(properties.fixed_ips).map(compact) : undefined,
      }),
    };
  },
  async attributes(input) {
    return { network: await networkView(input), subnets: await subnetViews(input) };
  },
  verbs: () => ({
    // The replacement may want the very same addresses.
    async prepareReplace(ctx, ref) {
      const ports = ctx.cloud.collection('ports');
      const port = ref.physicalId === undefined ? undefined : await ports.get(readingCall(ctx), ref.physicalId);
      if (!port) return {};
      await ports.update(callOf(ctx, 'free'), port.id, { no_fixed_ips: true });
      return { port_fip: port.body.fixed_ips ?? [] };
    },
    async undoReplace(ctx, ref) {
      const addresses = ref.data.port_fip;
      const ports = ctx.cloud.collection('ports');
      if (
        ref.physicalId === undefined ||
        !Array.isArray(addresses) ||
        !(await ports.get(readingCall(ctx), ref.physicalId))
      )
        return;
      await ports.update(callOf(ctx, 'restore'), ref.physicalId, { fixed_ips: addresses });
    },
  }),
};

async function networkView({ ctx, entity, schema }: EntityInput): Promise<JsonMap> {
  if (!('network' in schema.attributes)) return {};
  const network = await ctx.cloud.collection('networks').get(readingCall(ctx), asText(entity.body.network_id) ?? '');
  return network?.body ?? {};
}

async function subnetViews({ ctx, entity, schema }: EntityInput): Promise<JsonMap[]> {
  if (!('subnets' in schema.attributes)) return [];
  const found = await Promise.all(
    asMaps(entity.body.fixed_ips).map((ip) =>
      ctx.cloud.collection('subnets').get(readingCall(ctx), asText(ip.subnet_id) ?? ''),
    ),
  );
  return found.flatMap((subnet) => (subnet ? [subnet.body] : []));
}
