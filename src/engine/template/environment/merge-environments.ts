import { type Diagnostic, Diagnostics } from '../../model/diagnostic.js';
import { JsonTextError, loadJson } from '../../model/python-json.js';
import { pythonStr } from '../../model/python-text.js';
import { type Json, type JsonMap, setOwn } from '../../model/value.js';
import { readNumber } from '../constraints/schema-value.js';
import type { ParameterType } from '../template.js';
import { EMPTY_ENVIRONMENT, type Environment, type MergeStrategy } from './environment.js';
import { parseEnvironment } from './parse-environment.js';

/** One environment file, in the order in which they are merged. */
export interface EnvironmentFile {
  readonly name: string;
  /** Its text, or the document if it is read already. */
  readonly content: string | JsonMap | null;
}

export interface MergedEnvironment {
  /** Absent if there are errors. */
  readonly environment?: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

type Values = { [name: string]: Json };

class MergeError extends Error {
  constructor(
    message: string,
    readonly heatType: string | undefined,
    readonly parameter: string,
  ) {
    super(message);
  }
}

const STRATEGIES: readonly string[] = ['overwrite', 'merge', 'deep_merge'] satisfies MergeStrategy[];

function isMapping(value: Json | undefined): value is JsonMap {
  return value !== null && value !== undefined && typeof value === 'object' && !Array.isArray(value);
}

function isEmpty(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMapping(value) ? Object.keys(value).length === 0 : !value;
}

/** A parameter's strategy in a file: its own, else the one it had in an earlier file, else the file's default. */
function strategyIn(strategies: Values, name: string, earlier: ReadonlyMap<string, MergeStrategy>): MergeStrategy {
  const known = (value: Json | undefined): MergeStrategy | undefined =>
    typeof value === 'string' && STRATEGIES.includes(value) ? (value as MergeStrategy) : undefined;
  const fallback = known(own(strategies, 'default')) ?? 'overwrite';
  return Object.hasOwn(strategies, name) ? (known(strategies[name]) ?? fallback) : (earlier.get(name) ?? fallback);
}

function own(values: Values, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function mergeLists(old: Json | undefined, added: Json): Json {
  if (old === undefined || isEmpty(old)) return added;
  if (Array.isArray(added)) return [...(Array.isArray(old) ? old : pythonStr(old).split(',')), ...added];
  return [Array.isArray(old) ? old.map(pythonStr).join(',') : pythonStr(old), pythonStr(added)].join(',');
}

function mergeMaps(old: Json | undefined, added: JsonMap, deep: boolean): JsonMap {
  if (!isMapping(old) || isEmpty(old)) return added;
  const merged: JsonMap = { ...old };
  for (const [key, value] of Object.entries(added)) {
    if (value === null) continue;
    const before = own(old, key);
    if (!deep || before === undefined || isEmpty(before)) setOwn(merged, key, value);
    else if (isMapping(value)) setOwn(merged, key, mergeMaps(before, value, deep));
    else if (Array.isArray(value)) setOwn(merged, key, mergeLists(before, value));
    else if (typeof value === 'string') setOwn(merged, key, pythonStr(before) + value);
    else setOwn(merged, key, value);
  }
  return merged;
}

function parsedMap(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'string' || value === '') return value;
  try {
    return loadJson(value);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new MergeError(`Invalid parameter in environment ${error.message}.`, undefined, name);
  }
}

function mergeValue(name: string, type: ParameterType, old: Json | undefined, value: Json, deep: boolean): Json {
  switch (type) {
    case 'json': {
      const added = parsedMap(value, name) ?? {};
      const before = parsedMap(old, name);
      return Array.isArray(added) || !isMapping(added) ? mergeLists(before, added) : mergeMaps(before, added, deep);
    }
    case 'comma_delimited_list':
      return mergeLists(old, value);
    case 'string':
      return (old === undefined ? '' : pythonStr(old)) + pythonStr(value);
    case 'number':
      return (readNumber(old ?? 0) ?? 0) + (readNumber(value) ?? 0);
    case 'boolean':
      throw new MergeError(
        `Invalid merge strategy 'merge' for parameter '${name}'.`,
        'InvalidMergeStrategyForParam',
        name,
      );
  }
}

function mergeParameters(
  old: Values,
  added: Values,
  types: ReadonlyMap<string, ParameterType>,
  strategies: Values,
  seen: Map<string, MergeStrategy>,
  file: string,
): Values {
  const known = Object.entries(added).filter(([name, value]) => types.has(name) && value !== null);
  for (const [name] of known) {
    const strategy = strategyIn(strategies, name, seen);
    const before = seen.get(name);
    if (before === undefined) seen.set(name, strategy);
    else if (before !== strategy) {
      const message = `Conflicting merge strategy '${strategy}' for parameter '${name}' in file '${file}'.`;
      throw new MergeError(message, 'ConflictingMergeStrategyForParam', name);
    }
  }
  if (Object.keys(old).length === 0) return added;
  const merged: Values = { ...old };
  for (const [name, value] of known) {
    const strategy = seen.get(name) ?? 'overwrite';
    const result =
      strategy === 'overwrite'
        ? value
        : mergeValue(name, types.get(name) ?? 'string', own(old, name), value, strategy === 'deep_merge');
    setOwn(merged, name, result);
  }
  return merged;
}

function mergeTwo(
  old: Environment,
  added: Environment,
  types: ReadonlyMap<string, ParameterType>,
  seen: Map<string, MergeStrategy>,
  file: string,
): Environment {
  const values = (section: 'parameters' | 'parameter_defaults') =>
    Object.keys(added[section]).length === 0
      ? old[section]
      : mergeParameters(old[section], added[section], types, added.parameter_merge_strategies, seen, file);
  return {
    parameters: values('parameters'),
    parameter_defaults: values('parameter_defaults'),
    resource_registry: mergeMaps(old.resource_registry, added.resource_registry, false),
    encrypted_param_names: [...old.encrypted_param_names, ...added.encrypted_param_names],
    event_sinks: [...old.event_sinks, ...added.event_sinks],
    parameter_merge_strategies: {},
    moved: { ...old.moved, ...added.moved },
  };
}

/**
 * One environment out of files, in their order, on top of a base. Maps are merged one level deep and the later file wins;
 * parameters follow `parameter_merge_strategies`.
 * @param types the parameters of all templates, root and nested; others are not taken over from later files
 */
export function mergeEnvironments(
  files: readonly EnvironmentFile[],
  types: ReadonlyMap<string, ParameterType>,
  base: Environment = EMPTY_ENVIRONMENT,
): MergedEnvironment {
  const diagnostics = new Diagnostics();
  const seen = new Map<string, MergeStrategy>();
  let merged = base;
  for (const file of files) {
    const parsed = parseEnvironment(file.content, file.name);
    diagnostics.all.push(...parsed.diagnostics);
    if (!parsed.environment) continue;
    try {
      merged = mergeTwo(merged, parsed.environment, types, seen, file.name);
    } catch (error) {
      if (!(error instanceof MergeError)) throw error;
      diagnostics.error('invalid-environment', error.message, {
        path: ['parameters', error.parameter],
        at: { line: 1, column: 1, source: file.name },
        ...(error.heatType === undefined ? {} : { heatType: error.heatType }),
      });
    }
  }
  return diagnostics.hasErrors
    ? { diagnostics: diagnostics.all }
    : { environment: merged, diagnostics: diagnostics.all };
}
