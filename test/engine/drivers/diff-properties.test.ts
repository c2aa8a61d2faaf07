import { diffProperties } from '../../../src/engine/drivers/diff-properties.js';
import type { OnChange, PropertySchema } from '../../../src/engine/drivers/resource-schema.js';
import { type JsonMap, Secret, Unknown, type ValueMap } from '../../../src/engine/model/value.js';

const property = (onChange: OnChange, more: Partial<PropertySchema> = {}): PropertySchema => ({
  type: 'string',
  required: false,
  onChange,
  ...more,
});

const properties = {
  free: property('update'),
  fixed: property('replace'),
  frozen: property('immutable'),
  perhaps: property('maybe'),
  sized: property('replace', { type: 'integer', default: 3 }),
  inner: property('update', { type: 'map', properties: { soft: property('update'), hard: property('replace') } }),
  items: property('update', {
    type: 'list',
    items: property('update', { type: 'map', properties: { soft: property('update'), hard: property('replace') } }),
  }),
};

const heat = { origin: 'heat' as const, properties };
const aws = { origin: 'aws' as const, properties };
const later = new Unknown(['other']);

test.each<{ reason: string; before: JsonMap; after: ValueMap; effect: string; changed: string[]; unknown?: string[] }>([
  {
    reason: 'the same values',
    before: { free: 'a', inner: { x: [1] } },
    after: { inner: { x: [1] }, free: 'a' },
    effect: 'none',
    changed: [],
  },
  { reason: 'a change in place', before: { free: 'a' }, after: { free: 'b' }, effect: 'update', changed: ['free'] },
  { reason: 'an added value', before: {}, after: { free: 'b' }, effect: 'update', changed: ['free'] },
  { reason: 'a removed value', before: { free: 'a' }, after: {}, effect: 'update', changed: ['free'] },
  {
    reason: 'a replacing change next to a soft one',
    before: { free: 'a', fixed: 'a' },
    after: { free: 'b', fixed: 'b' },
    effect: 'replace',
    changed: ['free', 'fixed'],
  },
  {
    reason: 'an immutable property',
    before: { frozen: 'a', fixed: 'a' },
    after: { frozen: 'b', fixed: 'b' },
    effect: 'immutable',
    changed: ['fixed', 'frozen'],
  },
  {
    reason: 'a conditional property',
    before: { perhaps: 'a' },
    after: { perhaps: 'b' },
    effect: 'maybe',
    changed: ['perhaps'],
  },
  { reason: 'an absent value that equals its default', before: {}, after: { sized: 3 }, effect: 'none', changed: [] },
  {
    reason: 'a value that is not known yet',
    before: { fixed: 'a' },
    after: { fixed: later },
    effect: 'maybe',
    changed: [],
    unknown: ['fixed'],
  },
  {
    reason: 'an unknown where an update is enough',
    before: { free: 'a' },
    after: { free: later },
    effect: 'update',
    changed: [],
    unknown: ['free'],
  },
  {
    reason: 'an unknown part next to a part that surely changed',
    before: { inner: { soft: 'a', hard: 'x' } },
    after: { inner: { soft: later, hard: 'y' } },
    effect: 'update',
    changed: ['inner'],
  },
  {
    reason: 'a secret that stays',
    before: { fixed: 's' },
    after: { fixed: new Secret('s') },
    effect: 'none',
    changed: [],
  },
  {
    reason: 'a property that no schema knows',
    before: { custom: 1 },
    after: { custom: 2 },
    effect: 'update',
    changed: ['custom'],
  },
])('Heat: $reason', ({ before, after, effect, changed, unknown = [] }) => {
  expect(diffProperties(heat, before, after)).toMatchObject({ effect, changed, unknown });
});

describe('CloudFormation', () => {
  test('the place that changed decides', () => {
    const diff = diffProperties(aws, { inner: { soft: 'a', hard: 'x' } }, { inner: { soft: 'a', hard: 'y' } });
    expect(diff).toEqual({
      changed: ['inner'],
      unknown: [],
      effect: 'replace',
      details: [{ path: ['inner', 'hard'], onChange: 'replace', before: 'x', after: 'y', unknown: false }],
    });
  });

  test('items are compared one by one while their number stays', () => {
    const before = { items: [{ soft: 'a' }, { soft: 'b' }] };
    expect(diffProperties(aws, before, { items: [{ soft: 'a' }, { soft: 'c' }] }).details).toMatchObject([
      { path: ['items', 1, 'soft'], onChange: 'update' },
    ]);
    expect(diffProperties(aws, before, { items: [{ soft: 'a' }] }).details).toMatchObject([{ path: ['items'] }]);
  });

  test('an unknown leaf leaves its known neighbours alone', () => {
    const diff = diffProperties(aws, { inner: { soft: 'a', hard: 'x' } }, { inner: { soft: 'a', hard: later } });
    expect(diff).toMatchObject({
      changed: [],
      unknown: ['inner'],
      effect: 'maybe',
      details: [{ path: ['inner', 'hard'], unknown: true }],
    });
  });

  test('writing down a default is a change of the template', () => {
    expect(diffProperties(aws, {}, { sized: 3 }).changed).toEqual(['sized']);
  });
});
