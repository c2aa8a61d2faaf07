import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { closest } from '../engine/model/closest.js';
import { InvalidRequestError } from '../engine/model/errors.js';
import { isMap, type Json, type JsonMap } from '../engine/model/value.js';
import type { ServerConfig } from './config.js';
import { CONFIG_SCHEMA, schemaAt, settingPaths } from './config-schema.js';

/** Where settings come from; later ones win: file, environment, flags. */
export interface ConfigSources {
  readonly file?: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly flags: ServerConfig;
}

/** What was read, with what the administrator should be told. */
export interface LoadedConfig {
  readonly config: ServerConfig;
  readonly warnings: readonly string[];
}

/** Variables that other parts of baton read. */
const OTHER_VARIABLES = ['BATON_DATA', 'BATON_CONFIG'];

/** Reads the configuration. Throws an InvalidRequestError that names the file, the key and what to do. */
export async function loadConfig({ file, env, flags }: ConfigSources): Promise<LoadedConfig> {
  const fromFile = file === undefined ? {} : await readConfigFile(file);
  const { settings, warnings } = readVariables(env);
  const merged = merge(merge(fromFile, settings), flags as JsonMap);
  return { config: merged as ServerConfig, warnings };
}

async function readConfigFile(file: string): Promise<JsonMap> {
  const [{ load, YAMLException }, document] = await Promise.all([import('js-yaml'), readText(file)]);
  // A file of comments only sets nothing.
  if (document.split('\n').every((line) => /^\s*(?:#|$)/.test(line))) return {};
  let content: unknown;
  try {
    content = load(document, { filename: file });
  } catch (error) {
    if (error instanceof YAMLException) throw new InvalidRequestError(`${file} is not YAML: ${error.message}`);
    throw error;
  }
  check(file, content);
  return content as JsonMap;
}

async function readText(file: string): Promise<string> {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidRequestError(`the configuration file ${file} cannot be read (${why}): correct --config`);
  }
}

function check(file: string, content: unknown): void {
  const validate = new Ajv({ allErrors: true, strict: true }).compile(CONFIG_SCHEMA);
  if (validate(content)) return;
  const messages = (validate.errors ?? []).map(({ instancePath, keyword, params, message }) => {
    const path = instancePath.split('/').filter((part) => part !== '');
    const place = path.join('.') || 'the file';
    if (keyword === 'additionalProperties') return unknownKey(path, String(params.additionalProperty));
    if (keyword === 'enum') return `${place} must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    return `${place} ${message ?? 'is wrong'}`;
  });
  throw new InvalidRequestError(`${file}: ${[...new Set(messages)].join('; ')}`);
}

function unknownKey(path: readonly string[], key: string): string {
  const names = Object.keys((schemaOf(path)?.properties as JsonMap | undefined) ?? {});
  const meant = closest(key, names);
  const hint = meant === undefined ? `known keys here: ${names.join(', ')}` : `did you mean ${meant}?`;
  return `${[...path, key].join('.')} is not a key: ${hint}`;
}

/** As schemaAt, but an index into a list leads to its items. */
function schemaOf(path: readonly string[]): JsonMap | undefined {
  let schema: JsonMap | undefined = CONFIG_SCHEMA;
  for (const part of path) {
    const inner: Json | undefined = (schema?.properties as JsonMap | undefined)?.[part] ?? schema?.items;
    schema = isMap(inner) ? inner : undefined;
  }
  return schema;
}

/** `BATON_LIMITS_BODY_BYTES` sets `limits.body_bytes`; lists and maps can only stand in the file. */
function readVariables(env: ConfigSources['env']): { settings: JsonMap; warnings: string[] } {
  const known = new Map(settingPaths().map((path) => [`BATON_${path.join('_').toUpperCase()}`, path]));
  const warnings: string[] = [];
  let settings: JsonMap = {};
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('BATON_') || text === undefined || text === '' || OTHER_VARIABLES.includes(name)) continue;
    const path = known.get(name);
    if (path === undefined) {
      const meant = closest(name, known.keys());
      warnings.push(`${name} sets nothing${meant === undefined ? '' : `: did you mean ${meant}?`}`);
      continue;
    }
    const value = readVariable(name, text, schemaAt(path) ?? {});
    settings = merge(settings, path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value) as JsonMap);
  }
  return { settings, warnings };
}

function readVariable(name: string, text: string, schema: JsonMap): Json {
  const wrong = (what: string) => new InvalidRequestError(`${name} is ${JSON.stringify(text)}: it must be ${what}`);
  if (Array.isArray(schema.enum)) {
    if (!schema.enum.includes(text)) throw wrong(`one of ${schema.enum.join(', ')}`);
    return text;
  }
  switch (schema.type) {
    case 'boolean':
      if (/^(1|true|yes|on)$/i.test(text)) return true;
      if (/^(0|false|no|off)$/i.test(text)) return false;
      throw wrong('true or false');
    case 'integer':
    case 'number': {
      const value = Number(text);
      const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
      const isWhole = schema.type === 'number' || Number.isInteger(value);
      if (!Number.isFinite(value) || !isWhole || value < Number(minimum) || value > Number(maximum)) {
        throw wrong(`${schema.type === 'integer' ? 'a whole number' : 'a number'}${rangeText(minimum, maximum)}`);
      }
      return value;
    }
    case 'string':
      return text;
    default:
      throw new InvalidRequestError(`${name} cannot be set in the environment: write it in the configuration file`);
  }
}

function rangeText(minimum: Json, maximum: Json): string {
  if (Number.isFinite(minimum) && Number.isFinite(maximum)) return ` from ${minimum} to ${maximum}`;
  return Number.isFinite(minimum) ? `, at least ${minimum}` : '';
}

function merge(base: JsonMap, over: JsonMap): JsonMap {
  const merged: { [key: string]: Json } = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isMap(before) && isMap(value) ? merge(before, value) : value;
  }
  return merged;
}
