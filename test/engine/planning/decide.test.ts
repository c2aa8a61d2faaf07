import type { PropertySchema } from '../../../src/engine/drivers/resource-schema.js';
import type { ResourceType } from '../../../src/engine/drivers/resource-type.js';
import type { ResourceRecord } from '../../../src/engine/model/records.js';
import { Secret, Unknown, type ValueMap } from '../../../src/engine/model/value.js';
import { blankRecord } from '../../../src/engine/operations/initial-records.js';
import { type Decision, decide, type Wanted } from '../../../src/engine/planning/decide.js';
import { digest } from '../../../src/engine/planning/digest.js';

const property = (onChange: PropertySchema['onChange']): PropertySchema => ({
  type: 'string',
  required: false,
  onChange,
});

const type: ResourceType = {
  schema: {
    type: 'T',
    origin: 'heat',
    properties: {
      soft: property('update'),
      hard: property('replace'),
      pinned: property('immutable'),
      maybe: property('maybe'),
    },
    attributes: {},
    supportStatus: { status: 'SUPPORTED', version: null, message: null, previous: null },
    nameLimit: 255,
    className: 'T',
    canSnapshot: false,
    capabilities: { check: false, suspend: false, signal: false },
  },
  create: () => Promise.reject(new Error('not here')),
  update: () => Promise.reject(new Error('not here')),
  delete: () => Promise.reject(new Error('not here')),
};

const template: ResourceType = {
  ...type,
  composed: { isTemplate: true, child: () => [], attribute: async () => null },
};

function wanted(properties: ValueMap = {}, patch: Partial<Wanted> = {}): Wanted {
  const { policies } = blankRecord('s', { name: 'r', typeName: 'T' }, 0, 1);
  return {
    typeName: 'T',
    type,
    properties,
    policies,
    metadata: {},
    definitionDigest: 'd',
    externalId: undefined,
    ...patch,
  };
}

let seq = 0;
function record(patch: Partial<ResourceRecord> = {}): ResourceRecord {
  const blank = blankRecord('s', { name: 'r', typeName: 'T' }, ++seq, 1);
  return { ...blank, action: 'CREATE', physicalId: `id-${seq}`, definitionDigest: 'd', ...patch };
}

const { update: _, ...withoutUpdate } = type;

