import type { Diagnostic, DiagnosticCode, Diagnostics, Position } from '../../model/diagnostic.js';
import type { CfnDialect } from './dialect.js';

/** A step on the way from the root of a document to a node. */
export type PathItem = string | number;

/** The two worlds' words for one mistake. */
export interface Wording {
  /** What CloudFormation's API says. */
  readonly aws: string;
  /** What Heat says, where it says something else. */
  readonly heat?: string;
}

/** Collects the mistakes of one CloudFormation template, in both worlds' words. */
export class Report {
  constructor(
    readonly diagnostics: Diagnostics,
    readonly dialect: CfnDialect,
  ) {}

  /** One error; Heat's words are the message where Heat has its own, AWS's stand beside them. */
  error(
    code: DiagnosticCode,
    wording: Wording,
    path: readonly PathItem[],
    at: Position,
    rest: Partial<Pick<Diagnostic, 'hint' | 'heatType' | 'prefix'>> = {},
  ): void {
    const aws = wording.heat === undefined ? {} : { awsMessage: wording.aws };
    this.diagnostics.error(code, wording.heat ?? wording.aws, { path: [...path], at, ...aws, ...rest });
  }

  warn(code: DiagnosticCode, message: string, path: readonly PathItem[], at: Position, hint?: string): void {
    this.diagnostics.warn(code, message, { path: [...path], at, ...(hint === undefined ? {} : { hint }) });
  }
}
