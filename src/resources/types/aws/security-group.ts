import type { JsonMap } from '../../../engine/model/value.js';
import { callOf, ec2Id, type TypeDefinition } from '../../define-type.js';
import { asFilled, asMaps, asNumber, asText, compact } from '../../json-access.js';
import { putRules } from '../neutron/security-group.js';

/** A rule of EC2 in Neutron's words. */
function ruleOf(rule: JsonMap, direction: 'ingress' | 'egress', groupId: string): JsonMap {
  const protocol = asText(rule.IpProtocol);
  const isAll = protocol === undefined || protocol === '-1' || protocol === 'all';
  const port = (name: string): number | undefined => {
    const number = asNumber(rule[name]);
    return isAll || number === undefined || number < 0 ? undefined : number;
  };
  const group =
    asFilled(rule.SourceSecurityGroupId) ??
    asFilled(rule.SourceSecurityGroupName) ??
    asFilled(rule.DestinationSecurityGroupId);
  const ipv6 = asFilled(rule.CidrIpv6);
  return compact({
    security_group: groupId,
    direction,
    ethertype: ipv6 === undefined ? 'IPv4' : 'IPv6',
    protocol: isAll ? undefined : protocol,
    port_range_min: port('FromPort'),
    port_range_max: port('ToPort'),
    remote_ip_prefix: asFilled(rule.CidrIp) ?? ipv6,
    remote_group_id: group,
    description: rule.Description,
  });
}

function rulesOf(properties: JsonMap, groupId: string): JsonMap[] {
  return [
    ...asMaps(properties.SecurityGroupIngress).map((rule) => ruleOf(rule, 'ingress', groupId)),
    ...asMaps(properties.SecurityGroupEgress).map((rule) => ruleOf(rule, 'egress', groupId)),
  ];
}

/** AWS::EC2::SecurityGroup */
export const ec2SecurityGroup: TypeDefinition = {
  kind: 'security_groups',
  spec: (input) => ({
    ...ec2Id(input, 'sg'),
    name: asFilled(input.properties.GroupName) ?? input.ctx.resource.physicalName,
    description: asText(input.properties.GroupDescription) ?? '',
    ...compact({ vpc_id: input.properties.VpcId }),
  }),
  async created(input) {
    await putRules(input, input.entity.id, rulesOf(input.properties, input.entity.id), 'rules');
    return undefined;
  },
  attributes: ({ entity }) => ({
    GroupId: entity.id,
    Id: entity.id,
    GroupName: entity.name ?? '',
    VpcId: entity.body.vpc_id ?? 'vpc-default',
  }),
  async update(input) {
    const { change, collection, id, ctx } = input;
    if (change.changed.some((name) => name.startsWith('SecurityGroup')))
      await putRules(input, id, rulesOf(change.after, id), 'rules');
    if (!change.changed.includes('GroupDescription')) return undefined;
    return collection.update(callOf(ctx), id, { description: asText(change.after.GroupDescription) ?? '' });
  },
  live: () => ({}),
};

function ruleType(direction: 'ingress' | 'egress'): TypeDefinition {
  return {
    kind: 'security_group_rules',
    spec: (input) => ({
      ...ec2Id(input, 'sgr'),
      ...ruleOf(
        input.properties,
        direction,
        asFilled(input.properties.GroupId) ?? asFilled(input.properties.GroupName) ?? '',
      ),
    }),
    attributes: ({ entity }) => ({ Id: entity.id, SecurityGroupRuleId: entity.id }),
    live: () => ({}),
  };
}

/** AWS::EC2::SecurityGroupIngress */
export const ec2SecurityGroupIngress = ruleType('ingress');

/** AWS::EC2::SecurityGroupEgress */
export const ec2SecurityGroupEgress = ruleType('egress');
