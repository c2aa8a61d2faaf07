import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type {
  ChildMember,
  ChildView,
  ComposedType,
  ComposeInput,
  ResourceContext,
  ResourceType,
  ValidationScope,
} from '../../../engine/drivers/resource-type.js';
import { type Json, type JsonMap, sameValue } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asFilled, asMap, asNumber, asText, asTexts, compact, isGiven } from '../../json-access.js';
import { composeType } from '../compose-type.js';
import { memberAttributes, memberInName, readMember } from '../heat/group-attributes.js';
import { byRemoval, cfnGroup, type GroupMember, isFailed } from '../heat/member-definitions.js';
import { settledMetadata } from './cooldown.js';
import { type GroupSizes, sizeProblems } from './heat-scaling-group.js';
import { launchOf } from './launch-configuration.js';
import { findLaunch, instanceTags, subnetOf } from './launch-source.js';
import { currentSize, scalingSteps } from './scaling-steps.js';
import { type Limits, limitsNow } from './scheduled-limits.js';
import { awsRollingPolicy, capacityProblems, isTrue, policyProblems, replacesGroup } from './update-policy.js';

/** What a rolling update of the members is done for. */
const LAUNCH_PROPERTIES = [
  'LaunchConfigurationName',
  'LaunchTemplate',
  'MixedInstancesPolicy',
  'VPCZoneIdentifier',
  'InstanceId',
];

const SIZE_PROPERTIES = ['MinSize', 'MaxSize', 'DesiredCapacity'];

/** OS::Heat::InstanceGroup and AWS::AutoScaling::AutoScalingGroup: instances of one launch configuration. */
export function instanceGroup(schema: ResourceSchema): ResourceType<Cloud> {
  const isPlain = schema.type === 'OS::Heat::InstanceGroup';
  const policyProblemsOf = (properties: JsonMap, scope: ValidationScope | undefined) => {
    const policy = asMap(scope?.updatePolicy);
    const max = asNumber(properties.MaxSize);
    return [
      ...(schema.origin === 'aws' && max !== undefined ? capacityProblems(policy, max) : []),
      ...policyProblems(policy, isPlain ? 'RollingUpdate' : 'AutoScalingRollingUpdate'),
    ];
  };
  return composeType(schema, composed(schema, isPlain), {
    validate: (properties, _name, scope) => [
      ...(isPlain ? [] : groupProblems(schema, properties)),
      ...policyProblemsOf(properties, scope),
    ],
    validateKnown: (properties, unknown, scope) => [
      ...(isPlain || SIZE_PROPERTIES.some((name) => unknown.has(name)) ? [] : sizeProblems(groupSizes(properties))),
      ...policyProblemsOf(properties, scope),
    ],
    ...(isPlain
      ? {}
      : {
          // Changes of its size alone never make a new group.
          replaces: ({ updatePolicy, changed }) =>
            LAUNCH_PROPERTIES.some((name) => changed.includes(name)) && replacesGroup(asMap(updatePolicy))
              ? true
              : undefined,
        }),
  });
}

function composed(schema: ResourceSchema, isPlain: boolean): ComposedType {
  const sizes = (properties: JsonMap): GroupSizes => {
    if (!isPlain) return groupSizes(properties);
    const size = asNumber(properties.Size) ?? 0;
    return { min: 0, max: Number.POSITIVE_INFINITY, desired: size };
  };
  const header: JsonMap =
    schema.origin === 'aws' ? { AWSTemplateFormatVersion: '2010-09-09' } : { HeatTemplateFormatVersion: '2012-12-12' };
  const template = (members: readonly GroupMember[]) => cfnGroup(members, header);
  return {
    readsMembers: true,
    child(input) {
      const definition = memberDefinition(schema, input, isPlain);
      const base = {
        input,
        size: wantedSize(input, sizes(input.properties)),
        definition,
        template,
        renames: schema.origin === 'aws',
      };
      const rolling = isLaunchChanged(input, definition)
        ? awsRollingPolicy(asMap(input.updatePolicy), isPlain)
        : undefined;
      return scalingSteps(rolling ? { ...base, rolling } : base);
    },
    sample: () => undefined,
    resize: (input, size) =>
      scalingSteps({ input, size, definition: memberDefinition(schema, input, isPlain), template }),
    async prepare(ctx, properties) {
      const own = ctx as ResourceContext<Cloud>;
      const instance = asFilled(properties.InstanceId);
      if (instance !== undefined) return { launch: await launchOf(own, instance) };
      const found = await findLaunch(own, properties);
      return found ? { launch: found.launch, metadata: found.metadata } : {};
    },
    follow: (properties, members) => balancers(properties, members),
    attribute: (child, properties, name, path) => attribute(schema, child, properties, name, path),
    reference: (child, properties) => (schema.origin === 'aws' ? groupName(child, properties) : child.stackId),
    ...(schema.origin === 'aws' ? { physicalId: groupName } : {}),
    ...(isPlain
      ? {}
      : {
          settled: ({ properties, metadata, size, now }) =>
            settledMetadata(metadata, asNumber(properties.Cooldown), size, now),
        }),
  };
}

