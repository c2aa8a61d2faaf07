import { type Diagnostic, formatPath } from '../engine/model/diagnostic.js';
import type { JsonMap } from '../engine/model/value.js';

/**
 * A diagnostic in one line as Heat's API shows it. A StackValidationFailed is put together again from its parts on the
 * API's side of the message bus, which doubles its separators: `Property error: : resources.a.properties: : Unknown …`.
 */
export function doubledText(diagnostic: Diagnostic): string {
  const { prefix, path, message } = diagnostic;
  // An "error" part that no path follows.
  if (prefix === undefined) return message.replace(/^Condition validation error: /, '$&: ');
  const place = formatPath(path);
  return [...(prefix === '' ? [] : [prefix]), ...(place === '' ? [] : [place]), message].join(': : ');
}

/** A diagnostic for clients that look at more than the first message. */
export function diagnosticView(diagnostic: Diagnostic): JsonMap {
  const { message, path, at, hint, code, severity } = diagnostic;
  return {
    severity,
    code,
    message,
    path: formatPath(path),
    ...(at === undefined
      ? {}
      : { line: at.line, column: at.column, ...(at.source === undefined ? {} : { source: at.source }) }),
    ...(hint === undefined ? {} : { hint }),
  };
}
