import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Entity } from '../../clouds/cloud.js';
import {
  callOf,
  type EntityInput,
  ec2Id,
  readingCall,
  type TypeDefinition,
  type TypeInput,
  type UpdateInput,
} from '../../define-type.js';
import { asFilled, asList, asMap, asMaps, asText, asTexts, compact, tagMap } from '../../json-access.js';
import { togetherSentence } from '../../sentences.js';
import { serverUserData } from '../software/user-data.js';
import { taggedName } from './vpc.js';

function groupsOf(properties: JsonMap): string[] {
  return [...asTexts(properties.SecurityGroupIds), ...asTexts(properties.SecurityGroups)];
}

function nicsOf({ properties, isAws }: TypeInput): JsonMap[] {
  const given = asList(properties.NetworkInterfaces);
  if (given.length > 0) {
    return given.map((nic) => {
      const map = asMap(nic);
      const port = asText(nic) ?? asFilled(map.NetworkInterfaceId);
      return port === undefined
        ? compact({ subnet: map.SubnetId ?? 'subnet-default', fixed_ip: map.PrivateIpAddress })
        : { port };
    });
  }
  const subnet = asFilled(properties.SubnetId) ?? (isAws ? 'subnet-default' : undefined);
  return subnet === undefined ? [] : [compact({ subnet, fixed_ip: asFilled(properties.PrivateIpAddress) })];
}

function nicGroups(properties: JsonMap): string[] {
  const own = groupsOf(properties);
  return own.length > 0 ? own : asMaps(properties.NetworkInterfaces).flatMap((nic) => asTexts(nic.GroupSet));
}

/** Heat's instances are started with a message for its agents; CloudFormation's with what the template says. */
function startData({ ctx, properties, isAws }: TypeInput): Json | undefined {
  if (isAws || !ctx.stackAccess) return properties.UserData;
  return serverUserData({
    format: 'HEAT_CFNTOOLS',
    userData: asText(properties.UserData) ?? '',
    metadata: ctx.resource.metadata,
    adminUser: 'ec2-user',
    cfnUrl: ctx.stackAccess.urls.services.cfn,
    seed: ctx.resource.uuid,
  });
}

/** AWS::EC2::Instance, Heat's and CloudFormation's. */
export const instance: TypeDefinition = {
  kind: 'servers',
  healthyStates: ['ACTIVE'],
  spec(input) {
    const { properties, isAws } = input;
    const devices = asMaps(properties.BlockDeviceMappings).flatMap((mapping) => {
      const ebs = asMap(mapping.Ebs);
      const snapshot = asFilled(ebs.SnapshotId);
      return snapshot === undefined
        ? []
        : [
            compact({
              device_name: mapping.DeviceName,
              snapshot_id: snapshot,
              volume_size: ebs.VolumeSize,
              delete_on_termination: ebs.DeleteOnTermination ?? true,
            }),
          ];
    });
    return {
      ...ec2Id(input, 'i'),
      name: isAws ? taggedName(input) : input.ctx.resource.physicalName,
      // A launch template may bring what the instance itself does not say.
      flavor: asFilled(properties.InstanceType) ?? 'm1.small',
      image: asFilled(properties.ImageId) ?? 'ami-0default',
      ...compact({
        key_name: asFilled(properties.KeyName),
        user_data: startData(input),
        availability_zone:
          asFilled(properties.AvailabilityZone) ??
          (isAws ? input.ctx.cloud.zones(input.ctx.stack.region)[0] : undefined),
      }),
      metadata: tagMap(properties.Tags),
      networks: nicsOf(input),
      security_groups: nicGroups(properties),
      block_device_mapping_v2: devices,
    };
  },
  async created({ ctx, entity, properties }) {
    for (const [index, volume] of asMaps(properties.Volumes).entries()) {
      await ctx.cloud
        .collection('volume_attachments')
        .create(
          callOf(ctx, `volume-${index}`),
          compact({ server: entity.id, volume: volume.VolumeId, device: volume.Device }),
        );
    }
    return undefined;
  },
  attributes: instanceAttributes,
  update: updateInstance,
  live: () => ({}),
  validate(properties, _name, schema) {
    if (schema.origin !== 'heat') return [];
    const errors: string[] = [];
    if (groupsOf(properties).length > 0 && asList(properties.NetworkInterfaces).length > 0) {
      errors.push(togetherSentence('SecurityGroups/SecurityGroupIds', 'NetworkInterfaces'));
    }
    for (const mapping of asMaps(properties.BlockDeviceMappings)) {
      if (mapping.Ebs === undefined || mapping.Ebs === null)
        errors.push('Ebs is missing, this is required when specifying BlockDeviceMappings.');
      else if (!asFilled(asMap(mapping.Ebs).SnapshotId))
        errors.push('SnapshotId is missing, this is required when specifying BlockDeviceMappings.');
    }
    return errors;
  },
};

