import { JsonTextError, loadJson } from '../../model/python-json.js';
import { pythonRepr, pythonStr, pythonType } from '../../model/python-text.js';
import type { Json } from '../../model/value.js';
import { itemType } from '../cfn/parameter-types.js';
import { readBoolean, readNumber } from '../constraints/schema-value.js';
import type { Language, ParameterDeclaration } from '../template.js';

/** A value that cannot be made what its parameter's type asks for; the message is Heat's. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError';
}

const BOOLEAN_WORDS = "'0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'";

function toNumber(value: Json): number {
  const number = readNumber(value);
  if (number !== undefined) return number;
  if (typeof value === 'string') throw new ConversionError(`could not convert string to float: ${pythonRepr(value)}`);
  throw new ConversionError(
    `int() argument must be a string, a bytes-like object or a real number, not '${pythonType(value)}'`,
  );
}

function toBoolean(value: Json): boolean {
  const boolean = readBoolean(value);
  if (boolean !== undefined) return boolean;
  throw new ConversionError(`Unrecognized value '${pythonStr(value)}', acceptable values are: ${BOOLEAN_WORDS}`);
}

/** CloudFormation trims the items of a list, Heat does not. */
function toList(value: Json, language: Language, declaredType: string): Json[] {
  const isCfn = language === 'cfn';
  let items: string[];
  if (Array.isArray(value)) items = value.map((item) => pythonStr(item));
  else if (typeof value === 'string') items = value === '' ? [] : value.split(',');
  else {
    const reason = `'${pythonType(value)}' object has no attribute 'split'`;
    throw new ConversionError(`Value must be a comma-delimited list string: ${reason}`);
  }
  if (isCfn) items = items.map((item) => item.trim());
  return isCfn && itemType(declaredType) === 'Number' ? items.map(toNumber) : items;
}

function toJsonValue(value: Json): Json {
  if (typeof value !== 'string' || value === '') return value;
  try {
    return loadJson(value);
  } catch (error) {
    if (error instanceof JsonTextError) throw new ConversionError(`Value must be valid JSON: ${error.message}`);
    throw error;
  }
}

/** CloudFormation writes booleans in lower case where a template gives one for a string; Heat writes Python's. */
function toText(value: Json, language: Language): string {
  if (language === 'cfn' && (typeof value === 'boolean' || (value !== null && typeof value === 'object'))) {
    return JSON.stringify(value);
  }
  return pythonStr(value);
}

/** A given value in the form of its parameter's type; throws a ConversionError. */
export function convertValue(declaration: ParameterDeclaration, value: Json, language: Language): Json {
  switch (declaration.type) {
    case 'string':
      return toText(value, language);
    case 'number':
      return toNumber(value);
    case 'boolean':
      return toBoolean(value);
    case 'comma_delimited_list':
      return toList(value, language, declaration.declaredType);
    case 'json':
      return toJsonValue(value);
  }
}
