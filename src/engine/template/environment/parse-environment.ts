import { didYouMean } from '../../model/closest.js';
import { type Diagnostic, Diagnostics, type Position } from '../../model/diagnostic.js';
import { type Json, type JsonMap, setOwn } from '../../model/value.js';
import { fromJson, toJson } from '../parse/json-node.js';
import { parseDocument } from '../parse/parse-document.js';
import type { SourceEntry, SourceNode } from '../source.js';
import { EMPTY_ENVIRONMENT, type Environment } from './environment.js';
import { loadRegistry, type RegistryMistake } from './load-registry.js';

/** What came of an environment's text. */
export interface ParsedEnvironment {
  /** Absent if there are errors. */
  readonly environment?: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

type Section = keyof Environment;

const SECTION_KINDS: { readonly [section in Section]: 'map' | 'list' } = {
  parameters: 'map',
  resource_registry: 'map',
  parameter_defaults: 'map',
  encrypted_param_names: 'list',
  event_sinks: 'list',
  parameter_merge_strategies: 'map',
  moved: 'map',
};

function isSection(name: string): name is Section {
  return Object.hasOwn(SECTION_KINDS, name);
}

/** True for nothing but space, comments and document marks: an empty environment, where a template would be a mistake. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^(?:#|---$|\.\.\.$|$)/.test(line.trim()));
}

/**
 * Reads an environment from YAML or JSON text, or from a document that is read already. Mistakes are collected; their
 * messages are Heat's. @param source the file's name, for positions
 */
export function parseEnvironment(input: string | JsonMap | null | undefined, source?: string): ParsedEnvironment {
  if (input === null || input === undefined || (typeof input === 'string' && isBlank(input))) {
    return { environment: EMPTY_ENVIRONMENT, diagnostics: [] };
  }
  let root: SourceNode | undefined;
  let syntax: readonly Diagnostic[] = [];
  if (typeof input === 'string') {
    const parsed = parseDocument(input, { shortTags: false, ...(source === undefined ? {} : { source }) });
    root = parsed.root;
    syntax = parsed.diagnostics;
  } else root = fromJson(input);
  const diagnostics = new Diagnostics();
  diagnostics.all.push(...syntax);
  if (diagnostics.hasErrors) return { diagnostics: diagnostics.all };
  if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
    return { environment: EMPTY_ENVIRONMENT, diagnostics: diagnostics.all };
  }
  if (root.kind !== 'map') {
    diagnostics.error('invalid-environment', 'The environment is not a valid YAML mapping data type.', {
      path: [],
      at: root.at,
    });
    return { diagnostics: diagnostics.all };
  }
  const sections: { [name: string]: Json } = {};
  for (const entry of root.entries)
    if (isGoodSection(entry, diagnostics)) setOwn(sections, entry.key, toJson(entry.value));
  const registryEntry = root.entries.find((entry) => entry.key === 'resource_registry');
  const environment = build(sections, registryEntry, diagnostics);
  return diagnostics.hasErrors ? { diagnostics: diagnostics.all } : { environment, diagnostics: diagnostics.all };
}

function isGoodSection(entry: SourceEntry, diagnostics: Diagnostics): boolean {
  const { key, value } = entry;
  const place = { path: [key], at: entry.keyAt };
  if (!isSection(key)) {
    diagnostics.error('invalid-environment', `environment has wrong section "${key}"`, {
      ...place,
      ...didYouMean(key, Object.keys(SECTION_KINDS)),
    });
    return false;
  }
  if (value.kind === 'scalar' && value.value === null) {
    diagnostics.error('invalid-environment', `environment has empty section "${key}"`, place);
    return false;
  }
  if (value.kind !== SECTION_KINDS[key]) {
    diagnostics.error('invalid-environment', `environment section "${key}" must be a ${SECTION_KINDS[key]}`, place);
    return false;
  }
  return true;
}

function build(
  sections: { [name: string]: Json },
  registry: SourceEntry | undefined,
  diagnostics: Diagnostics,
): Environment {
  const map = (name: Section): JsonMap => (sections[name] ?? {}) as JsonMap;
  const list = (name: Section): Json[] => (sections[name] ?? []) as Json[];
  const report = (mistake: RegistryMistake) => {
    const at = registry && placeOf(registry.value, mistake.path);
    diagnostics.error('invalid-environment', mistake.message, {
      path: ['resource_registry', ...mistake.path],
      ...(at ? { at } : {}),
      ...(mistake.heatType === undefined ? {} : { heatType: mistake.heatType }),
    });
  };
  const moved: { [oldName: string]: string } = {};
  for (const [oldName, newName] of Object.entries(map('moved'))) {
    if (typeof newName === 'string') setOwn(moved, oldName, newName);
    else {
      const message = `moved: the new name of "${oldName}" must be a string`;
      diagnostics.error('invalid-environment', message, { path: ['moved', oldName] });
    }
  }
  const sinks: JsonMap[] = [];
  for (const [index, sink] of list('event_sinks').entries()) {
    if (sink !== null && typeof sink === 'object' && !Array.isArray(sink) && typeof sink.type === 'string')
      sinks.push(sink);
    else
      diagnostics.error('invalid-environment', 'An event sink must be a map with a type', {
        path: ['event_sinks', index],
      });
  }
  return {
    parameters: map('parameters'),
    parameter_defaults: map('parameter_defaults'),
    resource_registry: loadRegistry(map('resource_registry'), report),
    encrypted_param_names: list('encrypted_param_names').map(String),
    event_sinks: sinks,
    parameter_merge_strategies: map('parameter_merge_strategies'),
    moved,
  };
}

function placeOf(node: SourceNode, path: readonly string[]): Position {
  const [key, ...deeper] = path;
  const entry = node.kind === 'map' ? node.entries.find((each) => each.key === key) : undefined;
  return entry ? placeOf(entry.value, deeper) : node.at;
}
