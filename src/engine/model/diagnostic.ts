/** A place in a source text; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
  /** The file's name, when it is not the root template. */
  readonly source?: string;
}

export type Severity = 'error' | 'warning';

/** One mistake of a template's or environment's author: what, where, and what to do. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable name of the kind of mistake, e.g. `unknown-reference`. */
  readonly code: DiagnosticCode;
  /** A full sentence; where an API's clients match on a text, exactly that text. */
  readonly message: string;
  /** Where in the document: `['resources', 'server', 'properties', 'image']`; list indices are numbers. */
  readonly path: readonly (string | number)[];
  readonly at?: Position;
  /** What to do, e.g. `did you mean "network"?`. */
  readonly hint?: string;
  /**
   * Heat's "error" part, put before the path when the diagnostic is shown as one line:
   * `Property error: resources.a.properties.b: <message>`. Empty: the path alone goes before the message.
   * Absent: the message stands alone.
   */
  readonly prefix?: string;
  /** Heat's exception class when it is not StackValidationFailed, e.g. `UserParameterMissing`. */
  readonly heatType?: string;
  /** What CloudFormation's API says instead of `message`, where the two worlds differ. */
  readonly awsMessage?: string;
}

/** The kinds of mistakes; each is explained in docs/diagnostics.md. */
export type DiagnosticCode =
  | 'syntax'
  | 'duplicate-key'
  | 'limit'
  | 'invalid-version'
  | 'invalid-section'
  | 'invalid-shape'
  | 'invalid-function'
  | 'invalid-condition'
  | 'invalid-parameter'
  | 'missing-parameter'
  | 'unknown-parameter'
  | 'immutable-parameter'
  | 'constraint'
  | 'invalid-rule'
  | 'unknown-reference'
  | 'unknown-attribute'
  | 'unknown-type'
  | 'unknown-property'
  | 'missing-property'
  | 'invalid-property'
  | 'cycle'
  | 'duplicate-name'
  | 'missing-file'
  | 'invalid-environment'
  | 'not-supported'
  | 'invalid-output'
  | 'invalid-mapping'
  | 'transform';

/** Joins path items as Heat shows them: `resources.a.properties.list[0]`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, item) =>
      typeof item === 'number' || (text !== '' && /^\d+$/.test(item))
        ? `${text}[${item}]`
        : text === ''
          ? item
          : `${text}.${item}`,
    '',
  );
}

/** One line for a diagnostic: `[[<prefix>: ]<path>: ]<message>`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  if (diagnostic.prefix === undefined) return diagnostic.message;
  return [diagnostic.prefix, formatPath(diagnostic.path), diagnostic.message].filter((part) => part !== '').join(': ');
}

/** Collects the diagnostics of one pass. */
export class Diagnostics {
  readonly all: Diagnostic[] = [];

  error(code: DiagnosticCode, message: string, rest: Omit<Diagnostic, 'severity' | 'code' | 'message'>): void {
    this.all.push({ severity: 'error', code, message, ...rest });
  }

  warn(code: DiagnosticCode, message: string, rest: Omit<Diagnostic, 'severity' | 'code' | 'message'>): void {
    this.all.push({ severity: 'warning', code, message, ...rest });
  }

  get hasErrors(): boolean {
    return this.all.some((diagnostic) => diagnostic.severity === 'error');
  }

  get errors(): Diagnostic[] {
    return this.all.filter((diagnostic) => diagnostic.severity === 'error');
  }
}
