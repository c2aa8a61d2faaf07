import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../../engine/drivers/resource-type.js';
import { RejectedError } from '../../../engine/model/errors.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';

/** A type that is known but not made here: templates with it are refused, with the reason and a way out. */
export function unsupported(why: string): (schema: ResourceSchema) => ResourceType<Cloud> {
  return (schema) => {
    const sentence = `${schema.type} is not supported: ${why}.`;
    return {
      // Its properties are of no account: nobody shall mend them to be told then that the type is not there.
      schema: { ...schema, properties: {}, open: true },
      unsupported: sentence,
      async create() {
        throw new RejectedError(sentence, { reasonClass: 'NotSupported' });
      },
      async delete(_ctx, ref) {
        return gone(ref);
      },
    };
  };
}