async function instanceAttributes({ ctx, entity, isAws, properties }: EntityInput): Promise<JsonMap> {
  const addresses = Object.values(asMap(entity.body.addresses)).flatMap((list) => asMaps(list));
  const fixed = asText(addresses.find((entry) => entry['OS-EXT-IPS:type'] === 'fixed')?.addr) ?? '';
  const floating = asText(addresses.find((entry) => entry['OS-EXT-IPS:type'] === 'floating')?.addr);
  const zone = asText(entity.body['OS-EXT-AZ:availability_zone']) ?? '';
  if (!isAws) {
    return {
      AvailabilityZone: zone,
      PrivateDnsName: fixed,
      PublicDnsName: fixed,
      PrivateIp: fixed,
      PublicIp: floating ?? fixed,
    };
  }
  const port = await ctx.cloud.collection('ports').get(readingCall(ctx), asText(addresses[0]?.port) ?? '');
  const { region } = ctx.stack;
  const dashed = (ip: string): string => ip.replaceAll('.', '-');
  const publicIp = floating ?? `203.0.113.${1 + (Number.parseInt(entity.id.slice(-2), 16) % 254 || 0)}`;
  return {
    InstanceId: entity.id,
    AvailabilityZone: zone,
    VpcId: port?.body.network_id ?? '',
    PrivateIp: fixed,
    PrivateDnsName: `ip-${dashed(fixed)}.${region}.compute.internal`,
    PublicIp: publicIp,
    PublicDnsName: `ec2-${dashed(publicIp)}.${region}.compute.amazonaws.com`,
    'State.Name': 'running',
    'State.Code': '16',
    Tags: properties.Tags ?? [],
  };
}

async function updateInstance(input: UpdateInput): Promise<Entity | undefined> {
  const { change, collection, id, ctx } = input;
  const changed = new Set(change.changed);
  let entity: Entity | undefined;
  if (changed.has('Tags'))
    entity = await collection.act(callOf(ctx, 'tags'), id, 'set_metadata', { metadata: tagMap(change.after.Tags) });
  if (changed.has('InstanceType')) {
    entity = await collection.act(callOf(ctx, 'type'), id, 'resize', {
      flavor: asFilled(change.after.InstanceType) ?? 'm1.small',
    });
  }
  if (changed.has('NetworkInterfaces') || changed.has('SubnetId')) {
    const before = await collection.get(readingCall(ctx), id);
    const ports = Object.values(asMap(before?.body.addresses)).flatMap((list) =>
      asMaps(list).flatMap((entry) => asText(entry.port) ?? []),
    );
    const wanted = nicsOf(input);
    const kept = wanted.flatMap((nic) => asText(nic.port) ?? []);
    for (const port of new Set(ports))
      if (!kept.includes(port))
        entity = await collection.act(callOf(ctx, `detach-${port}`), id, 'detach_port', { port });
    for (const [index, nic] of (wanted.length > 0 ? wanted : [{ network: 'private' }]).entries()) {
      if (typeof nic.port === 'string' && ports.includes(nic.port)) continue;
      entity = await collection.act(callOf(ctx, `attach-${index}`), id, 'attach_nic', {
        ...nic,
        security_groups: groupsOf(change.after),
      });
    }
  }
  return entity;
}