/** The sizes of AWS::AutoScaling::AutoScalingGroup's properties. */
export function groupSizes(properties: JsonMap): GroupSizes {
  return {
    min: asNumber(properties.MinSize) ?? 0,
    max: asNumber(properties.MaxSize) ?? 0,
    desired: asNumber(properties.DesiredCapacity),
  };
}

function groupProblems(schema: ResourceSchema, properties: JsonMap): string[] {
  const problems = sizeProblems(groupSizes(properties));
  if (problems.length > 0 || schema.origin === 'aws') return problems;
  if (asTexts(properties.VPCZoneIdentifier).length > 1)
    return ['Anything other than one VPCZoneIdentifier is not supported.'];
  const isOne =
    (asFilled(properties.InstanceId) === undefined) !== (asFilled(properties.LaunchConfigurationName) === undefined);
  return isOne ? [] : ["Either 'InstanceId' or 'LaunchConfigurationName' must be provided."];
}

function wantedSize(input: ComposeInput, { min, max, desired }: GroupSizes): number {
  const clamp = (size: number, limits: Limits) => Math.min(Math.max(size, limits.min), limits.max);
  if (input.previous === undefined) return desired ? desired : min;
  const schedule = asMap(asMap(input.updatePolicy).AutoScalingScheduledAction);
  const isKept = isTrue(schedule.IgnoreUnmodifiedGroupSizeProperties) && hasSameSizes(input);
  if (isKept) return clamp(currentSize(input), limitsNow(input.metadata ?? null, { min, max }));
  return clamp(desired ?? currentSize(input), { min, max });
}

/** Sizes that the template leaves alone are left to scheduled actions and policies, if the update policy says so. */
function hasSameSizes({ properties, previous }: ComposeInput): boolean {
  return SIZE_PROPERTIES.every((name) => sameValue(properties[name] ?? null, previous?.[name] ?? null));
}

function isLaunchChanged({ properties, previous, members }: ComposeInput, definition: JsonMap): boolean {
  if (previous === undefined) return false;
  if (LAUNCH_PROPERTIES.some((name) => !sameValue(properties[name] ?? null, previous[name] ?? null))) return true;
  // A launch template keeps its name when what it says changes.
  return (
    isGiven(properties.LaunchTemplate) &&
    members.some((member) => member.declaration && !sameValue(member.declaration, definition))
  );
}

function memberDefinition(schema: ResourceSchema, input: ComposeInput, isPlain: boolean): JsonMap {
  const { properties, found = {} } = input;
  const reference =
    schema.origin === 'aws' ? (asFilled(properties.AutoScalingGroupName) ?? input.physicalName) : input.physicalName;
  const groupTags: JsonMap[] =
    schema.origin === 'aws'
      ? [{ Key: 'aws:autoscaling:groupName', Value: reference }]
      : [
          { Key: 'metering.groupname', Value: reference },
          ...(isPlain ? [] : [{ Key: 'metering.AutoScalingGroupName', Value: reference }]),
        ];
  const metadata = asMap(found.metadata);
  return {
    Type: schema.origin === 'aws' ? 'AWS::EC2::Instance' : 'OS::Heat::ScaledResource',
    Properties: {
      ...asMap(found.launch),
      ...compact({ SubnetId: subnetOf(properties) }),
      Tags: instanceTags(properties, groupTags),
    },
    ...(Object.keys(metadata).length > 0 ? { Metadata: metadata } : {}),
  };
}

function balancers(properties: JsonMap, members: readonly ChildMember[]) {
  const instances = byRemoval(members)
    .filter((member) => !isFailed(member))
    .map((member) => member.reference);
  return [
    ...asTexts(properties.LoadBalancerNames).map((reference) => ({ reference, changes: { Instances: instances } })),
    ...asTexts(properties.TargetGroupARNs).map((reference) => ({
      reference,
      changes: { Targets: instances.map((Id) => ({ Id })) },
    })),
  ];
}

/** What CloudFormation's group is called. */
function groupName(child: ChildView, properties: JsonMap): string {
  return asFilled(properties.AutoScalingGroupName) ?? child.stackName;
}

async function attribute(
  schema: ResourceSchema,
  child: ChildView,
  properties: JsonMap,
  name: string,
  path: readonly Json[],
): Promise<Json | undefined> {
  const members = byRemoval(await child.members()).filter((member) => !isFailed(member));
  if (name === 'InstanceList') {
    const names = members.map((member) => member.name);
    const addresses = await memberAttributes(child, names, 'PublicIp', []);
    return addresses.length === 0 ? null : addresses.map(([, address]) => asFilled(address) ?? '0.0.0.0').join(',');
  }
  if (name === 'AutoScalingGroupARN' && schema.origin === 'aws') {
    const [, partition = 'aws', , region = '', account = ''] = child.arn.split(':');
    const group = `${child.stackId}:autoScalingGroupName/${groupName(child, properties)}`;
    return `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:${group}`;
  }
  const asked = memberInName(name);
  if (!asked) return undefined;
  const member = members[Number(asked.member)] ?? members.find((candidate) => candidate.name === asked.member);
  return readMember(child, member, asText(asked.attribute), path);
}
