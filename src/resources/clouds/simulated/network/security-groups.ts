import { RejectedError } from '../../../../engine/model/errors.js';
import { derivedId } from '../../../../engine/model/ids.js';
import { type JsonMap, sameValue } from '../../../../engine/model/value.js';
import { asNumber, asText, compact, pick } from '../../../json-access.js';
import { looksLikeEc2Id, looksLikeUuid } from '../../identifiers.js';
import { type KindRules, withInner } from '../kind-rules.js';
import type { Turn } from '../turn.js';

const RULE_KEYS = [
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
] as const;

/** Neutron's security groups. */
export const securityGroups: KindRules = {
  kind: 'security_groups',
  hasOwnIds: true,
  noun: 'security_group',
  quota: 'security_group',
  defaults: ['default'],
  missing: (reference) =>
    looksLikeEc2Id(reference) && reference.startsWith('sg-')
      ? { message: `The security group '${reference}' does not exist`, reasonClass: 'InvalidGroup.NotFound' }
      : { message: `Unable to find security_group with name or id '${reference}'`, reasonClass: 'NotFound' },
  async create(turn, spec) {
    const id = asText(spec.id) ?? turn.newId('security_groups');
    return build(turn, id, spec);
  },
  async update(_turn, group, changes) {
    return { ...group.body, ...changes };
  },
  async remove(turn, group) {
    const [port] = await turn.usersOf('ports', group.id, 1);
    if (port) {
      throw new RejectedError(
        group.id.startsWith('sg-')
          ? `resource ${group.id} has a dependent object`
          : `Security Group ${group.id} in use.`,
        { reasonClass: group.id.startsWith('sg-') ? 'DependencyViolation' : 'Conflict' },
      );
    }
    const own = await turn.find('security_group_rules', { parentId: group.id });
    const others = await turn.usersOf('security_group_rules', group.id);
    for (const rule of [...own, ...others.filter(({ parentId }) => parentId !== group.id)]) {
      turn.drop(rule);
      if (rule.token !== undefined) turn.record('delete', rule);
    }
  },
  async present(turn, group) {
    const rules = await turn.find('security_group_rules', { parentId: group.id });
    return { security_group_rules: rules.map(({ body: { _: _own, ...rule } }) => rule) };
  },
  async invent(turn, reference) {
    const isKnown = reference === 'default' || (turn.setting.settings.lenient && !looksLikeUuid(reference));
    if (!isKnown || reference === '') return undefined;
    const id = reference.startsWith('sg-')
      ? reference
      : derivedId('seed', turn.call.projectId, turn.call.region, 'security_groups', reference);
    const description = reference === 'default' ? 'Default security group' : '';
    const draft = build(turn, id, { name: reference, description }, { origin: 'seed' });
    for (const rule of await turn.find('security_group_rules', { parentId: id })) {
      turn.patch(rule, withInner(rule.body, { origin: 'seed' }));
    }
    return turn.add('security_groups', { ...draft, body: withInner(draft.body, { origin: 'seed' }) });
  },
};

/** Rules of security groups. */
export const securityGroupRules: KindRules = {
  kind: 'security_group_rules',
  noun: 'security_group_rule',
  quota: 'security_group_rule',
  missing: (reference) => ({
    message: `Unable to find security_group_rule with name or id '${reference}'`,
    reasonClass: 'NotFound',
  }),
  links: (body) => [asText(body.remote_group_id)].filter((id) => id !== undefined),
  async create(turn, spec) {
    const group = await turn.require('security_groups', spec.security_group ?? spec.security_group_id);
    const remote = asText(spec.remote_group) ?? asText(spec.remote_group_id);
    const remoteId = remote === undefined ? undefined : (await turn.require('security_groups', remote)).id;
    const id = asText(spec.id) ?? turn.newId('security_group_rules');
    const body = ruleBody(turn, id, group.id, compact({ ...spec, remote_group_id: remoteId }));
    refuseBad(body);
    for (const other of await turn.find('security_group_rules', { parentId: group.id })) {
      if (sameValue(pick(other.body, ...RULE_KEYS), pick(body, ...RULE_KEYS))) {
        throw new RejectedError(`Security group rule already exists. Rule id is ${other.id}.`, {
          reasonClass: 'Conflict',
        });
      }
    }
    return { id, parentId: group.id, body };
  },
};

function refuseBad(rule: JsonMap): void {
  const min = asNumber(rule.port_range_min);
  const max = asNumber(rule.port_range_max);
  const protocol = asText(rule.protocol);
  if ((min !== undefined || max !== undefined) && protocol === undefined) {
    throw new RejectedError('Must also specify protocol if port range is given.', { reasonClass: 'BadRequest' });
  }
  if (min !== undefined && max !== undefined && min > max && ['tcp', 'udp', '6', '17'].includes(protocol ?? '')) {
    throw new RejectedError(`For TCP/UDP protocols, port_range_min must be <= port_range_max`, {
      reasonClass: 'BadRequest',
    });
  }
}

function build(turn: Turn, id: string, spec: JsonMap, own?: JsonMap): { id: string; name: string; body: JsonMap } {
  const name = asText(spec.name) ?? '';
  for (const ethertype of ['IPv4', 'IPv6']) {
    const ruleId = derivedId('rule', id, 'egress', ethertype);
    turn.add('security_group_rules', {
      id: ruleId,
      parentId: id,
      body: { ...ruleBody(turn, ruleId, id, { direction: 'egress', ethertype }), ...(own ? { _: own } : {}) },
    });
  }
  const { id: _id, ...given } = spec;
  return {
    id,
    name,
    body: {
      description: '',
      stateful: true,
      tags: [],
      ...compact(given),
      name,
      tenant_id: turn.call.projectId,
      project_id: turn.call.projectId,
      id,
    },
  };
}

function ruleBody(turn: Turn, id: string, groupId: string, spec: JsonMap): JsonMap {
  return {
    description: '',
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_group_id: null,
    ...pick(spec, 'description', 'direction', 'ethertype', 'protocol', 'remote_ip_prefix', 'remote_group_id'),
    ...compact({ port_range_min: asNumber(spec.port_range_min), port_range_max: asNumber(spec.port_range_max) }),
    security_group_id: groupId,
    tenant_id: turn.call.projectId,
    project_id: turn.call.projectId,
    id,
  };
}