test.each<{ reason: string; wanted: Wanted; records?: ResourceRecord[]; origin?: 'cfn'; is: Partial<Decision> }>([
  { reason: 'what is new is created', wanted: wanted(), is: { action: 'create', record: undefined } },
  {
    reason: 'what has an external id is taken over',
    wanted: wanted({}, { externalId: 'x' }),
    is: { action: 'import' },
  },
  {
    reason: 'what was never made is created',
    wanted: wanted(),
    records: [record({ action: 'INIT', physicalId: undefined })],
    is: { action: 'create' },
  },
  {
    reason: 'a name that stands for another type now means another resource',
    wanted: wanted(),
    records: [record({ standsFor: 'Other' })],
    is: { action: 'replace', why: 'T stands for T now' },
  },
  {
    reason: 'a nested template may come under another name',
    wanted: wanted({}, { typeName: 'other.yaml', type: template }),
    records: [record({ type: 'one.yaml', standsFor: 'template', childStackId: 'c' })],
    is: { action: 'update', why: 'its members decide' },
  },
  {
    reason: 'a group is no template',
    wanted: wanted({}, { typeName: 'other.yaml', type: template }),
    records: [record({ type: 'Group', standsFor: 'Group', childStackId: 'c' })],
    is: { action: 'replace' },
  },
  {
    reason: 'what stands for the same as before is left alone',
    wanted: wanted(),
    records: [record({ standsFor: 'T' })],
    is: { action: 'none' },
  },
  {
    reason: 'an outside thing that is ill is well again when nothing else is wanted',
    wanted: wanted({}, { externalId: 'x' }),
    records: [record({ physicalId: 'x', status: 'FAILED', policies: { ...wanted().policies, external: true } })],
    is: { action: 'none', heals: true },
  },
  {
    reason: 'what does not change is left alone',
    wanted: wanted({ soft: '1' }),
    records: [record({ properties: { soft: '1' } })],
    is: { action: 'none' },
  },
  {
    reason: 'an updatable property updates',
    wanted: wanted({ soft: '2' }),
    records: [record({ properties: { soft: '1' } })],
    is: { action: 'update', changed: ['soft'], why: 'property "soft" changed' },
  },
  {
    reason: 'a property that is gone counts as changed',
    wanted: wanted(),
    records: [record({ properties: { soft: '1' } })],
    is: { action: 'update', changed: ['soft'] },
  },
  {
    reason: 'a replacing property replaces, whatever else changes',
    wanted: wanted({ soft: '2', hard: '2' }),
    records: [record({ properties: { soft: '1', hard: '1' } })],
    is: { action: 'replace' },
  },
  {
    reason: 'an immutable one refuses, with all of their names',
    wanted: wanted({ pinned: '2', hard: '2' }),
    records: [record({ properties: { pinned: '1', hard: '1' } })],
    is: { action: 'refuse', why: 'pinned' },
  },
  {
    reason: 'a conditional one is not certain',
    wanted: wanted({ maybe: '2' }),
    records: [record({ properties: { maybe: '1' } })],
    is: { action: 'update', certain: false },
  },
  {
    reason: 'an unknown value may change',
    wanted: wanted({ soft: new Unknown(['other']) }),
    records: [record({ properties: { soft: '1' } })],
    is: { action: 'update', certain: false, because: ['other'] },
  },
  {
    reason: 'equal secrets are equal',
    wanted: wanted({ soft: new Secret('x') }),
    records: [record({ properties: { soft: new Secret('x') } })],
    is: { action: 'none' },
  },
  {
    reason: 'another secret is a change',
    wanted: wanted({ soft: new Secret('y') }),
    records: [record({ properties: { soft: new Secret('x') } })],
    is: { action: 'update' },
  },
  {
    reason: 'another type replaces',
    wanted: wanted({}, { typeName: 'U' }),
    records: [record()],
    is: { action: 'replace', why: 'its type changes from T to U' },
  },
  {
    reason: 'other metadata or policies update',
    wanted: wanted({}, { definitionDigest: 'e' }),
    records: [record()],
    is: { action: 'update', changed: [] },
  },
  {
    reason: 'metadata of a type that says so replaces',
    wanted: wanted({}, { metadata: { a: 1 }, type: { ...type, metadataReplaces: true } }),
    records: [record()],
    is: { action: 'replace' },
  },
  {
    reason: 'a type without update replaces',
    wanted: wanted({ soft: '2' }, { type: withoutUpdate }),
    records: [record({ properties: { soft: '1' } })],
    is: { action: 'replace' },
  },
  {
    reason: 'a type may want a replacement where the schema does not',
    wanted: wanted({ soft: '2' }, { type: { ...type, replaces: () => true } }),
    records: [record()],
    is: { action: 'replace' },
  },
  {
    reason: 'or an update where the schema replaces',
    wanted: wanted({ hard: '2' }, { type: { ...type, replaces: () => false } }),
    records: [record()],
    is: { action: 'update' },
  },
  {
    reason: 'a failed resource is replaced',
    wanted: wanted(),
    records: [record({ status: 'FAILED' })],
    is: { action: 'replace', why: 'it is CREATE_FAILED' },
  },
  {
    reason: 'so is one whose check failed',
    wanted: wanted(),
    records: [record({ action: 'CHECK', status: 'FAILED' })],
    is: { action: 'replace' },
  },
  {
    reason: 'a sturdy type is only mended',
    wanted: wanted({}, { type: { ...type, replaceFailed: false } }),
    records: [record({ status: 'FAILED' })],
    is: { action: 'none', heals: true },
  },
  {
    reason: 'but one that was never finished is made',
    wanted: wanted({}, { type: { ...type, replaceFailed: false } }),
    records: [record({ status: 'FAILED', physicalId: undefined })],
    is: { action: 'replace' },
  },
  {
    reason: 'CloudFormation repairs a failed update in place',
    wanted: wanted(),
    records: [record({ action: 'UPDATE', status: 'FAILED' })],
    origin: 'cfn',
    is: { action: 'none', heals: true },
  },
  {
    reason: 'a failed create it replaces too',
    wanted: wanted(),
    records: [record({ status: 'FAILED' })],
    origin: 'cfn',
    is: { action: 'replace' },
  },
  {
    reason: 'what is on its way out is made anew',
    wanted: wanted(),
    records: [record({ action: 'DELETE', status: 'FAILED' })],
    is: { action: 'replace' },
  },
  {
    reason: 'what was deleted to make room is made anew',
    wanted: wanted(),
    records: [record({ physicalId: undefined })],
    is: { action: 'replace', why: 'what it stood for is gone' },
  },
  {
    reason: 'every update visits a type that says so',
    wanted: wanted({}, { type: { ...type, onEveryUpdate: 'update' } }),
    records: [record()],
    is: { action: 'update' },
  },
  {
    reason: 'every update renews a type that says so',
    wanted: wanted({}, { type: { ...type, onEveryUpdate: 'replace' } }),
    records: [record()],
    is: { action: 'replace' },
  },
  {
    reason: 'an external thing stays as it is',
    wanted: wanted({ hard: '2' }, { externalId: 'x' }),
    records: [record({ physicalId: 'x', policies: { ...record().policies, external: true } })],
    is: { action: 'none' },
  },
  {
    reason: 'and cannot become another',
    wanted: wanted({}, { externalId: 'y' }),
    records: [record({ physicalId: 'x', policies: { ...record().policies, external: true } })],
    is: { action: 'refuse', why: 'external_id' },
  },
  {
    reason: 'nor can a thing of our own become external',
    wanted: wanted({}, { externalId: 'y' }),
    records: [record()],
    is: { action: 'refuse' },
  },
])('$reason', ({ wanted: wish, records = [], origin, is }) => {
  expect(decide(wish, records, origin ?? 'heat')).toMatchObject(is);
});

