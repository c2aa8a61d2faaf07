import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ChildView, ComposedType, ComposeInput, ResourceType } from '../../../engine/drivers/resource-type.js';
import { type Json, type JsonMap, sameValue } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asMap, asNumber } from '../../json-access.js';
import { composeType } from '../compose-type.js';
import { asArray, asObject, memberAttributes, memberInName, readMember, selectFrom } from '../heat/group-attributes.js';
import { byRemoval, hotGroup, isFailed } from '../heat/member-definitions.js';
import { settledMetadata } from './cooldown.js';
import { currentSize, type RollingPolicy, scalingSteps } from './scaling-steps.js';

/** OS::Heat::AutoScalingGroup: any resources, as many as policies want. */
export function heatScalingGroup(schema: ResourceSchema): ResourceType<Cloud> {
  return composeType(schema, COMPOSED, {
    validate: (properties) => sizeProblems(sizesOf(properties)),
    validateKnown: (properties, unknown) =>
      ['min_size', 'max_size', 'desired_capacity'].some((name) => unknown.has(name))
        ? []
        : sizeProblems(sizesOf(properties)),
  });
}

const COMPOSED: ComposedType = {
  readsMembers: true,
  child(input) {
    const { properties, previous } = input;
    const changed = previous !== undefined && !sameValue(previous.resource, properties.resource);
    const base = { input, size: wantedSize(input), definition: asMap(properties.resource), template: hotGroup };
    if (!changed) return scalingSteps(base);
    const steps = scalingSteps({ ...base, rolling: rollingPolicy(properties) });
    // After the rolling update the group is brought to its size, whatever that was before.
    const [last] = steps.slice(-1);
    return last ? [...steps, { stack: last.stack }] : steps;
  },
  sample: (input) =>
    scalingSteps({
      input: { ...input, members: [] },
      size: 1,
      definition: asMap(input.properties.resource),
      template: hotGroup,
    })[0],
  resize: (input, size) =>
    scalingSteps({ input, size, definition: asMap(input.properties.resource), template: hotGroup }),
  attribute: scalingAttribute,
  reference: (child) => child.stackId,
  settled: ({ properties, metadata, size, now }) => settledMetadata(metadata, asNumber(properties.cooldown), size, now),
};

/** A group's sizes, by whichever names its type has for them. */
export interface GroupSizes {
  readonly min: number;
  readonly max: number;
  readonly desired: number | undefined;
}

/** The sizes of OS::Heat::AutoScalingGroup's properties. */
export function sizesOf(properties: JsonMap): GroupSizes {
  return {
    min: asNumber(properties.min_size) ?? 0,
    max: asNumber(properties.max_size) ?? 0,
    desired: asNumber(properties.desired_capacity),
  };
}

/** Heat's sentence about sizes that do not go together. */
export function sizeProblems({ min, max, desired }: GroupSizes): string[] {
  if (max < min) return ['MinSize can not be greater than MaxSize'];
  if (min < 0) return ['The size of AutoScalingGroup can not be less than zero'];
  if (desired !== undefined && (desired < min || desired > max))
    return ['DesiredCapacity must be between MinSize and MaxSize'];
  return [];
}

function wantedSize(input: ComposeInput): number {
  const { min, max, desired } = sizesOf(input.properties);
  if (input.previous === undefined) return desired ? desired : min;
  // None wanted counts as no wish.
  return Math.min(Math.max(desired || currentSize(input), min), max);
}

function rollingPolicy(properties: JsonMap): RollingPolicy {
  const policy = asMap(properties.rolling_updates);
  return {
    minInService: asNumber(policy.min_in_service) ?? 0,
    maxBatchSize: Math.max(1, asNumber(policy.max_batch_size) ?? 1),
    pauseMs: (asNumber(policy.pause_time) ?? 0) * 1000,
  };
}

async function scalingAttribute(
  child: ChildView,
  _properties: JsonMap,
  name: string,
  path: readonly Json[],
): Promise<Json | undefined> {
  const members = byRemoval(await child.members()).filter((member) => !isFailed(member));
  if (name === 'current_size') return members.length;
  if (name === 'refs') return selectFrom(asArray(members.map((member) => [member.name, member.reference])), path);
  if (name === 'refs_map') return selectFrom(asObject(members.map((member) => [member.name, member.reference])), path);
  const asked = memberInName(name);
  if (asked) {
    // Members are numbered by age; their names are random.
    const member = members[Number(asked.member)] ?? members.find((candidate) => candidate.name === asked.member);
    return readMember(child, member, asked.attribute, path);
  }
  const [attribute, ...rest] = path;
  if ((name !== 'outputs' && name !== 'outputs_list') || attribute === undefined) return undefined;
  const names = members.map((member) => member.name);
  const found = await memberAttributes(child, names, String(attribute), rest);
  return name === 'outputs' ? asObject(found) : asArray(found);
}
