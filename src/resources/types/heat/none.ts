import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../../engine/drivers/resource-type.js';
import { derivedId } from '../../../engine/model/ids.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';

/** OS::Heat::None: takes any property, gives null for any attribute, and does nothing. */
export function none(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema: { ...schema, open: true },
    async create(ctx) {
      return {
        state: 'done',
        physicalId: derivedId('none', ctx.token),
        attributes: {},
        data: { is_placeholder: 'True' },
      };
    },
    async update(_ctx, ref) {
      return { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
    },
    onEveryUpdate: 'ignore',
    // There is nothing that could be ill.
    replaceFailed: false,
    async delete(_ctx, ref) {
      return gone(ref);
    },
    async attribute() {
      return null;
    },
  };
}
