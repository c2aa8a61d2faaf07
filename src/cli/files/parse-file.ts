import type { Diagnostic } from '../../engine/model/diagnostic.js';
import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { toJson } from '../../engine/template/parse/json-node.js';
import { parseDocument } from '../../engine/template/parse/parse-document.js';
import { CommandError } from '../program/exit-codes.js';

/** The server has its own, configurable limit of size; this one only keeps the command from choking. */
const LIMITS = { maxBytes: 64 * 1024 * 1024 };

/** A file cannot be read as YAML or JSON; carries every mistake with its place. */
export class SourceError extends CommandError {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'the file cannot be read');
    this.name = 'SourceError';
  }
}

/** The map that a YAML or JSON text holds; anything else is a SourceError. `source` is absent for the root template. */
export function parseFile(text: string, source: string | undefined): JsonMap {
  const parsed = parseDocument(text, { limits: LIMITS, ...(source === undefined ? {} : { source }) });
  const errors = parsed.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length > 0) throw new SourceError(errors);
  const document = parsed.root === undefined ? null : toJson(parsed.root);
  if (!isMap(document)) {
    const at = { line: 1, column: 1, ...(source === undefined ? {} : { source }) };
    const message = 'The template is not a JSON object or YAML mapping.';
    throw new SourceError([{ severity: 'error', code: 'invalid-shape', message, path: [], at }]);
  }
  return document as JsonMap;
}

const VERSION_KEYS = ['heat_template_version', 'HeatTemplateFormatVersion', 'AWSTemplateFormatVersion'];

/** True if a text is a template, which may name more files: a map that says its template version. */
export function isTemplateText(text: string): boolean {
  if (!VERSION_KEYS.some((key) => text.includes(key))) return false;
  const { root, diagnostics } = parseDocument(text, { limits: LIMITS });
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error') || root?.kind !== 'map') return false;
  return root.entries.some((entry) => VERSION_KEYS.includes(entry.key));
}
