import { dumpJson } from '../../model/python-json.js';
import { pythonStr } from '../../model/python-text.js';
import { type Json, type JsonMap, MASK, revealed, Secret, Unknown, type Value } from '../../model/value.js';
import type { ParameterDeclaration, ParameterType } from '../template.js';

/** A parameter's value as Heat's API shows it, always a text: lists comma joined, JSON dumped, hidden ones masked. */
export function formatParameter(declaration: ParameterDeclaration, value: Value): string {
  if (declaration.hidden || value instanceof Secret) return MASK;
  if (value instanceof Unknown) return '';
  const plain = revealed(value);
  switch (declaration.type) {
    case 'comma_delimited_list':
      return Array.isArray(plain) ? plain.map(pythonStr).join(',') : pythonStr(plain);
    case 'json':
      return dumpJson(plain);
    default:
      return pythonStr(plain);
  }
}

const API_TYPES: { readonly [type in ParameterType]: string } = {
  string: 'String',
  number: 'Number',
  comma_delimited_list: 'CommaDelimitedList',
  json: 'Json',
  boolean: 'Boolean',
};

/** What is given for a parameter, as it came. */
export interface GivenParameter {
  /** From the environment's `parameters`. */
  readonly given?: Json;
  /** From the environment's `parameter_defaults`. */
  readonly environmentDefault?: Json;
}

function isGiven(value: Json | undefined): value is Json {
  if (Array.isArray(value)) return value.length > 0;
  if (value !== null && typeof value === 'object') return Object.keys(value).length > 0;
  return Boolean(value);
}

/** A parameter as the template-validation call shows it: `Type`, `Description`, `NoEcho`, `Label`, `Default`, `MinLength`… */
export function parameterSchema(declaration: ParameterDeclaration, input: GivenParameter = {}): JsonMap {
  const fallback = input.environmentDefault ?? declaration.defaultValue;
  const schema: JsonMap = {
    Type: API_TYPES[declaration.type],
    Description: declaration.description ?? '',
    NoEcho: String(declaration.hidden),
    Label: declaration.label || declaration.name,
  };
  if (fallback !== undefined && fallback !== null) schema.Default = fallback;
  if (isGiven(input.given)) schema.Value = input.given;
  if (declaration.tags.length > 0) schema.Tags = [...declaration.tags];
  const descriptions: string[] = [];
  for (const constraint of declaration.constraints) {
    const description = constraint.description ?? declaration.constraintDescription;
    if (description) descriptions.push(description);
    switch (constraint.kind) {
      case 'length':
        if (constraint.min !== undefined) schema.MinLength = constraint.min;
        if (constraint.max !== undefined) schema.MaxLength = constraint.max;
        break;
      case 'range':
        if (constraint.min !== undefined) schema.MinValue = constraint.min;
        if (constraint.max !== undefined) schema.MaxValue = constraint.max;
        break;
      case 'modulo':
        schema.Step = constraint.step;
        schema.Offset = constraint.offset;
        break;
      case 'allowed_values':
        schema.AllowedValues = [...constraint.values];
        break;
      case 'allowed_pattern':
        schema.AllowedPattern = constraint.pattern;
        break;
      case 'custom':
        schema.CustomConstraint = constraint.name;
        break;
    }
  }
  if (descriptions.length > 0) schema.ConstraintDescription = descriptions.join(' ');
  return schema;
}
