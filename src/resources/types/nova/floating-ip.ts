import { callOf, gone, readingCall, type TypeDefinition } from '../../define-type.js';
import { asFilled, asMap, asMaps, asText } from '../../json-access.js';

/** OS::Nova::FloatingIP: the older form, which names a pool. */
export const novaFloatingIp: TypeDefinition = {
  kind: 'floating_ips',
  spec: ({ properties }) => ({ floating_network: asFilled(properties.pool) ?? 'public' }),
  attributes: ({ entity, properties }) => ({ ip: entity.name ?? '', pool: properties.pool ?? 'public' }),
  live: () => ({}),
};

/** OS::Nova::FloatingIPAssociation: puts a floating IP on a server's first port. */
export const novaFloatingIpAssociation: TypeDefinition = {
  kind: 'floating_ips',
  spec: () => ({}),
  entityId: (ref) => asText(ref.properties.floating_ip),
  verbs: () => ({
    async create(ctx, properties) {
      const server = await ctx.cloud.collection('servers').find(readingCall(ctx), asText(properties.server_id) ?? '');
      const entries = Object.values(asMap(server?.body.addresses)).flatMap((list) => asMaps(list));
      const id = asText(properties.floating_ip) ?? '';
      await ctx.cloud.collection('floating_ips').update(callOf(ctx), id, { port_id: asText(entries[0]?.port) ?? null });
      return { state: 'done', physicalId: `${asText(properties.server_id)}-${entries.length}`, attributes: {} };
    },
    async delete(ctx, ref) {
      const floating = ctx.cloud.collection('floating_ips');
      const id = asText(ref.properties.floating_ip);
      if (id !== undefined && (await floating.get(readingCall(ctx), id)))
        await floating.update(callOf(ctx), id, { port_id: null });
      return gone(ref);
    },
  }),
};
