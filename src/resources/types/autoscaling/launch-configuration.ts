import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceContext, ResourceType } from '../../../engine/drivers/resource-type.js';
import { MissingError } from '../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone, readingCall } from '../../define-type.js';
import { asFilled, asMap, asMaps, compact } from '../../json-access.js';

/** AWS::AutoScaling::LaunchConfiguration: says how a group's instances are started; groups find it by its name. */
export function launchConfiguration(schema: ResourceSchema): ResourceType<Cloud> {
  const isAws = schema.origin === 'aws';
  return {
    schema,
    metadataReplaces: true,
    ...(isAws ? {} : { validate: problemsOf }),
    async create(ctx, properties) {
      const name = nameOf(ctx, properties);
      const instance = asFilled(properties.InstanceId);
      const data: JsonMap = instance === undefined ? {} : { launch: await launchOf(ctx, instance) };
      return {
        state: 'done',
        physicalId: isAws ? name : '',
        reference: name,
        attributes: isAws ? { LaunchConfigurationName: name } : {},
        data,
      };
    },
    // It is nowhere but in its stack: what a reference to it gives is all that can be told.
    async read(ctx, ref) {
      const name = nameOf(ctx, ref.properties);
      return {
        physicalId: ref.physicalId ?? '',
        reference: name,
        attributes: isAws ? { LaunchConfigurationName: name } : {},
        data: ref.data,
        properties: ref.properties,
        healthy: true,
      };
    },
    async delete(_ctx, ref) {
      return gone(ref);
    },
  };
}

function nameOf(ctx: ResourceContext<Cloud>, properties: JsonMap): string {
  return asFilled(properties.LaunchConfigurationName) ?? ctx.resource.physicalName;
}

/** How an existing server was started, as properties of an instance. */
export async function launchOf(ctx: ResourceContext<Cloud>, serverId: string): Promise<JsonMap> {
  const server = await ctx.cloud.collection('servers').get(readingCall(ctx), serverId);
  if (!server)
    throw new MissingError(`The Server (${serverId}) could not be found.`, { reasonClass: 'EntityNotFound' });
  const { image, flavor, key_name, security_groups } = server.body;
  const idOf = (value: Json | undefined) => asFilled(asMap(value).id) ?? asFilled(value);
  const groups = asMaps(security_groups).flatMap((group) => asFilled(group.name) ?? []);
  const launch = compact({ ImageId: idOf(image), InstanceType: idOf(flavor), KeyName: asFilled(key_name) });
  return groups.length > 0 ? { ...launch, SecurityGroups: groups } : launch;
}

function problemsOf(properties: JsonMap): string[] {
  for (const mapping of asMaps(properties.BlockDeviceMappings)) {
    const ebs = asMap(mapping.Ebs);
    if (Object.keys(ebs).length === 0) return ['Ebs is missing, this is required when specifying BlockDeviceMappings.'];
    if (asFilled(ebs.SnapshotId) === undefined) {
      return ['SnapshotId is missing, this is required when specifying BlockDeviceMappings.'];
    }
  }
  if (asFilled(properties.InstanceId) !== undefined) return [];
  const isComplete = asFilled(properties.ImageId) !== undefined && asFilled(properties.InstanceType) !== undefined;
  return isComplete ? [] : ['If without InstanceId, ImageId and InstanceType are required.'];
}
