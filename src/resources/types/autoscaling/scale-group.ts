import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { Sibling } from '../../../engine/drivers/stack-access.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asNumber } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { type Adjustment, newCapacity } from './adjustment.js';
import { beginScaling, endScaling, isBeingScaled, mayScale } from './cooldown.js';
import { sizesOf } from './heat-scaling-group.js';
import { groupSizes } from './instance-group.js';
import { type Limits, limitsNow, withLimits } from './scheduled-limits.js';

/** A change of a group's size that somebody asks for. */
export interface ScalingRequest {
  readonly adjustment: Adjustment;
  /** Seconds; absent: the group's own. */
  readonly cooldown: number | undefined;
  /** Set by a schedule: limits that hold from now on, and no cooldown stands in the way. */
  readonly scheduled?: Partial<Limits>;
}

/**
 * Scales a group, waits for its end and starts its cooldown. Gives false if nothing is to be done: the group is busy,
 * broken or in its cooldown, or it has the size already.
 */
export async function scaleGroup(
  ctx: ResourceContext<Cloud>,
  group: Sibling,
  request: ScalingRequest,
): Promise<boolean> {
  const stack = stackOf(ctx);
  const state = await stack.group(group.uuid);
  if (!state?.settled || !group.status.endsWith('_COMPLETE')) return skip(ctx, group, 'it is not settled');
  const isHeat = group.type === 'OS::Heat::AutoScalingGroup';
  const own = isHeat ? sizesOf(group.properties) : groupSizes(group.properties);
  const limits = { ...limitsNow(group.metadata, own), ...request.scheduled };
  if (request.scheduled && Object.keys(request.scheduled).length > 0)
    await stack.changeMetadata(group.uuid, (metadata) => withLimits(metadata, own, limits));
  const size = newCapacity(state.size, request.adjustment, limits.min, limits.max);
  if (size === state.size) return skip(ctx, group, 'it has the size already');
  const ownCooldown = asNumber(isHeat ? group.properties.cooldown : group.properties.Cooldown);
  const begun = await stack.changeMetadata(group.uuid, (metadata) =>
    (request.scheduled ? !isBeingScaled(metadata) : mayScale(metadata, ctx.clock.now()))
      ? beginScaling(metadata)
      : undefined,
  );
  if (begun === undefined) return skip(ctx, group, 'it is in its cooldown or being scaled');
  const { type, amount } = request.adjustment;
  let sizeChanged = false;
  try {
    await stack.resize(group.uuid, size);
    sizeChanged = true;
  } finally {
    await stack.changeMetadata(group.uuid, (metadata) =>
      endScaling(metadata, {
        now: ctx.clock.now(),
        cooldown: request.cooldown ?? ownCooldown,
        reason: `${type} : ${amount}`,
        sizeChanged,
      }),
    );
  }
  return true;
}

function skip(ctx: ResourceContext<Cloud>, group: Sibling, why: string): false {
  ctx.log(`a group is not scaled: ${why}`, { group: group.name });
  return false;
}