describe('of several records of one name', () => {
  const old = record({ properties: { hard: '1' }, replacedBy: 'fresh' });
  const fresh = record({ id: 'fresh', properties: { hard: '2' }, replaces: old.id });

  test.each([
    { reason: 'the one that needs least work stays', hard: '1', chosen: old.id, action: 'none' },
    { reason: 'the replacement, if it is what is wanted', hard: '2', chosen: fresh.id, action: 'none' },
    { reason: 'the newer one is replaced if both must be', hard: '3', chosen: fresh.id, action: 'replace' },
  ])('$reason', ({ hard, chosen, action }) => {
    const decision = decide(wanted({ hard }), [old, fresh], 'heat');
    expect([decision.record?.id, decision.action]).toEqual([chosen, action]);
  });

  test('a healthy one is better than a broken one, though it needs more work', () => {
    const broken = record({ properties: { soft: '2' }, status: 'FAILED' });
    const healthy = record({ properties: { soft: '1' } });
    expect(decide(wanted({ soft: '2' }), [healthy, broken], 'heat').record?.id).toBe(healthy.id);
  });

  test('one that is gone does not count', () => {
    expect(decide(wanted(), [record({ action: 'DELETE', status: 'COMPLETE' })], 'heat')).toMatchObject({
      action: 'create',
      record: undefined,
    });
  });
});

test('a digest does not depend on the order of keys, only on what is said', () => {
  expect(digest({ a: 1, b: [{ c: 2, d: null }] })).toBe(digest({ b: [{ d: null, c: 2 }], a: 1 }));
  expect(digest({ a: 1 })).not.toBe(digest({ a: '1' }));
  expect(digest({ a: [1, 2] })).not.toBe(digest({ a: [2, 1] }));
});
