import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic, Position } from '../../engine/model/diagnostic.js';
import { formatPath } from '../../engine/model/diagnostic.js';
import { formatDiagnosticWithSource } from '../../engine/template/parse/format-diagnostic.js';
import { locate } from '../files/locate.js';
import type { SourceTexts } from '../files/source-texts.js';
import type { WireDiagnostic } from '../heat/api-error.js';

/** Every mistake with its source line and a caret, as blocks of lines. */
export function describeDiagnostics(diagnostics: readonly (WireDiagnostic | Diagnostic)[], texts: SourceTexts): string {
  const blocks = diagnostics.map((diagnostic) => describe(diagnostic, texts));
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  if (errors > 1) blocks.push(`${errors} errors`);
  return blocks.join('\n');
}

function describe(diagnostic: WireDiagnostic | Diagnostic, texts: SourceTexts): string {
  const sent = positionOf(diagnostic);
  const source = texts.find(sent?.source ?? ('source' in diagnostic ? diagnostic.source : undefined));
  // A text that was rewritten on its way has other positions there than here: only the path still fits.
  const place =
    source === undefined
      ? namedPlace(sent)
      : source.sentAsIs && sent !== undefined
        ? sent
        : (locate(source.text, diagnostic.path) ?? undefined);
  const name = source === undefined ? (sent?.source ?? 'template') : shortName(source.url);
  const full: Diagnostic = {
    severity: diagnostic.severity,
    code: 'syntax',
    message: diagnostic.message,
    path: diagnostic.path,
    ...('prefix' in diagnostic && diagnostic.prefix !== undefined ? { prefix: diagnostic.prefix } : {}),
    ...(place === undefined ? {} : { at: { line: place.line, column: place.column } }),
    ...(diagnostic.hint === undefined ? {} : { hint: diagnostic.hint }),
  };
  // A message that only guesses at a place stands alone where the place is not in our files.
  if (place === undefined && diagnostic.message.includes(formatPath(diagnostic.path))) return diagnostic.message;
  const text = formatDiagnosticWithSource(source?.text ?? '', full, name);
  return place === undefined && diagnostic.path.length > 0 ? `${text}\n  at ${formatPath(diagnostic.path)}` : text;
}

/** A place in a text that we do not have: worth telling only if it is said which text that is. */
function namedPlace(sent: Position | undefined): Position | undefined {
  return sent?.source === undefined ? undefined : sent;
}

function positionOf(diagnostic: WireDiagnostic | Diagnostic): Position | undefined {
  if ('at' in diagnostic) return diagnostic.at;
  if (!('line' in diagnostic) || diagnostic.line === undefined) return undefined;
  const { line, column, source } = diagnostic;
  return { line, column: column ?? 1, ...(source === undefined ? {} : { source }) };
}

function shortName(url: string): string {
  return url.startsWith('file:') ? basename(fileURLToPath(url)) : url;
}
