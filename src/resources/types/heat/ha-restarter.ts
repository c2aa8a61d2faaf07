import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../../engine/drivers/resource-type.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asMap, asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { signalReason } from './signal-reason.js';
import { signedUrl } from './signal-transport.js';

/** OS::Heat::HARestarter: a signal makes a server, and all that depends on it, anew. */
export function haRestarter(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    async create(ctx) {
      const user = await stackOf(ctx).users.ensure(ctx.resource.uuid);
      return { state: 'done', physicalId: user.userId, attributes: { AlarmUrl: await signedUrl(ctx, 'signal') } };
    },
    async update(_ctx, ref) {
      return { state: 'replace', why: `${ref.name} cannot be updated` };
    },
    async delete(ctx, ref) {
      await stackOf(ctx).users.remove(ctx.resource.uuid);
      return gone(ref);
    },
    async signal(ctx, ref, { details }) {
      const state = (asText(asMap(details).state) ?? 'alarm').toLowerCase();
      const reference = asText(ref.properties.InstanceId) ?? '';
      const victim = state === 'alarm' ? await stackOf(ctx).find(reference) : undefined;
      if (victim) {
        ctx.log('an alarm restarts a resource', { victim: victim.name });
        await stackOf(ctx).restart(victim.name);
      } else {
        ctx.log('an alarm restarts nothing', { state, instance: reference });
      }
      return { reason: signalReason(details) };
    },
  };
}
