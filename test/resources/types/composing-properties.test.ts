import type { PropertySchema, ResourceSchema } from '../../../src/engine/drivers/resource-schema.js';
import { validateProperties } from '../../../src/engine/drivers/validate-properties.js';
import type { Constraint } from '../../../src/engine/model/constraint.js';
import type { ResourceRecord } from '../../../src/engine/model/records.js';
import type { Json, JsonMap, ValueMap } from '../../../src/engine/model/value.js';
import { decide } from '../../../src/engine/planning/decide.js';
import { createTypeRegistry } from '../../../src/resources/type-registry.js';
import { COMPOSING_TYPES } from '../../../src/resources/types/composing-types.js';

const registry = createTypeRegistry();

/** Every form of every composing, waiting and software type. */
const TYPES = Object.keys(COMPOSING_TYPES)
  // Workflows are never made: their declarations are refused.
  .filter((name) => !name.includes('Mistral'))
  .flatMap((name) =>
    (['heat', 'aws'] as const).flatMap((prefer) => {
      const type = registry.resolve(name, { prefer });
      return type && (type.schema.origin === 'aws') === (prefer === 'aws') ? [{ name, prefer, type }] : [];
    }),
  );

const of = <K extends Constraint['kind']>(schema: PropertySchema, kind: K) =>
  schema.constraints?.find((one): one is Extract<Constraint, { kind: K }> => one.kind === kind);

/** Two different values that a property takes. */
function samples(schema: PropertySchema): readonly [Json, Json] {
  const allowed = of(schema, 'allowed_values')?.values ?? [];
  const [first, second] = allowed;
  const texts: readonly [Json, Json] = first !== undefined && second !== undefined ? [first, second] : ['one', 'two'];
  const least = of(schema, 'range')?.min ?? 1;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return [least, least + 1];
    case 'boolean':
      return [false, true];
    case 'list':
      return schema.items?.type === 'map' || schema.items?.properties ? [[], [{}]] : [[texts[0]], [texts[1]]];
    case 'map':
      return [{}, schema.properties ? mapSample(schema) : { key: 'value' }];
    default:
      return texts;
  }
}

function mapSample({ properties = {} }: PropertySchema): JsonMap {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, samples(property)[1]]));
}

function recordOf(type: string, properties: ValueMap): ResourceRecord {
  return {
    id: 'r',
    seq: 1,
    stackId: 's',
    name: 'r',
    type,
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: '',
    physicalId: 'p',
    reference: undefined,
    properties,
    attributes: {},
    metadata: {},
    data: {},
    policies: { deletion: 'Delete', updateReplace: 'Delete', update: {}, creation: {} },
    requires: [],
    definitionDigest: 'd',
    replaces: undefined,
    replacedBy: undefined,
    childStackId: undefined,
    intent: undefined,
    createdAt: 0,
    updatedAt: 0,
  };
}

/** Types that never are what they were: every update makes them anew, or none touches them. */
const ALWAYS = new Set(['OS::Heat::UpdateWaitConditionHandle']);

describe.each(TYPES)('$name of $prefer', ({ name, prefer, type }) => {
  const properties = Object.entries(type.schema.properties).filter(([, schema]) => !schema.notImplemented);

  if (properties.length > 0 && !ALWAYS.has(name)) {
    test.each(properties.map(([property, schema]) => ({ property, schema, onChange: schema.onChange })))(
      'a change of $property: $onChange',
      ({ property, schema, onChange }) => {
        const [before, after] = samples(schema);
        const record = { ...recordOf(name, { [property]: before }), ...(type.composed ? { childStackId: 'c' } : {}) };
        const wanted = {
          typeName: name,
          type,
          properties: { [property]: after },
          metadata: {},
          policies: record.policies,
          definitionDigest: 'd',
          externalId: undefined,
        };
        const decision = decide(wanted, [record], prefer === 'aws' ? 'cfn' : 'heat');
        const expected = onChange === 'update' ? 'update' : onChange === 'replace' ? 'replace' : 'refuse';
        expect([decision.action, decision.changed]).toEqual([expected, [property]]);
        // A type that is said to change in place can do it.
        if (expected === 'update') expect(type.update !== undefined || type.composed !== undefined).toBe(true);
      },
    );
  }

  test('what it must have and does not get is named, and so is what it does not know', () => {
    const { diagnostics } = validateProperties(
      type.schema,
      { nonsense: 1 },
      { path: ['Resources', 'r', 'Properties'] },
    );
    const said = diagnostics.map(({ message }) => message).join('\n');
    const isOpen = type.schema.open === true;
    if (!isOpen) expect(said).toContain('nonsense');
    for (const [property, schema] of properties) if (schema.required) expect(said).toContain(property);
  });

  const constrained = prefer === 'heat' ? properties.flatMap(([property, schema]) => violations(property, schema)) : [];
  if (constrained.length > 0) {
    test.each(constrained)('$property refuses $value: $message', ({ property, value, message }) => {
      const given = { ...minimal(type.schema), [property]: value };
      const { diagnostics } = validateProperties(type.schema, given, { path: ['resources', 'r', 'properties'] });
      expect(diagnostics.map((one) => one.message)).toEqual([message]);
    });
  }
});

/** As few properties as the type needs. */
function minimal({ properties }: ResourceSchema): JsonMap {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => {
      if (!schema.required) return [];
      const least = of(schema, 'length')?.min ?? 0;
      if (schema.type === 'map') return [[name, mapSample(schema)]];
      return [[name, least > 0 && schema.type === 'list' ? [mapSample(schema.items ?? schema)] : samples(schema)[0]]];
    }),
  );
}

/** Values that break each constraint, with Heat's words for it. */
function violations(property: string, schema: PropertySchema): { property: string; value: Json; message: string }[] {
  const found: { property: string; value: Json; message: string }[] = [];
  const range = of(schema, 'range');
  const limits = ({ min, max }: { readonly min?: number; readonly max?: number }) =>
    `(min: ${min ?? 'None'}, max: ${max ?? 'None'})`;
  for (const value of [(range?.min ?? 0) - 1, (range?.max ?? Number.NaN) + 1]) {
    if (!range || Number.isNaN(value) || (value < 0 && range.min === undefined)) continue;
    found.push({ property, value, message: `${value} is out of range ${limits(range)}` });
  }
  const length = of(schema, 'length');
  if (length?.min !== undefined && length.min > 0) {
    const value = schema.type === 'list' ? [] : 'x'.repeat(length.min - 1);
    found.push({ property, value, message: `length (${length.min - 1}) is out of range ${limits(length)}` });
  }
  const allowed = of(schema, 'allowed_values');
  if (allowed) {
    const shown = `[${allowed.values.map((one) => `"${String(one)}"`).join(', ')}]`;
    const value = schema.type === 'list' ? ['nothing'] : 'nothing';
    found.push({
      property,
      value,
      message: `${schema.type === 'list' ? '["nothing"]' : '"nothing"'} is not an allowed value ${shown}`,
    });
  }
  if (schema.type === 'integer') found.push({ property, value: 'many', message: "Value 'many' is not an integer" });
  if (schema.type === 'number')
    found.push({ property, value: 'many', message: "could not convert string to float: 'many'" });
  if (schema.type === 'boolean')
    found.push({ property, value: 'perhaps', message: '"perhaps" is not a valid boolean' });
  return found;
}
