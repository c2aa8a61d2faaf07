import type { JsonMap } from '../../../engine/model/value.js';
import { readingCall, type TypeDefinition } from '../../define-type.js';
import { asFilled, asMap, compact, isGiven, pick } from '../../json-access.js';
import { requireOneOf } from '../../sentences.js';

const STATES = ['ACTIVE'] as const;

/** OS::Octavia::LoadBalancer */
export const loadBalancer: TypeDefinition = {
  kind: 'load_balancers',
  healthyStates: STATES,
  spec: ({ properties, name }) => ({
    ...pick(
      properties,
      'vip_subnet',
      'vip_address',
      'vip_network',
      'description',
      'admin_state_up',
      'provider',
      'flavor',
      'availability_zone',
      'tenant_id',
    ),
    name,
  }),
  attributes: async ({ ctx, entity }) => {
    const fresh = (await ctx.cloud.collection('load_balancers').get(readingCall(ctx), entity.id)) ?? entity;
    return { pools: fresh.body.pools ?? [], show: fresh.body };
  },
};

/** OS::Octavia::Listener */
export const listener: TypeDefinition = {
  kind: 'listeners',
  healthyStates: STATES,
  spec: ({ properties, name }) => ({
    ...pick(
      properties,
      'loadbalancer',
      'protocol',
      'protocol_port',
      'admin_state_up',
      'allowed_cidrs',
      'connection_limit',
      'default_pool',
      'default_tls_container_ref',
      'sni_container_refs',
      'description',
      'tenant_id',
    ),
    name,
  }),
  validate(properties) {
    const errors = requireOneOf(properties, 'loadbalancer', 'default_pool');
    if (properties.protocol === 'TERMINATED_HTTPS' && !isGiven(properties.default_tls_container_ref)) {
      errors.push('Property default_tls_container_ref required when protocol is TERMINATED_HTTPS.');
    }
    return errors;
  },
};

/** OS::Octavia::Pool */
export const pool: TypeDefinition = {
  kind: 'pools',
  healthyStates: STATES,
  spec: ({ properties, name }) => ({
    ...pick(
      properties,
      'lb_algorithm',
      'protocol',
      'listener',
      'loadbalancer',
      'admin_state_up',
      'description',
      'tls_enabled',
    ),
    ...(isGiven(properties.session_persistence)
      ? { session_persistence: compact(asMap(properties.session_persistence)) }
      : {}),
    name,
  }),
  validate(properties) {
    const errors = requireOneOf(properties, 'listener', 'loadbalancer');
    if (!isGiven(properties.session_persistence)) return errors;
    const persistence = asMap(properties.session_persistence);
    const hasCookie = asFilled(persistence.cookie_name) !== undefined;
    if (persistence.type === 'APP_COOKIE' && !hasCookie) {
      errors.push('Property cookie_name is required when session_persistence type is set to APP_COOKIE.');
    }
    if (persistence.type === 'SOURCE_IP' && hasCookie) {
      errors.push('Property cookie_name must NOT be specified when session_persistence type is set to SOURCE_IP.');
    }
    return errors;
  },
};

/** OS::Octavia::PoolMember */
export const poolMember: TypeDefinition = {
  kind: 'members',
  healthyStates: STATES,
  spec: ({ properties }) =>
    pick(
      properties,
      'pool',
      'address',
      'protocol_port',
      'monitor_address',
      'monitor_port',
      'subnet',
      'weight',
      'admin_state_up',
      'tags',
    ),
};

/** OS::Octavia::HealthMonitor */
export const healthMonitor: TypeDefinition = {
  kind: 'health_monitors',
  healthyStates: STATES,
  spec: ({ properties }) =>
    pick(
      properties,
      'pool',
      'type',
      'delay',
      'timeout',
      'max_retries',
      'admin_state_up',
      'expected_codes',
      'http_method',
      'url_path',
      'tenant_id',
    ),
};

/** What Heat checks of an OS::Octavia::L7Policy. */
export function validateL7Policy(properties: JsonMap): readonly string[] {
  const { action } = properties;
  if (action === 'REJECT') {
    const given = ['redirect_pool', 'redirect_url'].filter((name) => isGiven(properties[name]));
    return given.map((name) => `Property ${name} must NOT be specified when action type is set to REJECT.`);
  }
  const needed =
    action === 'REDIRECT_TO_POOL' ? 'redirect_pool' : action === 'REDIRECT_TO_URL' ? 'redirect_url' : undefined;
  return needed === undefined || isGiven(properties[needed])
    ? []
    : [`Property ${needed} is required when action type is set to ${String(action)}.`];
}
