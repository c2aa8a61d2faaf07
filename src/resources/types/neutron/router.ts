import { callOf, gone, readingCall, type TypeDefinition } from '../../define-type.js';
import { asText, compact } from '../../json-access.js';
import { refuseTogether, requireOneOf, togetherSentence } from '../../sentences.js';
import { neutronSpec } from './network.js';

/** OS::Neutron::Router */
export const router: TypeDefinition = {
  kind: 'routers',
  healthyStates: ['ACTIVE'],
  spec: (input) => ({
    ...neutronSpec(input, 'distributed', 'ha', 'availability_zone_hints', 'external_gateway_info'),
    ...compact({ l3_agent_ids: input.properties.l3_agent_ids }),
  }),
  validate(properties) {
    const isDistributed = properties.distributed === true;
    const agents = properties.l3_agent_ids;
    const errors: string[] = [];
    if (isDistributed && properties.ha === true) errors.push(togetherSentence('distributed', 'ha'));
    if (isDistributed && Array.isArray(agents) && agents.length > 0) {
      errors.push(togetherSentence('distributed', 'l3_agent_id/l3_agent_ids'));
    }
    if (properties.ha !== true && Array.isArray(agents) && agents.length > 1)
      errors.push('Non HA routers can only have one L3 agent.');
    return errors;
  },
};

/** OS::Neutron::RouterInterface; its id is `<router>:subnet_id=<subnet>`. */
export const routerInterface: TypeDefinition = {
  kind: 'router_interfaces',
  spec: ({ properties }) =>
    compact({
      router: properties.router ?? properties.router_id,
      subnet: properties.subnet ?? properties.subnet_id,
      port: properties.port ?? properties.port_id,
    }),
  validate: (properties) => [
    ...refuseTogether(properties, 'subnet', 'port'),
    ...requireOneOf(properties, 'subnet', 'port'),
  ],
};

/** OS::Neutron::RouterGateway: a router's gateway as a thing of its own. */
export const routerGateway: TypeDefinition = {
  kind: 'routers',
  spec: ({ properties }) =>
    compact({ router: properties.router_id, network: properties.network ?? properties.network_id }),
  entityId: (ref) => asText(ref.data.router) ?? ref.physicalId?.split(':')[0],
  verbs: () => ({
    async create(ctx, properties) {
      const routers = ctx.cloud.collection('routers');
      const reference = asText(properties.router_id) ?? '';
      const network = asText(properties.network) ?? asText(properties.network_id) ?? '';
      const found = await routers.find(readingCall(ctx), reference);
      const id = found?.id ?? reference;
      await routers.update(callOf(ctx), id, { external_gateway_info: { network } });
      return { state: 'done', physicalId: `${id}:${network}`, attributes: {}, data: { router: id } };
    },
    async delete(ctx, ref) {
      const id = asText(ref.data.router) ?? ref.physicalId?.split(':')[0];
      const routers = ctx.cloud.collection('routers');
      if (id !== undefined && (await routers.get(readingCall(ctx), id))) {
        await routers.update(callOf(ctx), id, { external_gateway_info: null });
      }
      return gone(ref);
    },
  }),
};
