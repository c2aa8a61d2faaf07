import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Progress, ResourceContext, ResourceRef, ResourceType } from '../../../engine/drivers/resource-type.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { derivedNumber } from '../../clouds/identifiers.js';
import { asMap, asNumber, asTexts } from '../../json-access.js';

/** OS::Heat::Delay: waits at the actions that it is told to wait at. */
export function delay(schema: ResourceSchema): ResourceType<Cloud> {
  /** It stands for nothing: it has no physical id, and references give its name. */
  const done = (ctx: ResourceContext<Cloud>, physicalId: string): Progress => ({
    state: 'done',
    physicalId,
    reference: ctx.resource.name,
    attributes: { show: {} },
  });

  const start = (ctx: ResourceContext<Cloud>, properties: JsonMap, action: string, physicalId: string): Progress => {
    const actions = properties.actions === undefined ? ['CREATE'] : asTexts(properties.actions);
    const jitter = (asNumber(properties.max_jitter) ?? 0) * (asNumber(properties.jitter_multiplier) ?? 1);
    // The same each time the intent is repeated, so that a crash does not draw again.
    const share = derivedNumber(1_000_000, 'jitter', ctx.token) / 1_000_000;
    const waitMs = Math.round(((asNumber(properties.min_wait) ?? 0) + jitter * share) * 1000);
    if (!actions.includes(action) || waitMs <= 0) return done(ctx, physicalId);
    return { state: 'pending', physicalId, checkpoint: { until: ctx.clock.now() + waitMs }, pollAfterMs: waitMs };
  };
  const begin = (action: string) => async (ctx: ResourceContext<Cloud>, ref: ResourceRef) =>
    start(ctx, ref.properties, action, ref.physicalId ?? '');

  return {
    schema,
    async create(ctx, properties) {
      return start(ctx, properties, 'CREATE', '');
    },
    delete: begin('DELETE'),
    suspend: begin('SUSPEND'),
    resume: begin('RESUME'),
    async poll(ctx, ref, checkpoint) {
      const left = (asNumber(asMap(checkpoint).until) ?? 0) - ctx.clock.now();
      const physicalId = ref.physicalId ?? '';
      return left <= 0 ? done(ctx, physicalId) : { state: 'pending', physicalId, checkpoint, pollAfterMs: left };
    },
  };
}
