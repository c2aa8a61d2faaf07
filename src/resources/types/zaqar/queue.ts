import { callOf, type TypeDefinition } from '../../define-type.js';
import { pick } from '../../json-access.js';

/** OS::Zaqar::Queue */
export const queue: TypeDefinition = {
  kind: 'queues',
  spec: ({ properties, name }) => ({ ...pick(properties, 'metadata'), name }),
  attributes: ({ entity }) => ({
    href: `http://messaging.example.com:8888/v2/queues/${entity.id}`,
    queue_id: entity.id,
    show: entity.body.metadata ?? {},
  }),
  update: ({ ctx, id, collection, properties }) =>
    collection.update(callOf(ctx), id, { metadata: properties.metadata ?? {} }),
};
