import type { JsonMap } from '../../../engine/model/value.js';
import { prefixedId } from '../../clouds/identifiers.js';
import { callOf, ec2Id, readingCall, type TypeDefinition, type TypeInput } from '../../define-type.js';
import { asFilled, asMaps, asNumber, asText, compact, pick, tagMap } from '../../json-access.js';

/** The `Name` tag, or the physical name. */
export function taggedName({ properties, ctx }: TypeInput): string {
  return asFilled(tagMap(properties.Tags).Name) ?? ctx.resource.physicalName;
}

/** AWS::EC2::VPC: a network with a block of its own. */
export const vpc: TypeDefinition = {
  kind: 'networks',
  spec: (input) => ({
    ...ec2Id(input, 'vpc'),
    name: taggedName(input),
    cidr_block: asFilled(input.properties.CidrBlock) ?? '10.0.0.0/16',
    ...compact({ instance_tenancy: input.properties.InstanceTenancy }),
  }),
  attributes: ({ entity }) => ({
    VpcId: entity.id,
    CidrBlock: entity.body.cidr_block ?? null,
    CidrBlockAssociations: [prefixedId('vpc-cidr-assoc', entity.id)],
    DefaultNetworkAcl: prefixedId('acl', entity.id),
    DefaultSecurityGroup: prefixedId('sg', entity.id),
    Ipv6CidrBlocks: [],
  }),
  live: ({ entity, properties }) => ('CidrBlock' in properties ? { CidrBlock: entity.body.cidr_block ?? null } : {}),
};

/** AWS::EC2::Subnet */
export const ec2Subnet: TypeDefinition = {
  kind: 'subnets',
  spec: (input) => {
    const { properties } = input;
    return {
      ...ec2Id(input, 'subnet'),
      ...compact({ network: properties.VpcId, cidr: asFilled(properties.CidrBlock) }),
      name: taggedName(input),
      availability_zone:
        asFilled(properties.AvailabilityZone) ?? input.ctx.cloud.zones(input.ctx.stack.region)[0] ?? 'nova',
      ...compact({ map_public_ip: properties.MapPublicIpOnLaunch }),
    };
  },
  attributes: ({ entity }) => ({
    SubnetId: entity.id,
    VpcId: entity.body.network_id ?? null,
    CidrBlock: entity.body.cidr ?? null,
    AvailabilityZone: entity.body.availability_zone ?? null,
    NetworkAclAssociationId: prefixedId('aclassoc', entity.id),
    Ipv6CidrBlocks: [],
  }),
  live: ({ entity, properties }) => ('CidrBlock' in properties ? { CidrBlock: entity.body.cidr ?? null } : {}),
};

/** The first address, then those that are asked for by value or by number. */
function addressesOf(properties: JsonMap): JsonMap[] {
  const subnet = properties.SubnetId;
  const listed = asMaps(properties.PrivateIpAddresses).flatMap((entry) => asFilled(entry.PrivateIpAddress) ?? []);
  const [primary, ...given] = new Set([asFilled(properties.PrivateIpAddress) ?? listed[0], ...listed]);
  const extra = Array.from({ length: asNumber(properties.SecondaryPrivateIpAddressCount) ?? 0 }, () =>
    compact({ subnet }),
  );
  return [
    compact({ subnet, ip_address: primary }),
    ...given.map((ip) => compact({ subnet, ip_address: ip })),
    ...extra,
  ];
}

/** AWS::EC2::NetworkInterface: a port in a subnet. */
export const networkInterface: TypeDefinition = {
  kind: 'ports',
  spec(input) {
    const { properties } = input;
    return {
      ...ec2Id(input, 'eni'),
      ...compact({ description: properties.Description, security_groups: properties.GroupSet }),
      fixed_ips: addressesOf(properties),
      name: taggedName(input),
    };
  },
  async attributes({ ctx, entity }) {
    const [ip, ...more] = asMaps(entity.body.fixed_ips).flatMap((fixed) => asText(fixed.ip_address) ?? []);
    const network = await ctx.cloud.collection('networks').get(readingCall(ctx), asText(entity.body.network_id) ?? '');
    return {
      Id: entity.id,
      PrimaryPrivateIpAddress: ip ?? '',
      PrivateIpAddress: ip ?? '',
      SecondaryPrivateIpAddresses: more,
      VpcId: network?.id ?? '',
    };
  },
  update: ({ change, collection, id, ctx }) =>
    collection.update(callOf(ctx), id, {
      ...pick({ description: change.after.Description ?? '' }, 'description'),
      ...(change.changed.includes('GroupSet') ? { security_groups: change.after.GroupSet ?? [] } : {}),
    }),
  live: () => ({}),
};
