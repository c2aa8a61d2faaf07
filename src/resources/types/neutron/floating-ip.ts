import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import { derivedId } from '../../../engine/model/ids.js';
import type { Cloud } from '../../clouds/cloud.js';
import { callOf, gone, readingCall, type TypeDefinition } from '../../define-type.js';
import { asMap, asText, compact, pick } from '../../json-access.js';
import { requireWith } from '../../sentences.js';

/** OS::Neutron::FloatingIP */
export const floatingIp: TypeDefinition = {
  kind: 'floating_ips',
  spec: ({ properties }) => ({
    ...pick(
      properties,
      'fixed_ip_address',
      'floating_ip_address',
      'floating_subnet',
      'dns_name',
      'dns_domain',
      'port_id',
    ),
    ...asMap(properties.value_specs),
    ...compact({ floating_network: properties.floating_network ?? properties.floating_network_id }),
  }),
  validate: (properties) => requireWith(properties, 'fixed_ip_address', 'port_id'),
};

async function associate(
  ctx: ResourceContext<Cloud>,
  id: string,
  port: string | null,
  ip: string | undefined,
): Promise<void> {
  const changes = { port_id: port, ...(ip === undefined ? {} : { fixed_ip_address: ip }) };
  await ctx.cloud.collection('floating_ips').update(callOf(ctx), id, changes);
}

async function release(ctx: ResourceContext<Cloud>, id: string | undefined): Promise<void> {
  if (id !== undefined && (await ctx.cloud.collection('floating_ips').get(readingCall(ctx), id)))
    await associate(ctx, id, null, undefined);
}

/** OS::Neutron::FloatingIPAssociation: has an id of its own, the thing is the floating IP. */
export const floatingIpAssociation: TypeDefinition = {
  kind: 'floating_ips',
  spec: ({ properties }) => pick(properties, 'floatingip_id', 'port_id', 'fixed_ip_address'),
  entityId: (ref) => asText(ref.properties.floatingip_id),
  physicalId: ({ ctx }) => derivedId('association', ctx.resource.uuid),
  verbs: () => ({
    async create(ctx, properties) {
      const id = asText(properties.floatingip_id) ?? '';
      await associate(ctx, id, asText(properties.port_id) ?? null, asText(properties.fixed_ip_address));
      return { state: 'done', physicalId: derivedId('association', ctx.resource.uuid), attributes: { show: {} } };
    },
    async update(ctx, ref, change) {
      const [before, after] = [asText(change.before.floatingip_id), asText(change.after.floatingip_id) ?? ''];
      if (before !== after) await release(ctx, before);
      await associate(ctx, after, asText(change.after.port_id) ?? null, asText(change.after.fixed_ip_address));
      return { state: 'done', physicalId: ref.physicalId ?? '', attributes: { show: {} } };
    },
    async delete(ctx, ref) {
      await release(ctx, asText(ref.properties.floatingip_id));
      return gone(ref);
    },
  }),
};
