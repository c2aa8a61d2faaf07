import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Progress, ResourceContext, ResourceType, Verb } from '../../../engine/drivers/resource-type.js';
import { RejectedError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asBoolean, asMap, asNumber, asText, isGiven } from '../../json-access.js';

const SECOND = 1000;

function waitOf(properties: JsonMap, verb: 'create' | 'update' | 'delete'): number {
  const own = asNumber(asMap(properties.action_wait_secs)[verb]);
  return own ?? asNumber(properties.wait_secs) ?? 0;
}

/**
 * OS::Heat::TestResource: waits, fails and is replaced as its properties say. It polls once a second, as Heat's does;
 * without any wait it looks once and is done.
 */
export function testResource(schema: ResourceSchema): ResourceType<Cloud> {
  const begin = (
    ctx: ResourceContext<Cloud>,
    properties: JsonMap,
    waitSecs: number,
    value: string | null,
    physicalId: string,
  ): Progress => ({
    state: 'pending',
    physicalId,
    checkpoint: { startedAt: ctx.clock.now(), waitSecs, value, fail: asBoolean(properties.fail) ?? false },
    pollAfterMs: waitSecs > 0 ? Math.min(SECOND, waitSecs * SECOND) : waitSecs < 0 ? SECOND : 0,
  });
  const done = (physicalId: string, value: string | null): Progress => ({
    state: 'done',
    physicalId,
    attributes: { output: value, show: {} },
    data: value === null ? {} : { value },
  });

  return {
    schema,
    replaceFailed: true,
    async create(ctx, properties) {
      const fails = asBoolean(properties.fail) ?? false;
      const value = fails ? null : (asText(properties.value) ?? '');
      const physicalId = fails ? '' : ctx.resource.physicalName;
      const progress = begin(ctx, properties, waitOf(properties, 'create'), value, physicalId);
      return fails ? withoutId(progress) : progress;
    },
    // Nothing is ever made, so nothing is lost with an answer.
    find: async () => undefined,
    async update(ctx, ref, change) {
      const { after, changed } = change;
      const fails = asBoolean(after.fail) ?? false;
      const stored = asText(ref.data.value) ?? null;
      const value = changed.includes('value') && !fails ? (asText(after.value) ?? stored) : stored;
      const waitSecs = changed.includes('value') && isGiven(after.value) ? waitOf(after, 'update') : 0;
      return begin(ctx, after, waitSecs, value, ref.physicalId ?? ctx.resource.physicalName);
    },
    replaces({ after, changed }) {
      return changed.includes('value') && asBoolean(after.update_replace) ? true : undefined;
    },
    async delete(ctx, ref) {
      return begin(
        ctx,
        ref.properties,
        waitOf(ref.properties, 'delete'),
        asText(ref.data.value) ?? null,
        ref.physicalId ?? '',
      );
    },
    async poll(ctx, ref, checkpoint, verb) {
      const notes = asMap(checkpoint);
      const waitSecs = asNumber(notes.waitSecs) ?? 0;
      const waitedMs = ctx.clock.now() - (asNumber(notes.startedAt) ?? 0);
      const physicalId = ref.physicalId ?? ctx.resource.physicalName;
      if (waitSecs < 0 || waitedMs < waitSecs * SECOND) {
        const left = waitSecs < 0 ? SECOND : waitSecs * SECOND - waitedMs;
        const pollAfterMs = Math.min(SECOND, Math.max(1, left));
        // One that is going to fail never gets an id.
        if (verb === 'create' && notes.fail === true) return { state: 'pending', checkpoint, pollAfterMs };
        return { state: 'pending', physicalId, checkpoint, pollAfterMs };
      }
      if (notes.fail === true && mayFail(verb)) {
        throw new RejectedError(`Test Resource failed ${ctx.resource.name}`, { reasonClass: 'ValueError' });
      }
      return done(physicalId, asText(notes.value) ?? null);
    },
    async attribute(ctx, ref, name) {
      const waitSecs = asNumber(ref.properties.attr_wait_secs) ?? 0;
      if (waitSecs > 0) await ctx.clock.sleep(waitSecs * SECOND, ctx.signal);
      return name === 'output' ? (ref.data.value ?? null) : null;
    },
  };
}

function mayFail(verb: Verb): boolean {
  return verb !== 'delete';
}

function withoutId(progress: Progress): Progress {
  if (progress.state !== 'pending') return progress;
  const { physicalId: _none, ...rest } = progress;
  return rest;
}
