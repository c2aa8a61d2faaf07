import { readingCall, type TypeDefinition } from '../../define-type.js';
import { asBoolean, asFilled, asText, compact, pick } from '../../json-access.js';

/** OS::Nova::KeyPair; the private key is kept only when asked for. */
export const keyPair: TypeDefinition = {
  kind: 'keypairs',
  spec: ({ properties }) => ({
    name: asText(properties.name) ?? '',
    ...compact({ public_key: asFilled(properties.public_key), type: properties.type, user: properties.user }),
  }),
  data: ({ properties, entity }) =>
    asBoolean(properties.save_private_key) ? { private_key: asText(entity.body.private_key) ?? '' } : {},
  attributes({ entity, data }) {
    const { private_key: _secret, ...shown } = entity.body;
    return { private_key: asText(data.private_key) ?? '', public_key: entity.body.public_key ?? '', show: shown };
  },
  // Key pairs have their names for ids.
  deleteBeforeReplace: true,
};

/** OS::Nova::Flavor */
export const flavor: TypeDefinition = {
  kind: 'flavors',
  spec: ({ properties, name }) => ({
    ...pick(
      properties,
      'ram',
      'vcpus',
      'disk',
      'ephemeral',
      'swap',
      'rxtx_factor',
      'is_public',
      'extra_specs',
      'tenants',
    ),
    ...compact({ flavorid: asFilled(properties.flavorid) }),
    name,
  }),
  attributes: ({ entity }) => ({
    extra_specs: entity.body.extra_specs ?? {},
    is_public: entity.body['os-flavor-access:is_public'] ?? true,
  }),
};

/** OS::Nova::ServerGroup */
export const serverGroup: TypeDefinition = {
  kind: 'server_groups',
  spec: ({ properties, name }) => ({ ...pick(properties, 'policies', 'rules'), name }),
  validate(properties) {
    const { policies } = properties;
    return Array.isArray(policies) && policies.length > 1
      ? ['Only one policy can be specified for a server group.']
      : [];
  },
};

/** OS::Glance::WebImage */
export const webImage: TypeDefinition = {
  kind: 'images',
  healthyStates: ['active'],
  spec: ({ properties, name }) => ({ ...properties, name }),
  async attributes({ ctx, entity }) {
    const fresh = await ctx.cloud.collection('images').get(readingCall(ctx), entity.id);
    return { show: fresh?.body ?? entity.body };
  },
};
