import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceContext, ResourceType } from '../../../engine/drivers/resource-type.js';
import { MissingError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asNumber, asText, compact } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { nextCronTime } from './cron.js';
import { scaleGroup } from './scale-group.js';

/** AWS::AutoScaling::ScheduledAction: sets a group's size at a time, or again and again. */
export function scheduledAction(schema: ResourceSchema): ResourceType<Cloud> {
  const outcome = (ctx: ResourceContext<Cloud>) => ({
    physicalId: ctx.resource.physicalName,
    attributes: { ScheduledActionName: ctx.resource.physicalName },
  });
  return {
    schema,
    validate: problemsOf,
    wakesAt,
    async create(ctx) {
      return { state: 'done', ...outcome(ctx) };
    },
    async update(ctx) {
      return { state: 'done', ...outcome(ctx) };
    },
    async delete(_ctx, ref) {
      return gone(ref);
    },
    async signal(ctx, { properties }) {
      const reference = asText(properties.AutoScalingGroupName) ?? '';
      const group = await stackOf(ctx).find(reference);
      if (!group)
        throw new MissingError(`AutoScalingGroup name not found - ${reference}`, { reasonClass: 'ValidationError' });
      const size = (await stackOf(ctx).group(group.uuid))?.size ?? 0;
      const amount = asNumber(properties.DesiredCapacity) ?? size;
      const scheduled = compact({ min: asNumber(properties.MinSize), max: asNumber(properties.MaxSize) });
      // What a schedule asks for is not held back by a cooldown, nor does it start one.
      const adjustment = { type: 'ExactCapacity', amount } as const;
      const isScaled = await scaleGroup(ctx, group, { adjustment, cooldown: 0, scheduled });
      return { reason: isScaled ? `Signal: executed scheduled action ${ctx.resource.physicalName}` : null };
    },
  };
}

/** The next time of an action: its start, then as often as its recurrence says, until its end. */
function wakesAt(properties: JsonMap, after: number): number | undefined {
  const start = timeOf(properties.StartTime);
  const end = timeOf(properties.EndTime) ?? Number.POSITIVE_INFINITY;
  const recurrence = asFilled(properties.Recurrence);
  const next =
    recurrence === undefined
      ? start !== undefined && start > after
        ? start
        : undefined
      : nextCronTime(recurrence, Math.max(after, (start ?? 0) - 1), asFilled(properties.TimeZone) ?? 'UTC');
  return next !== undefined && next <= end ? next : undefined;
}

function timeOf(value: JsonMap[string] | undefined): number | undefined {
  const text = asFilled(value);
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function problemsOf(properties: JsonMap): string[] {
  const { MinSize, MaxSize, DesiredCapacity, Recurrence, StartTime } = properties;
  const problems: string[] = [];
  if ([MinSize, MaxSize, DesiredCapacity].every((size) => asNumber(size) === undefined)) {
    problems.push('At least one of MinSize, MaxSize or DesiredCapacity must be specified.');
  }
  const recurrence = asFilled(Recurrence);
  if (recurrence === undefined && timeOf(StartTime) === undefined)
    problems.push('Either StartTime or Recurrence must be specified.');
  if (recurrence !== undefined && nextCronTime(recurrence, 0) === undefined)
    problems.push(`Given recurrence string: ${recurrence} is invalid.`);
  return problems;
}
