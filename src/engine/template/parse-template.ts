import { type Diagnostic, Diagnostics } from '../model/diagnostic.js';
import type { JsonMap } from '../model/value.js';
import { parseCfn } from './cfn/parse-cfn.js';
import { parseHot } from './hot/parse-hot.js';
import { checkJson, fromJson } from './parse/json-node.js';
import { type ParsedDocument, parseDocument } from './parse/parse-document.js';
import { DEFAULT_LIMITS, type ParseOptions } from './parse-options.js';
import type { SourceMap } from './source.js';
import type { Template } from './template.js';

/** How a template is read. */
export interface TemplateOptions extends ParseOptions {
  /** Bytes of text; short for `limits.maxBytes`. */
  readonly maxBytes?: number;
}

/** A template with all that is wrong with it as it is written. */
export interface ParsedTemplate {
  /** There whenever the text could be read and its version is known; fit for use only without error diagnostics. */
  readonly template?: Template;
  readonly diagnostics: Diagnostic[];
}

const VERSION_KEYS = ['heat_template_version', 'HeatTemplateFormatVersion', 'AWSTemplateFormatVersion'] as const;

/** Reads a template in either language, as text (YAML or JSON) or as a JSON object; it never throws on bad input. */
export function parseTemplate(input: string | JsonMap, options: TemplateOptions = {}): ParsedTemplate {
  const document = readInput(input, options);
  const diagnostics = new Diagnostics();
  diagnostics.all.push(...document.diagnostics);
  const { root } = document;
  if (root === undefined) {
    // Heat takes an empty text for an empty map.
    const isEmpty = diagnostics.all.some(({ message }) => message === 'the document is empty');
    return isEmpty ? { diagnostics: [versionNotFound()] } : { diagnostics: diagnostics.all };
  }
  if (root.kind !== 'map') {
    diagnostics.error('invalid-shape', 'The template is not a JSON object or YAML mapping.', { path: [], at: root.at });
    return { diagnostics: diagnostics.all };
  }
  const language = languageOf(root, typeof input === 'string', diagnostics);
  if (language === undefined) return { diagnostics: diagnostics.all };
  if (language === 'hot') refuseShortTags(document, diagnostics);
  const parsed = language === 'hot' ? parseHot(root, options) : parseCfn(root, options);
  diagnostics.all.push(...parsed.diagnostics);
  return { ...(parsed.template && { template: parsed.template }), diagnostics: diagnostics.all };
}

function readInput(input: string | JsonMap, options: TemplateOptions): ParsedDocument {
  const { maxBytes } = {
    ...DEFAULT_LIMITS,
    ...options.limits,
    ...(options.maxBytes && { maxBytes: options.maxBytes }),
  };
  const limits = { ...options.limits, maxBytes };
  const tooDeep = typeof input === 'string' ? [] : checkJson(input, limits);
  if (tooDeep.length > 0) return { diagnostics: tooDeep, tags: [] };
  const bytes = Buffer.byteLength(typeof input === 'string' ? input : JSON.stringify(input));
  if (bytes > maxBytes) {
    const diagnostics = new Diagnostics();
    diagnostics.error(
      'limit',
      `Request limit exceeded: Template size (${bytes} bytes) exceeds maximum allowed size (${maxBytes} bytes).`,
      { path: [], at: { line: 1, column: 1 }, heatType: 'RequestLimitExceeded' },
    );
    return { diagnostics: diagnostics.all, tags: [] };
  }
  if (typeof input !== 'string') return { root: fromJson(input), diagnostics: [], tags: [] };
  return parseDocument(input, { limits, ...(options.source !== undefined && { source: options.source }) });
}

function versionNotFound(at = { line: 1, column: 1 }): Diagnostic {
  return {
    severity: 'error',
    code: 'invalid-version',
    message: 'Template format version not found.',
    path: [],
    at,
    hint: 'begin with "heat_template_version: 2021-04-16" or "AWSTemplateFormatVersion: 2010-09-09"',
  };
}

/** The language of a document by its header; CloudFormation's header may be left out. */
function languageOf(root: SourceMap, isText: boolean, diagnostics: Diagnostics): Template['language'] | undefined {
  const headers = root.entries.filter(({ key }) => (VERSION_KEYS as readonly string[]).includes(key));
  const [header, second] = headers;
  const wrong = (explanation: string, at = root.at) => {
    const message = `The template version is invalid: ${explanation}`;
    diagnostics.error('invalid-version', message, { path: [], at, heatType: 'InvalidTemplateVersion' });
    return undefined;
  };
  if (header === undefined) {
    if (root.entries.some(({ key, value }) => key === 'Resources' && value.kind === 'map')) return 'cfn';
    // Heat's API looks for the header of a text, its engine for that of a document.
    if (!isText) return wrong('Template version was not provided');
    diagnostics.all.push(versionNotFound(root.at));
    return undefined;
  }
  if (second !== undefined)
    return wrong(`Ambiguous versions (${headers.map(({ key }) => key).join(', ')})`, second.keyAt);
  if (header.value.kind !== 'scalar' || typeof header.value.value !== 'string') {
    return wrong('Template version was not provided', header.value.at);
  }
  return header.key === 'heat_template_version' ? 'hot' : 'cfn';
}

/** HOT has no short tags; Heat's YAML reader says so in these words. */
function refuseShortTags(document: ParsedDocument, diagnostics: Diagnostics): void {
  for (const { name, at } of document.tags) {
    diagnostics.error('syntax', `could not determine a constructor for the tag '${name}'`, {
      path: [],
      at,
      hint: "short tags belong to CloudFormation; write HOT's own functions, e.g. get_resource",
    });
  }
}
