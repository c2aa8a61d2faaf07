import type { TypeDefinition } from '../../define-type.js';
import { asText, pick } from '../../json-access.js';
import { requireWith } from '../../sentences.js';

/** OS::Barbican::Secret; its id is the address at which the service keeps it. */
export const secret: TypeDefinition = {
  kind: 'secrets',
  spec: ({ properties }) =>
    pick(
      properties,
      'name',
      'payload',
      'payload_content_type',
      'payload_content_encoding',
      'mode',
      'expiration',
      'algorithm',
      'bit_length',
      'secret_type',
    ),
  physicalId: ({ entity }) => `http://key-manager.example.com:9311/v1/secrets/${entity.id}`,
  entityId: (ref) => ref.physicalId?.split('/').at(-1),
  attributes({ entity }) {
    const { payload, ...shown } = entity.body;
    return { decrypted_payload: payload ?? null, status: entity.body.status ?? 'ACTIVE', show: shown };
  },
  validate(properties) {
    const errors = requireWith(properties, 'payload_content_type', 'payload');
    errors.push(...requireWith(properties, 'payload_content_encoding', 'payload_content_type'));
    if (asText(properties.payload) && !asText(properties.payload_content_type)) {
      errors.push('payload cannot be specified without payload_content_type.');
    }
    if (
      properties.payload_content_type === 'application/octet-stream' &&
      asText(properties.payload_content_encoding) === undefined
    ) {
      errors.push(
        "Property unspecified. For 'application/octet-stream' value of 'payload_content_type' 'payload_content_encoding' must be specified.",
      );
    }
    return errors;
  },
};
