import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Outcome, ResourceContext, ResourceType } from '../../../engine/drivers/resource-type.js';
import type { Sibling } from '../../../engine/drivers/stack-access.js';
import { MissingError } from '../../../engine/model/errors.js';
import { derivedId } from '../../../engine/model/ids.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asMap, asNumber, asText, isGiven } from '../../json-access.js';
import { signalReason } from '../heat/signal-reason.js';
import { signedUrl } from '../heat/signal-transport.js';
import { stackOf } from '../stack-of.js';
import { type Adjustment, toAdjustmentType } from './adjustment.js';
import { stepAdjustment, trackingAdjustment } from './metric-policies.js';
import { scaleGroup } from './scale-group.js';

/** The property names of one kind of policy. */
interface PolicyNames {
  readonly group: string;
  readonly type: string;
  readonly amount: string;
  readonly cooldown: string;
  readonly minStep: string;
}

const HEAT: PolicyNames = {
  group: 'auto_scaling_group_id',
  type: 'adjustment_type',
  amount: 'scaling_adjustment',
  cooldown: 'cooldown',
  minStep: 'min_adjustment_step',
};
const HEAT_AWS: PolicyNames = {
  group: 'AutoScalingGroupName',
  type: 'AdjustmentType',
  amount: 'ScalingAdjustment',
  cooldown: 'Cooldown',
  minStep: 'MinAdjustmentStep',
};
const AWS: PolicyNames = { ...HEAT_AWS, minStep: 'MinAdjustmentMagnitude' };

/** OS::Heat::ScalingPolicy and AWS::AutoScaling::ScalingPolicy: a signal changes the size of a group. */
export function scalingPolicy(schema: ResourceSchema): ResourceType<Cloud> {
  const isHeat = schema.type.startsWith('OS::');
  const names = isHeat ? HEAT : schema.origin === 'aws' ? AWS : HEAT_AWS;
  const outcome = async (ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<Outcome> => {
    const stack = stackOf(ctx);
    const url = await signedUrl(ctx, 'signal');
    if (isHeat) {
      const { userId } = await stack.users.ensure(ctx.resource.uuid);
      return { physicalId: userId, attributes: { alarm_url: url, signal_url: stack.urls.native() } };
    }
    if (schema.origin !== 'aws') {
      const { userId } = await stack.users.ensure(ctx.resource.uuid);
      return { physicalId: userId, reference: url, attributes: { AlarmUrl: url } };
    }
    const { region, projectId } = ctx.stack;
    const group = asText(properties[names.group]) ?? '';
    const account = ctx.cloud.accountId(projectId);
    const arn = `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${derivedId('policy', ctx.resource.uuid)}:autoScalingGroupName/${group}:policyName/${ctx.resource.physicalName}`;
    return { physicalId: arn, attributes: { Arn: arn, PolicyName: ctx.resource.physicalName, AlarmUrl: url } };
  };
  return {
    schema,
    validate: (properties) => stepProblems(properties, names, isHeat),
    async create(ctx, properties) {
      return { state: 'done', ...(await outcome(ctx, properties)) };
    },
    async update(ctx, _ref, change) {
      return { state: 'done', ...(await outcome(ctx, change.after)) };
    },
    async delete(ctx, ref) {
      await stackOf(ctx).users.remove(ctx.resource.uuid);
      return gone(ref);
    },
    async signal(ctx, ref, { details }) {
      if (!isAlarm(details)) return { reason: null };
      const group = await groupOf(ctx, ref.properties, names);
      const adjustment = await adjustmentFor(ctx, group, ref.properties, names, details);
      const cooldown = asNumber(ref.properties[names.cooldown]);
      const isScaled = adjustment !== undefined && (await scaleGroup(ctx, group, { adjustment, cooldown }));
      return { reason: isScaled ? signalReason(details) : null };
    },
  };
}

/** Policies stand in all notifiers of an alarm, but act only on the alarm itself. */
function isAlarm(details: Json): boolean {
  const { current, state } = asMap(details);
  return (asText(current) ?? asText(state) ?? 'alarm').toLowerCase() === 'alarm';
}

async function groupOf(ctx: ResourceContext<Cloud>, properties: JsonMap, names: PolicyNames): Promise<Sibling> {
  const reference = asText(properties[names.group]) ?? '';
  const group = await stackOf(ctx).find(reference);
  if (group) return group;
  throw new MissingError(`Alarm ${ctx.resource.name} could not find scaling group named "${reference}"`, {
    reasonClass: 'NotFound',
  });
}

async function adjustmentFor(
  ctx: ResourceContext<Cloud>,
  group: Sibling,
  properties: JsonMap,
  names: PolicyNames,
  details: Json,
): Promise<Adjustment | undefined> {
  const type = toAdjustmentType(asText(properties[names.type]) ?? '');
  const minStep = asNumber(properties[names.minStep]);
  const step = minStep === undefined ? {} : { minStep };
  switch (asFilled(properties.PolicyType)) {
    case 'StepScaling': {
      const amount = stepAdjustment(properties, asMap(details));
      return amount === undefined ? undefined : { type, amount, ...step };
    }
    case 'TargetTrackingScaling': {
      const size = (await stackOf(ctx).group(group.uuid))?.size ?? 0;
      return trackingAdjustment(properties, asMap(details), size);
    }
    default:
      return { type, amount: asNumber(properties[names.amount]) ?? 0, ...step };
  }
}

function stepProblems(properties: JsonMap, names: PolicyNames, isHeat: boolean): string[] {
  if (!isGiven(properties[names.minStep])) return [];
  const percent = isHeat ? 'percent_change_in_capacity' : 'PercentChangeInCapacity';
  if (properties[names.type] === percent) return [];
  return [`${names.minStep} property should only be specified for ${names.type} with value ${percent}.`];
}
