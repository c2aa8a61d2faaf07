import { InvalidRequestError } from '../model/errors.js';
import { isMap, type Json, type JsonMap, sortedJson } from '../model/value.js';

const TYPES = ['String', 'Number', 'CommaDelimitedList', 'Json', 'Boolean'];
const INPUT_KEYS = new Set(['name', 'description', 'type', 'default', 'replace_on_change', 'value']);
const OUTPUT_KEYS = new Set(['name', 'description', 'type', 'error_output']);

/** The inputs of a config in the form in which they are stored; throws InvalidRequestError for wrong ones. */
export function checkedInputs(inputs: Json | undefined): JsonMap[] {
  return maps(inputs).map((input) => {
    check(input, INPUT_KEYS);
    const { name, description, type, default: standard, replace_on_change } = input;
    return {
      ...given({ name, description, type: type ?? 'String', default: standard }),
      ...(isTrue(replace_on_change) ? { replace_on_change: true } : {}),
      ...('value' in input ? { value: input.value ?? null } : {}),
    };
  });
}

/** The same for outputs. */
export function checkedOutputs(outputs: Json | undefined): JsonMap[] {
  return maps(outputs).map((output) => {
    check(output, OUTPUT_KEYS);
    const { name, description, type, error_output } = output;
    return { ...given({ name, description, type: type ?? 'String' }), error_output: isTrue(error_output) };
  });
}

function maps(value: Json | undefined): JsonMap[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new InvalidRequestError('Software Config I/O Schema must be in a list');
  return value.map((entry) => {
    if (isMap(entry)) return entry as JsonMap;
    throw new InvalidRequestError('Software Config I/O Schema must be a dict');
  });
}

function check(entry: JsonMap, keys: ReadonlySet<string>): void {
  const unknown = Object.keys(entry).find((key) => !keys.has(key));
  if (unknown !== undefined) throw new InvalidRequestError(`Unknown Property ${unknown}`);
  if (typeof entry.name !== 'string') throw new InvalidRequestError('Property error: name: Property name not assigned');
  const type = entry.type ?? 'String';
  if (TYPES.includes(String(type))) return;
  throw new InvalidRequestError(`Property error: type: "${String(type)}" is not an allowed value ${sortedJson(TYPES)}`);
}

function given(entries: { readonly [key: string]: Json | undefined }): JsonMap {
  const kept: JsonMap = {};
  for (const [key, value] of Object.entries(entries)) if (value !== undefined && value !== null) kept[key] = value;
  return kept;
}

function isTrue(value: Json | undefined): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}
