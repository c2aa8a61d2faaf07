import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { CommandError } from '../program/exit-codes.js';
import { contentText } from './fetch-text.js';
import { baseOf, join, toUrl } from './locations.js';
import { parseFile } from './parse-file.js';
import { addFile, type FileMap, type FileReading } from './template-files.js';

/** Environments ready to be sent: merged, and each by itself in the files. */
export interface LoadedEnvironments {
  readonly environment: JsonMap;
  readonly files: FileMap;
  /** Addresses in the order of merging. */
  readonly names: readonly string[];
}

const SECTIONS = [
  'parameters',
  'parameter_defaults',
  'parameter_merge_strategies',
  'resource_registry',
  'event_sinks',
  'moved',
  'encrypted_param_names',
];

/** Reads environment files and the templates that their registries name. */
export async function loadEnvironments(paths: readonly string[], reading: FileReading): Promise<LoadedEnvironments> {
  const files: FileMap = {};
  const names: string[] = [];
  let environment: JsonMap = {};
  for (const path of paths) {
    const url = toUrl(path, reading.cwd);
    const text = contentText(await reading.fetch(url));
    reading.texts.add({ url, text, sentAsIs: false });
    const document = text.trim() === '' ? {} : parseFile(text, url);
    checkSections(document, path);
    if (isMap(document.resource_registry)) {
      await resolveRegistry(document.resource_registry as JsonMap, baseOf(url), files, reading);
    }
    files[url] = JSON.stringify(document);
    names.push(url);
    environment = mergeDeep(environment, document);
  }
  return { environment, files, names };
}

function checkSections(document: JsonMap, path: string): void {
  for (const section of Object.keys(document)) {
    if (!SECTIONS.includes(section)) throw new CommandError(`${path}: environment has wrong section "${section}"`);
  }
}

async function resolveRegistry(
  registry: JsonMap,
  fileBase: string,
  files: FileMap,
  reading: FileReading,
): Promise<void> {
  const base = typeof registry.base_url === 'string' ? join(fileBase, registry.base_url) : fileBase;
  await resolveMappings(registry, base, files, reading);
  if (!isMap(registry.resources)) return;
  for (const scope of Object.values(registry.resources)) {
    if (isMap(scope)) await resolveScope(scope as JsonMap, base, files, reading);
  }
}

/** Scopes nest: `resources: {group: {"*": {"My::Type": x.yaml}}}`. */
async function resolveScope(scope: JsonMap, base: string, files: FileMap, reading: FileReading): Promise<void> {
  const own = typeof scope.base_url === 'string' ? join(base, scope.base_url) : base;
  await resolveMappings(scope, own, files, reading);
  for (const inner of Object.values(scope)) {
    if (isMap(inner)) await resolveScope(inner as JsonMap, own, files, reading);
  }
}

async function resolveMappings(mappings: JsonMap, base: string, files: FileMap, reading: FileReading): Promise<void> {
  for (const [key, value] of Object.entries(mappings)) {
    if (['base_url', 'hooks', 'restricted_actions'].includes(key)) continue;
    // A value with `::` is the name of another type, an empty one unmaps.
    if (typeof value !== 'string' || value === '' || value.includes('::')) continue;
    const url = join(base, value);
    await addFile(url, files, reading, []);
    mappings[key] = url;
  }
}

/** Lays one environment over another: maps are merged, the rest is replaced, an empty section keeps what is there. */
export function mergeDeep(base: JsonMap, over: JsonMap): JsonMap {
  const merged: JsonMap = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old: Json | undefined = merged[key];
    if (isMap(value)) merged[key] = mergeDeep(isMap(old) ? (old as JsonMap) : {}, value as JsonMap);
    else if (value !== null || !isMap(old)) merged[key] = value;
  }
  return merged;
}

/** Sets hooks (`pre-create` …) on resources named `nested/resource` in an environment's registry. */
export function addHooks(environment: JsonMap, resources: readonly string[], hook: string): JsonMap {
  let merged = environment;
  for (const name of resources) {
    const scope = name
      .split('/')
      .filter((part) => part !== '')
      .reduceRight<JsonMap>((inner, part) => ({ [part]: inner }), { hooks: hook });
    merged = mergeDeep(merged, { resource_registry: { resources: scope } });
  }
  return merged;
}
