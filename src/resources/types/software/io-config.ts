import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asMap, asText, compact, isGiven } from '../../json-access.js';

/** An input of a config as it is stored: what is null or a default that says nothing is left out. */
export function storedInput(input: JsonMap): JsonMap {
  const { name, description, type, default: standard, replace_on_change } = input;
  return {
    ...compact({ name, description, type: asText(type) ?? 'String', default: standard }),
    ...(replace_on_change === true ? { replace_on_change: true } : {}),
    ...('value' in input ? { value: input.value ?? null } : {}),
  };
}

/** An output of a config as it is stored. */
export function storedOutput(output: JsonMap): JsonMap {
  const { name, description, type, error_output } = output;
  return compact({ name, description, type: asText(type) ?? 'String', error_output: error_output === true });
}

/** The default of an input: null where it has none. */
export function defaultOf(input: JsonMap): Json {
  return isGiven(input.default) ? input.default : null;
}

/** The value of a derived config's input; null if it has none. */
export function inputValue(inputs: readonly JsonMap[], name: string): Json {
  return asMap(inputs.find((input) => input.name === name)).value ?? null;
}
