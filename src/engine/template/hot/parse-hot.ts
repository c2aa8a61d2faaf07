import { didYouMean } from '../../model/closest.js';
import { type Diagnostic, Diagnostics } from '../../model/diagnostic.js';
import type { JsonMap } from '../../model/value.js';
import { toJson } from '../parse/json-node.js';
import type { ParseOptions } from '../parse-options.js';
import type { SourceMap } from '../source.js';
import type { Template } from '../template.js';
import { functionsOf } from './function-table.js';
import { type HotReader, reportKey, textOf, valueAt } from './hot-reader.js';
import { parseConditions } from './parse-conditions.js';
import { parseOutputs } from './parse-outputs.js';
import { parseParameterGroups } from './parse-parameter-groups.js';
import { parseParameters } from './parse-parameters.js';
import { parseResources } from './parse-resources.js';
import { findHotVersion, HOT_VERSION_NAMES } from './versions.js';

const SECTIONS = [
  'heat_template_version',
  'description',
  'parameter_groups',
  'parameters',
  'resources',
  'outputs',
] as const;

/** Sections may be written from this version on. */
const CONDITIONS_SINCE = '2016-10-14';

/**
 * Reads a HOT document into the neutral template. The template is there whenever the version is known, so that further
 * checks can be made on it; it is fit for use only if no diagnostic is an error.
 */
export function parseHot(
  root: SourceMap,
  _options: ParseOptions = {},
): { template?: Template; diagnostics: Diagnostic[] } {
  const diagnostics = new Diagnostics();
  const written = valueAt(root, 'heat_template_version');
  const name = textOf(written) ?? '';
  const found = findHotVersion(name);
  if (!found) {
    diagnostics.error(
      'invalid-version',
      `The template version is invalid: "heat_template_version: ${name}". "heat_template_version" should be one of: ${HOT_VERSION_NAMES.join(', ')}`,
      {
        path: ['heat_template_version'],
        at: (written ?? root).at,
        heatType: 'InvalidTemplateVersion',
        ...didYouMean(name, HOT_VERSION_NAMES),
      },
    );
    return { diagnostics: diagnostics.all };
  }
  const reader: HotReader = { diagnostics, version: found.version, functions: functionsOf(found.version) };
  const parameters = parseParameters(valueAt(root, 'parameters'), reader);
  const parameterGroups = parseParameterGroups(valueAt(root, 'parameter_groups'), new Set(parameters.keys()), reader);
  const resources = parseResources(valueAt(root, 'resources'), reader);
  checkSections(root, reader);
  const hasConditions = found.version >= CONDITIONS_SINCE;
  const conditions = hasConditions ? parseConditions(valueAt(root, 'conditions'), reader) : new Map();
  const outputs = parseOutputs(valueAt(root, 'outputs'), reader);
  const document = toJson(root) as JsonMap;
  const template: Template = {
    language: 'hot',
    versionKey: 'heat_template_version',
    version: name,
    description: textOf(valueAt(root, 'description')) || undefined,
    parameters,
    parameterGroups,
    conditions,
    mappings: {},
    rules: new Map(),
    resources,
    outputs,
    metadata: {},
    transforms: [],
    document,
    processed: document,
  };
  return { template, diagnostics: diagnostics.all };
}

function checkSections(root: SourceMap, reader: HotReader): void {
  const allowed: string[] = [...SECTIONS];
  if (reader.version >= CONDITIONS_SINCE) allowed.push('conditions');
  for (const entry of root.entries) {
    if (allowed.includes(entry.key)) continue;
    reportKey(reader, 'invalid-section', `The template section is invalid: ${entry.key}`, [], entry, allowed);
  }
}
