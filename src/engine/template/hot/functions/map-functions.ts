import { pythonRepr, pythonStr, pythonType } from '../../../model/python-text.js';
import { isMap, type Json, type JsonMap, setOwn } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { pythonEquals } from '../python-values.js';

/** `map_merge`: several maps as one; later ones win. */
export const mapMerge: HotFunction = defineFunction({
  name: 'map_merge',
  summary: 'Several maps as one map; where keys are the same, the later map wins.',
  evaluate(argument) {
    if (!Array.isArray(argument)) {
      throw new EvaluationError(
        'Incorrect arguments to "map_merge" should be: "map_merge" : [ { "key1": "val1" }, { "key2": "val2" } ]',
      );
    }
    const merged: JsonMap = {};
    for (const map of argument) {
      if (map === null) continue;
      if (!isMap(map)) {
        throw new EvaluationError(
          `Incorrect arguments: Items to merge must be maps. ${pythonRepr(map).slice(0, 200)} is type <class '${pythonType(map)}'> instead of a dict`,
        );
      }
      for (const key of Object.keys(map)) setOwn(merged, key, (map as JsonMap)[key] ?? null);
    }
    return merged;
  },
});

const EXAMPLE = '"map_replace" : [ { "key1": "val1" }, {"keys": {"key1": "key2"}, "values": {"val1": "val2"}}]';

function asMap(value: Json | undefined): JsonMap {
  if (value === null || value === undefined) return {};
  if (isMap(value)) return value as JsonMap;
  throw new EvaluationError(
    `Incorrect arguments: to "map_replace", arguments must be a list of maps. Example:  ${EXAMPLE}`,
  );
}

/** The value that a replacement map has for a scalar; a map or list is never replaced. */
function replacedValue(values: JsonMap, value: Json): Json {
  if (typeof value === 'object' && value !== null) return value;
  // Keys of JSON maps are texts, so numbers and the like are found by how they are written.
  const key = typeof value === 'string' ? value : Object.keys(values).find((name) => isSame(name, value));
  return key !== undefined && Object.hasOwn(values, key) ? (values[key] ?? null) : value;
}

function isSame(key: string, value: Json): boolean {
  return key === pythonStr(value) || key === JSON.stringify(value);
}

/** `map_replace`: a map in which keys and values are replaced. */
export const mapReplace: HotFunction = defineFunction({
  name: 'map_replace',
  summary: 'A map in which some keys and some values are replaced by others.',
  evaluate(argument) {
    const wrong = () => new EvaluationError(`Incorrect arguments to "map_replace" should be: ${EXAMPLE}`);
    if (!Array.isArray(argument) || argument.length < 2) throw wrong();
    const input = asMap(argument[0]);
    const replacements = asMap(argument[1]);
    if (argument.length > 2) throw wrong();
    if (Object.keys(replacements).some((key) => key !== 'keys' && key !== 'values')) throw wrong();
    const keys = asMap(replacements.keys);
    const values = asMap(replacements.values);
    const output: JsonMap = {};
    for (const key of Object.keys(input)) {
      const value = input[key] ?? null;
      const wanted = Object.hasOwn(keys, key) ? (keys[key] ?? null) : null;
      const name = wanted === null ? key : pythonStr(wanted);
      if (wanted !== null) {
        if (Object.hasOwn(input, name) && !pythonEquals(name, key)) {
          throw new EvaluationError(`key replacement ${name} collides with a key in the input map`);
        }
        if (Object.hasOwn(output, name)) {
          throw new EvaluationError(`key replacement ${name} collides with a key in the output map`);
        }
      }
      setOwn(output, name, replacedValue(values, value));
    }
    return output;
  },
});
