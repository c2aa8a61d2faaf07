import type { PropertySchema } from '../../../../src/engine/drivers/resource-schema.js';
import type { Constraint } from '../../../../src/engine/model/constraint.js';
import type { Json, JsonMap } from '../../../../src/engine/model/value.js';

/** A value of a property that its schema refuses, and the words in which it does. */
export interface Violation {
  /** The place below the properties, for the name of the test. */
  readonly place: string;
  readonly property: string;
  readonly value: Json;
  readonly message: string;
}

const of = <K extends Constraint['kind']>(schema: PropertySchema, kind: K) =>
  schema.constraints?.find((one): one is Extract<Constraint, { kind: K }> => one.kind === kind);

const limits = ({ min, max }: { readonly min?: number; readonly max?: number }) =>
  `(min: ${min ?? 'None'}, max: ${max ?? 'None'})`;

/** What breaks the rules of one value, at any depth, in Heat's words. */
export function violationsOf(property: string, schema: PropertySchema): Violation[] {
  return broken(schema, property, 0).map((one) => ({ ...one, property }));
}

type Broken = Pick<Violation, 'place' | 'value' | 'message'>;

function broken(schema: PropertySchema, place: string, depth: number): Broken[] {
  if (depth > 4) return [];
  const inItems = schema.items
    ? broken(schema.items, `${place}[0]`, depth + 1).map((one) => ({
        ...one,
        value: schema.type === 'map' ? { key: one.value } : [one.value],
      }))
    : [];
  const inMap = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    schema.type !== 'map'
      ? []
      : broken(member, `${place}.${name}`, depth + 1).map((one) => ({
          ...one,
          value: { ...required(schema), [name]: one.value },
        })),
  );
  const missing =
    schema.type !== 'map'
      ? []
      : Object.entries(schema.properties ?? {}).flatMap(([name, { required: isRequired }]) => {
          const { [name]: _, ...others } = required(schema);
          return isRequired
            ? [{ place: `${place}.${name} absent`, value: others, message: `Property ${name} not assigned` }]
            : [];
        });
  const strange =
    schema.type === 'map' && schema.properties
      ? [
          {
            place: `${place}.nonsense`,
            value: { ...required(schema), nonsense: 1 },
            message: 'Unknown Property nonsense',
          },
        ]
      : [];
  return [...own(schema, place), ...inItems, ...inMap, ...missing, ...strange];
}

function own(schema: PropertySchema, place: string): Broken[] {
  const found: Broken[] = [];
  const add = (value: Json, message: string) =>
    found.push({ place: `${place} ${JSON.stringify(value)}`, value, message });
  const range = of(schema, 'range');
  if (range?.min !== undefined) add(range.min - 1, `${range.min - 1} is out of range ${limits(range)}`);
  if (range?.max !== undefined) add(range.max + 1, `${range.max + 1} is out of range ${limits(range)}`);
  const length = of(schema, 'length');
  if (length?.min) {
    const value = schema.type === 'list' ? [] : 'x'.repeat(length.min - 1);
    add(value, `length (${length.min - 1}) is out of range ${limits(length)}`);
  }
  if (length?.max !== undefined && schema.type === 'string')
    add('x'.repeat(length.max + 1), `length (${length.max + 1}) is out of range ${limits(length)}`);
  const allowed = of(schema, 'allowed_values');
  if (allowed && schema.type !== 'boolean') {
    const isNumber = schema.type === 'integer' || schema.type === 'number';
    const shown = `[${allowed.values.map((one) => (isNumber ? String(one) : `"${String(one)}"`)).join(', ')}]`;
    const value: Json = schema.type === 'list' ? ['nothing'] : isNumber ? 987_654 : 'nothing';
    const told = schema.type === 'list' ? `["nothing"]` : isNumber ? '987654' : '"nothing"';
    add(value, isNumber ? '987654' : `${told} is not an allowed value ${shown}`);
  }
  if (schema.type === 'integer') add('many', "Value 'many' is not an integer");
  if (schema.type === 'number') add('many', "could not convert string to float: 'many'");
  if (schema.type === 'boolean') add('perhaps', '"perhaps" is not a valid boolean');
  if (schema.type === 'list') add({ a: 1 }, 'is not a list');
  if (schema.type === 'map') add(['a'], 'is not a map');
  return found;
}

/** As few members as a map needs, each with a value that it takes. */
function required({ properties = {} }: PropertySchema): JsonMap {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, one]) => (one.required ? [[name, taken(one)]] : [])),
  );
}

function taken(schema: PropertySchema): Json {
  const [first] = of(schema, 'allowed_values')?.values ?? [];
  switch (schema.type) {
    case 'integer':
    case 'number':
      return of(schema, 'range')?.min ?? 1;
    case 'boolean':
      return true;
    case 'list':
      return schema.items ? [taken(schema.items)] : first === undefined ? [] : [first];
    case 'map':
      return required(schema);
    default:
      return first ?? 'x'.repeat(Math.max(1, of(schema, 'length')?.min ?? 1));
  }
}
