import { pythonRepr, pythonStr, pythonType } from '../model/python-text.js';
import type { Json } from '../model/value.js';
import type { PropertySchema } from './resource-schema.js';

/** Why a value cannot be what its property's type wants. */
export class Mismatch {
  constructor(readonly message: string) {}
}

/** How one world turns written values into a property's type. Lists and maps only pass or fail; their insides come later. */
export interface Conversions {
  /** What null stands for; undefined: the property counts as absent. */
  ofNull(property: PropertySchema): Json | undefined;
  /** Absent properties get their default. */
  readonly fillsDefaults: boolean;
  /**
   * The converted scalar, the same list or map, or a Mismatch.
   * @param shown the value as messages may quote it: masked if it is secret.
   * @param name the property's name, for messages.
   */
  convert(property: PropertySchema, value: Json, shown: Json, name: string): Json | Mismatch;
}

const INTEGER = /^\s*[+-]?\d+(?:_\d+)*\s*$/;
const FLOAT = /^\s*[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

const parseNumeral = (text: string): number => Number(text.trim().replaceAll('_', ''));

const ZERO_VALUES: { readonly [type: string]: Json } = {
  string: '',
  integer: 0,
  number: 0,
  boolean: false,
  map: {},
  list: [],
};

function heatInteger(value: Json, shown: Json): Json | Mismatch {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    return INTEGER.test(value) ? parseNumeral(value) : new Mismatch(`Value '${pythonStr(shown)}' is not an integer`);
  }
  return notNumeric(value);
}

const notNumeric = (value: Json): Mismatch =>
  new Mismatch(`int() argument must be a string, a bytes-like object or a real number, not '${pythonType(value)}'`);

function heatNumber(value: Json, shown: Json): Json | Mismatch {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    if (FLOAT.test(value)) return parseNumeral(value);
    return new Mismatch(`could not convert string to float: ${pythonRepr(shown)}`);
  }
  return notNumeric(value);
}

function heatString(value: Json, shown: Json): Json | Mismatch {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isInteger(value)) return pythonStr(value);
  return new Mismatch(`Value must be a string; got ${pythonRepr(shown)}`);
}

function heatBoolean(value: Json, shown: Json): Json | Mismatch {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (word === 'true' || word === 'false') return word === 'true';
  return new Mismatch(`"${pythonStr(shown).toLowerCase()}" is not a valid boolean`);
}

/** Heat's rules and words (hot.md §4). */
export const HEAT_CONVERSIONS: Conversions = {
  fillsDefaults: true,
  ofNull: (property) => property.default ?? ZERO_VALUES[property.type] ?? null,
  convert(property, value, shown) {
    switch (property.type) {
      case 'string':
        return heatString(value, shown);
      case 'integer':
        return heatInteger(value, shown);
      case 'number':
        return heatNumber(value, shown);
      case 'boolean':
        return heatBoolean(value, shown);
      case 'list':
        return Array.isArray(value) ? value : new Mismatch(`"${pythonRepr(shown)}" is not a list`);
      case 'map':
        return isPlainMap(value) ? value : new Mismatch(`"${pythonStr(shown)}" is not a map`);
      case 'any':
        return value;
    }
  },
};

const isPlainMap = (value: Json): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (property: PropertySchema | undefined): boolean =>
  property !== undefined && property.type !== 'list' && property.type !== 'map' && property.type !== 'any';

const CFN_NAMES: { readonly [type: string]: string } = {
  string: 'String',
  integer: 'Integer',
  number: 'Number',
  boolean: 'Boolean',
};

/** What CloudFormation says that a value must be. */
function awsExpectation(property: PropertySchema): string {
  const { type, items } = property;
  if (type === 'list') {
    if (items && isScalar(items)) return `must be of type List of ${CFN_NAMES[items.type] ?? 'String'}`;
    return 'must be of type List';
  }
  if (type === 'map') {
    return isScalar(items) ? 'must be an object with String (or simple type) properties' : 'must be an object';
  }
  return `must be of type ${CFN_NAMES[type] ?? 'String'}`;
}

function awsScalar(property: PropertySchema, value: Json): Json | undefined {
  switch (property.type) {
    case 'string':
      return typeof value === 'object' ? undefined : String(value);
    case 'integer':
      if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
      return typeof value === 'string' && INTEGER.test(value) ? parseNumeral(value) : undefined;
    case 'number':
      if (typeof value === 'number') return value;
      return typeof value === 'string' && FLOAT.test(value) ? parseNumeral(value) : undefined;
    case 'boolean': {
      if (typeof value === 'boolean') return value;
      const word = typeof value === 'string' ? value.toLowerCase() : undefined;
      return word === 'true' || word === 'false' ? word === 'true' : undefined;
    }
    case 'list':
      return Array.isArray(value) ? value : undefined;
    case 'map':
      return isPlainMap(value) ? value : undefined;
    case 'any':
      return value;
  }
}

/** CloudFormation's rules and words: text and scalars pass for each other, and defaults stay the service's business. */
export const AWS_CONVERSIONS: Conversions = {
  fillsDefaults: false,
  ofNull: () => undefined,
  convert(property, value, _shown, name) {
    return awsScalar(property, value) ?? new Mismatch(`Value of property ${name} ${awsExpectation(property)}`);
  },
};
