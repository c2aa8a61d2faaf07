import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { Sibling } from '../../../engine/drivers/stack-access.js';
import { RejectedError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { readingCall } from '../../define-type.js';
import { asFilled, asList, asMap, asMaps, asText, asTexts, compact, isGiven, pick } from '../../json-access.js';
import { stackOf } from '../stack-of.js';

/** What a launch configuration may say that an instance understands. */
const INSTANCE_KEYS = [
  'ImageId',
  'InstanceType',
  'KeyName',
  'UserData',
  'SecurityGroups',
  'SecurityGroupIds',
  'BlockDeviceMappings',
  'NovaSchedulerHints',
  'IamInstanceProfile',
  'EbsOptimized',
  'Monitoring',
  'RamdiskId',
  'KernelId',
];

/**
 * How instances of a group are started, from its launch configuration or launch template, as properties of an
 * instance; `undefined` if the group names neither. Throws Heat's words for a reference that leads nowhere.
 */
export async function findLaunch(
  ctx: ResourceContext<Cloud>,
  properties: JsonMap,
): Promise<{ launch: JsonMap; metadata: JsonMap } | undefined> {
  const stack = stackOf(ctx);
  const configuration = asFilled(properties.LaunchConfigurationName);
  if (configuration !== undefined) {
    const found = await stack.find(configuration);
    if (!found)
      throw new RejectedError(`LaunchConfigurationName (${configuration}) reference can not be found.`, {
        reasonClass: 'ValueError',
      });
    return {
      launch: { ...asMap(found.data.launch), ...instanceProperties(found.properties) },
      metadata: asMap(found.metadata),
    };
  }
  const specification = templateSpecification(properties);
  if (specification === undefined) return undefined;
  const reference = asFilled(specification.LaunchTemplateId) ?? asFilled(specification.LaunchTemplateName) ?? '';
  const template = await stack.find(reference);
  // A template of somewhere else is for the cloud to find.
  if (!template) return { launch: { LaunchTemplate: specification }, metadata: {} };
  return { launch: templateProperties(await versionOf(ctx, template, specification)), metadata: {} };
}

/** The launch template that a group names, directly or in its mixed instances policy. */
function templateSpecification(properties: JsonMap): JsonMap | undefined {
  if (isGiven(properties.LaunchTemplate)) return asMap(properties.LaunchTemplate);
  const mixed = asMap(asMap(properties.MixedInstancesPolicy).LaunchTemplate).LaunchTemplateSpecification;
  return isGiven(mixed) ? asMap(mixed) : undefined;
}

function instanceProperties(properties: JsonMap): JsonMap {
  const { IamInstanceProfile, InstanceMonitoring } = properties;
  return {
    ...pick(properties, ...INSTANCE_KEYS),
    ...(isGiven(IamInstanceProfile) ? { IamInstanceProfile } : {}),
    ...(isGiven(InstanceMonitoring) ? { Monitoring: InstanceMonitoring } : {}),
  };
}

/** The data of the version that a group names; without a name that is the first one, which stays the default. */
async function versionOf(ctx: ResourceContext<Cloud>, template: Sibling, specification: JsonMap): Promise<JsonMap> {
  const key = asFilled(template.data.key) ?? template.physicalId ?? '';
  const entity = await ctx.cloud.generic(template.type)?.get(readingCall(ctx), key);
  const versions = asList(entity?.body.versions);
  if (versions.length === 0) return asMap(template.properties.LaunchTemplateData);
  const wanted = asText(specification.Version) ?? '$Default';
  const number = wanted === '$Latest' ? versions.length : wanted === '$Default' ? 1 : Number(wanted);
  const found = versions[number - 1];
  if (found !== undefined) return asMap(found);
  throw new RejectedError(
    `Could not find launch template version ${wanted} for the launch template with ID ${template.physicalId ?? ''}.`,
    { reasonClass: 'InvalidLaunchTemplateId.VersionNotFound' },
  );
}

function templateProperties(data: JsonMap): JsonMap {
  const profile = asMap(data.IamInstanceProfile);
  const name = asFilled(profile.Name) ?? asFilled(profile.Arn)?.split('/').at(-1);
  return {
    ...pick(data, ...INSTANCE_KEYS.filter((key) => key !== 'IamInstanceProfile' && key !== 'Monitoring')),
    ...compact({ IamInstanceProfile: name, Monitoring: asMap(data.Monitoring).Enabled }),
  };
}

/** The group's tags that its instances get, with the tags by which a metric finds the group. */
export function instanceTags(properties: JsonMap, markers: readonly JsonMap[]): JsonMap[] {
  const given = asMaps(properties.Tags)
    .filter((tag) => tag.PropagateAtLaunch !== false && asText(tag.PropagateAtLaunch) !== 'false')
    .map((tag) => pick(tag, 'Key', 'Value'));
  return given.some((tag) => asText(tag.Key)?.startsWith('metering.')) ? given : [...given, ...markers];
}

/** The subnet that a group's instances start in. */
export function subnetOf(properties: JsonMap): string | undefined {
  return asTexts(properties.VPCZoneIdentifier)[0];
}
