import { didYouMean } from '../../model/closest.js';
import { type Diagnostic, Diagnostics } from '../../model/diagnostic.js';
import type { JsonMap } from '../../model/value.js';
import { toJson } from '../parse/json-node.js';
import type { ParseOptions } from '../parse-options.js';
import type { SourceMap } from '../source.js';
import type { Template } from '../template.js';
import { Compiler } from './compiler.js';
import { type CfnDialect, HEADERS } from './dialect.js';
import { Report } from './report.js';
import { parseConditions } from './sections/parse-conditions.js';
import { parseMappings } from './sections/parse-mappings.js';
import { parseOutputs } from './sections/parse-outputs.js';
import { parseParameters } from './sections/parse-parameters.js';
import { parseResources } from './sections/parse-resources.js';
import { parseRules } from './sections/parse-rules.js';
import { childOf, entryOf, textOf } from './source-nodes.js';
import { applyTransforms, type Transformed } from './transforms/apply-transforms.js';

const SECTIONS: { readonly [dialect in CfnDialect]: ReadonlySet<string> } = {
  aws: new Set([
    'AWSTemplateFormatVersion',
    'Description',
    'Metadata',
    'Parameters',
    'Mappings',
    'Conditions',
    'Rules',
    'Transform',
    'Hooks',
    'Resources',
    'Outputs',
  ]),
  heat: new Set(['HeatTemplateFormatVersion', 'Description', 'Parameters', 'Mappings', 'Resources', 'Outputs']),
};

/**
 * Reads a CloudFormation template of either header; without a header it is AWS's. All mistakes are collected; the template
 * is there too if enough of it could be read for further checks.
 */
export function parseCfn(root: SourceMap, options: ParseOptions): { template?: Template; diagnostics: Diagnostic[] } {
  const diagnostics = new Diagnostics();
  const dialect: CfnDialect = entryOf(root, HEADERS.heat.key) ? 'heat' : 'aws';
  const report = new Report(diagnostics, dialect);
  if (!checkVersion(root, report)) return { diagnostics: diagnostics.all };
  const plain: Transformed = { root, names: [], extensions: false, awaitsMacros: false };
  const transformed = dialect === 'aws' ? applyTransforms(root, options, report) : plain;
  // After a failed transform the rest would only be blamed for what is missing.
  if (diagnostics.hasErrors) return { diagnostics: diagnostics.all };
  const template = read(root, transformed, report);
  return { template, diagnostics: diagnostics.all };
}

function read(
  written: SourceMap,
  { root, names: transforms, extensions, awaitsMacros }: Transformed,
  report: Report,
): Template {
  if (!awaitsMacros) checkSections(root, report);
  const parameters = parseParameters(root, report);
  const mappings = parseMappings(root, report);
  const names = {
    parameters: declaredParameters(root),
    resources: keysOf(root, 'Resources'),
    conditions: report.dialect === 'aws' ? keysOf(root, 'Conditions') : new Set<string>(),
    mappings,
    extensions,
    awaitsMacros,
  };
  const compiler = new Compiler(names, report);
  const header = HEADERS[report.dialect];
  const metadata = childOf(root, 'Metadata');
  const document = toJson(written) as JsonMap;
  const isAws = report.dialect === 'aws';
  return {
    language: 'cfn',
    versionKey: header.key,
    version: header.version,
    description: readDescription(root, report),
    parameters,
    parameterGroups: [],
    conditions: isAws ? parseConditions(root, compiler, report) : new Map(),
    mappings,
    rules: isAws ? parseRules(root, compiler, report) : new Map(),
    resources: parseResources(root, compiler, report),
    outputs: parseOutputs(root, compiler, report),
    metadata: metadata === undefined ? null : toJson(metadata),
    transforms,
    document,
    processed: root === written ? document : withoutTransform(toJson(root) as JsonMap),
  };
}

function withoutTransform(document: JsonMap): JsonMap {
  const { Transform: _done, ...rest } = document;
  return rest;
}

function checkVersion(root: SourceMap, report: Report): boolean {
  const { key, version } = HEADERS[report.dialect];
  const entry = entryOf(root, key);
  if (!entry) return true;
  const other = report.dialect === 'heat' ? entryOf(root, HEADERS.aws.key) : undefined;
  const heatType = 'InvalidTemplateVersion';
  if (other) {
    const heat = `Ambiguous versions (${HEADERS.aws.key}, ${HEADERS.heat.key})`;
    const aws = `Invalid template property or properties [${key}]`;
    report.error('invalid-version', { aws, heat: `The template version is invalid: ${heat}` }, [key], other.keyAt, {
      heatType,
    });
    return false;
  }
  const text = textOf(entry.value) ?? JSON.stringify(toJson(entry.value));
  if (text === version) return true;
  const wording = {
    aws: `Template format error: unsupported value for ${key}.`,
    heat: `The template version is invalid: "${key}: ${text}". "${key}" should be: ${version}`,
  };
  report.error('invalid-version', wording, [key], entry.value.at, { heatType, hint: `write ${key}: "${version}"` });
  return false;
}

function checkSections(root: SourceMap, report: Report): void {
  const known = SECTIONS[report.dialect];
  const unknown = root.entries.filter((entry) => !known.has(entry.key) && entry.key !== 'Fn::Transform');
  const aws = `Invalid template property or properties [${unknown.map((entry) => entry.key).join(', ')}]`;
  for (const { key, keyAt } of unknown) {
    const heat = `The template section is invalid: ${key}`;
    report.error('invalid-section', { aws, heat }, [key], keyAt, didYouMean(key, known));
  }
}

function readDescription(root: SourceMap, report: Report): string | undefined {
  const node = childOf(root, 'Description');
  const text = textOf(node);
  if (node !== undefined && text === undefined) {
    const aws = 'Template format error: Every Description member must be a string.';
    report.error('invalid-shape', { aws }, ['Description'], node.at);
  }
  return text;
}

/** All names of a section, of members with mistakes too: references to those are right. */
function keysOf(root: SourceMap, section: string): ReadonlySet<string> {
  const node = childOf(root, section);
  return new Set(node?.kind === 'map' ? node.entries.map((entry) => entry.key) : []);
}

function declaredParameters(root: SourceMap): ReadonlyMap<string, string> {
  const section = childOf(root, 'Parameters');
  if (section?.kind !== 'map') return new Map();
  return new Map(
    section.entries.map(({ key, value }) => [
      key,
      (value.kind === 'map' && textOf(childOf(value, 'Type'))) || 'String',
    ]),
  );
}
