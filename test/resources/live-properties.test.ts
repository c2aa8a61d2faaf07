import type { PropertySchema, ResourceSchema } from '../../src/engine/drivers/resource-schema.js';
import { liveProperties } from '../../src/resources/live-properties.js';

const of = (more: Partial<PropertySchema>): PropertySchema => ({
  type: 'string',
  required: false,
  onChange: 'update',
  ...more,
});
const text = of({});
const address = of({ type: 'map', properties: { subnet: text, ip_address: text } });
const schema = {
  properties: { device_id: text, fixed_ips: of({ type: 'list', items: address }), metadata: of({ type: 'map' }) },
} as unknown as ResourceSchema;

const ID = '12d14e26-a4d8-4152-8671-5d672bd331b9';
const OTHER = 'f2953d54-c96c-419e-b1e0-d92ec49758dd';

test.each([
  {
    reason: 'what the cloud adds to an item is left out',
    properties: { fixed_ips: [{ subnet: ID }] },
    body: { fixed_ips: [{ subnet_id: ID, ip_address: '10.0.0.3' }] },
    live: { fixed_ips: [{ subnet: ID }] },
  },
  {
    reason: 'a name stays a name',
    properties: { fixed_ips: [{ subnet: 'private' }] },
    body: { fixed_ips: [{ subnet_id: ID, ip_address: '10.0.0.3' }] },
    live: { fixed_ips: [{ subnet: 'private' }] },
  },
  {
    reason: 'another id is told',
    properties: { fixed_ips: [{ subnet: ID, ip_address: '10.0.0.3' }] },
    body: { fixed_ips: [{ subnet_id: OTHER, ip_address: '10.0.0.4' }] },
    live: { fixed_ips: [{ subnet: OTHER, ip_address: '10.0.0.4' }] },
  },
  {
    reason: 'another number of items is told whole',
    properties: { fixed_ips: [{ subnet: ID }] },
    body: { fixed_ips: [] },
    live: { fixed_ips: [] },
  },
  {
    reason: 'a map with free keys is told whole',
    properties: { metadata: { a: '1' } },
    body: { metadata: { a: '1', b: '2' } },
    live: { metadata: { a: '1', b: '2' } },
  },
  {
    reason: 'an empty text asks for nothing',
    properties: { device_id: '' },
    body: { device_id: ID },
    live: {},
  },
  { reason: 'what is not told is not there', properties: { device_id: ID }, body: {}, live: {} },
])('$reason', ({ properties, body, live }) => {
  expect(liveProperties(schema, properties, body)).toEqual(live);
});
