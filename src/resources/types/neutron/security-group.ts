import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { CloudCall, Entity } from '../../clouds/cloud.js';
import { callOf, type EntityInput, type TypeDefinition, type TypeInput, type UpdateInput } from '../../define-type.js';
import { asMaps, asNumber, asText, compact, pick } from '../../json-access.js';
import { refuseTogether } from '../../sentences.js';

/** A rule in Neutron's own form, of one in a template; `remote_mode: remote_group_id` without a group means the group itself. */
function formatRule(rule: JsonMap, groupId: string): JsonMap {
  const byGroup = asText(rule.remote_mode) === 'remote_group_id';
  return {
    security_group: groupId,
    ...pick(rule, 'description', 'direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max'),
    ...(byGroup
      ? { remote_group_id: asText(rule.remote_group_id) ?? groupId }
      : compact({ remote_ip_prefix: rule.remote_ip_prefix })),
  };
}

/** Gives a group exactly these rules; the ways out that a group has by default stay unless a rule for the way out is given. */
export async function putRules(
  input: TypeInput,
  groupId: string,
  rules: readonly JsonMap[],
  part: string,
): Promise<void> {
  const { ctx } = input;
  const collection = ctx.cloud.collection('security_group_rules');
  const call = (name: string): CloudCall => callOf(ctx, `${part}/${name}`);
  const wanted = rules.some((rule) => asText(rule.direction) === 'egress')
    ? rules
    : [{ direction: 'egress', ethertype: 'IPv4' }, { direction: 'egress', ethertype: 'IPv6' }, ...rules];
  const present = await collection.list(callOf(ctx), { parent_id: groupId });
  const left = new Map(present.map((rule) => [signature(rule.body), rule.id]));
  for (const rule of wanted) left.delete(signature(rule));
  for (const id of left.values()) await collection.delete(call(`drop-${id}`), id);
  const known = new Set(present.map((rule) => signature(rule.body)));
  for (const [index, rule] of wanted.entries()) {
    const key = signature(rule);
    if (known.has(key)) continue;
    known.add(key);
    await collection.create(call(`rule-${index}`), { ...rule, security_group: groupId });
  }
}

function signature(rule: JsonMap): string {
  const text = (value: Json | undefined): string => (value === undefined || value === null ? '' : String(value));
  const { direction, ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id } = rule;
  return [
    text(direction) || 'ingress',
    text(ethertype) || 'IPv4',
    protocol,
    port_range_min,
    port_range_max,
    remote_ip_prefix,
    remote_group_id,
  ]
    .map((part) => text(part))
    .join('|');
}

/** OS::Neutron::SecurityGroup */
export const securityGroup: TypeDefinition = {
  kind: 'security_groups',
  spec: ({ properties, name }) => ({ ...pick(properties, 'description', 'stateful'), name }),
  async created(input: EntityInput) {
    const rules = asMaps(input.properties.rules).map((rule) => formatRule(rule, input.entity.id));
    await putRules(input, input.entity.id, rules, 'rules');
    return undefined;
  },
  async attributes(input) {
    const fresh = await input.ctx.cloud.collection('security_groups').get(callOf(input.ctx), input.entity.id);
    return { show: fresh?.body ?? input.entity.body };
  },
  async update(input: UpdateInput): Promise<Entity | undefined> {
    const { change, collection, id, ctx, name } = input;
    if (change.changed.includes('rules')) {
      await putRules(
        input,
        id,
        asMaps(change.after.rules).map((rule) => formatRule(rule, id)),
        'rules',
      );
    }
    if (!change.changed.some((property) => property !== 'rules')) return undefined;
    return collection.update(callOf(ctx), id, { ...pick(change.after, 'description', 'stateful'), name });
  },
  validate: (properties) =>
    asText(properties.name) === 'default' ? ['Security groups cannot be assigned the name "default".'] : [],
};

/** OS::Neutron::SecurityGroupRule */
export const securityGroupRule: TypeDefinition = {
  kind: 'security_group_rules',
  spec: ({ properties }) =>
    pick(
      properties,
      'security_group',
      'description',
      'direction',
      'ethertype',
      'protocol',
      'port_range_min',
      'port_range_max',
      'remote_group',
      'remote_ip_prefix',
    ),
  validate(properties) {
    const errors = refuseTogether(properties, 'remote_group', 'remote_ip_prefix');
    const min = asNumber(properties.port_range_min);
    const max = asNumber(properties.port_range_max);
    const hasPorts = !['icmp', 'icmpv6', 'ipv6-icmp'].includes(asText(properties.protocol) ?? 'tcp');
    if (min !== undefined && max !== undefined && hasPorts && max < min) {
      errors.push('The minimum port number must be less than or equal to the maximum port number.');
    }
    return errors;
  },
};
