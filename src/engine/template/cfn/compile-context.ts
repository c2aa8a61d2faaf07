import type { Position } from '../../model/diagnostic.js';
import type { JsonMap } from '../../model/value.js';
import type { Expression, MapExpression, TemplateFunction } from '../expression.js';
import type { SourceMap, SourceNode } from '../source.js';
import type { PathItem, Report, Wording } from './report.js';

/** Where an expression stands; it decides which functions may be used. */
export type ExpressionContext = 'value' | 'condition' | 'rule';

/** What a template declares: the names that its expressions may use. */
export interface Names {
  /** Parameters with their types as written. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly resources: ReadonlySet<string>;
  readonly conditions: ReadonlySet<string>;
  readonly mappings: { readonly [name: string]: JsonMap };
  /** True if the template asks for `AWS::LanguageExtensions`. */
  readonly extensions: boolean;
  /** True if the template asks for macros that are not known here: then much of it may not be meant for CloudFormation. */
  readonly awaitsMacros: boolean;
}

/** What the compilation of a call may use of its surroundings. */
export interface CompileContext {
  readonly names: Names;
  readonly report: Report;
  readonly context: ExpressionContext;
  /** The expression for the node at the present path. */
  expression(node: SourceNode): Expression;
  /** The expression for a child of the present node. */
  child(item: PathItem, node: SourceNode): Expression;
  /** The expression for a map that is not taken as a call. */
  map(node: SourceMap): MapExpression;
  /** The expression for something that has to be true or false; undefined if it cannot be, which is reported in these words. */
  operand(node: SourceNode, wording: Wording): Expression | undefined;
  /** A call, with dynamic references resolved in its result where strings may have them. */
  call(fn: TemplateFunction, argument: Expression, at: Position): Expression;
  /** Reports a wrong call at the present path. */
  invalid(wording: Wording, at: Position, rest?: { hint?: string }): undefined;
}

/** One function of a dialect: where it may stand and how a call of it is compiled. */
export interface FunctionEntry {
  readonly fn: TemplateFunction;
  readonly contexts: readonly ExpressionContext[];
  /** True if the template has to ask for `AWS::LanguageExtensions`. */
  readonly extension?: boolean;
  /** Undefined if the call is wrong; that is reported then. */
  readonly compile: (compiler: CompileContext, argument: SourceNode, at: Position) => Expression | undefined;
}
