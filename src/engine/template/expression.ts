import type { Diagnostics, Position } from '../model/diagnostic.js';
import type { JsonMap, JsonScalar, Unknown, Value } from '../model/value.js';

/** A value of a template before evaluation. */
export type Expression = Literal | ListExpression | MapExpression | Call;

export interface Literal {
  readonly kind: 'literal';
  readonly value: JsonScalar;
  readonly at: Position;
}

export interface ListExpression {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly at: Position;
}

export interface MapExpression {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly at: Position;
}

export interface MapEntry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: Expression;
}

export interface Call {
  readonly kind: 'call';
  readonly fn: TemplateFunction;
  readonly argument: Expression;
  readonly at: Position;
}

/** A resource that an expression refers to; `attribute` is absent for a reference to its id. */
export interface Reference {
  readonly resource: string;
  readonly attribute?: string;
  /** True for `Ref`, whose name may just as well be a parameter's. */
  readonly maybeParameter?: boolean;
  readonly at: Position;
}

/** A named condition that an expression looks at. */
export interface ConditionReference {
  readonly name: string;
  readonly at: Position;
}

/** What static checks may look up. */
export interface CheckContext {
  readonly diagnostics: Diagnostics;
  /** Where the expression stands, for diagnostics. */
  readonly path: readonly (string | number)[];
  readonly resources: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  readonly conditions: ReadonlySet<string>;
  /** True where only condition functions may stand. */
  readonly inCondition: boolean;
}

/** One function of a language; each stands once in its dialect's table. */
export interface TemplateFunction {
  readonly name: string;
  /** One line for `template function list`. */
  readonly summary: string;
  /** Reports shapes that can be seen to be wrong before anything is evaluated. */
  check?(argument: Expression, context: CheckContext, at: Position): void;
  /** The resources that the call itself refers to; references inside its argument are found by the caller. */
  references?(argument: Expression, at: Position, scope?: Scope): readonly Reference[];
  /** The conditions that the call itself names; those inside calls in its argument are found by the caller. */
  conditions?(argument: Expression, at: Position): readonly ConditionReference[];
  /**
   * For functions that choose: the parts of the argument that count in this scope, so that what stands in the branch
   * not taken makes no dependency. Undefined if that cannot be said yet.
   */
  chosen?(
    argument: Expression,
    scope: Scope,
    evaluate: (expression: Expression) => Value,
  ): readonly Expression[] | undefined;
  /**
   * The value for an evaluated argument. It never sees Unknown or Secret: an unknown argument makes the call
   * unknown, a secret one makes its result secret. Throws an EvaluationError.
   */
  evaluate?(argument: Value, scope: Scope, at: Position): Value;
  /** Instead of `evaluate`, for functions that choose what to evaluate or that can live with unknown parts. */
  evaluateLazily?(argument: Expression, scope: Scope, evaluate: (expression: Expression) => Value, at: Position): Value;
}

/** What an expression may ask its surroundings while it is evaluated. */
export interface Scope {
  /** The value of a parameter or pseudo parameter; throws an EvaluationError if there is none. */
  parameter(name: string): Value;
  hasParameter(name: string): boolean;
  hasResource(name: string): boolean;
  /** What `get_resource`/`Ref` gives for a resource; Unknown while it is not there, null if its condition is false. */
  reference(resource: string): Value;
  /** An attribute with the path below it; Unknown while the resource is not there, null if its condition is false. */
  attribute(resource: string, attribute: string, path: readonly Value[]): Value;
  /** All attributes of a resource but `show`. */
  attributes(resource: string): Value;
  /** A named condition's value; throws an EvaluationError for an unknown name or a cycle. */
  condition(name: string): boolean | Unknown;
  /** The text of a file that came with the template. */
  file(key: string): string | undefined;
  /** A section of CloudFormation's Mappings. */
  mapping(name: string): JsonMap | undefined;
  /** What the resource in the parent stack that stands for this one says of itself; undefined in a root stack. */
  facade(part: 'metadata' | 'deletion_policy' | 'update_policy'): Value | undefined;
  /** The zones of a region (`Fn::GetAZs`); an empty name means the stack's own region. */
  zones(region: string): readonly string[];
  /** An export of another stack; throws an EvaluationError if there is none. */
  exported(name: string): Value;
  /** An output of another stack (`Fn::GetStackOutput`); no region means the stack's own. */
  stackOutput(stack: string, output: string, region?: string): Value;
  /** What the cloud knows of the thing that a parameter names (`Fn::ValueOf` in rules), e.g. a subnet's `VpcId`. */
  parameterAttribute?(parameter: string, attribute: string): Value;
  /** A dynamic reference, e.g. `('ssm', '/path:3')`; secret where the service says so. */
  dynamicReference(service: string, reference: string): Value;
}

/** A function was called with values that it cannot use. */
export class EvaluationError extends Error {
  /** @param heatType Heat's exception class if it is not a plain ValueError/TypeError, e.g. `UserParameterMissing`. */
  constructor(
    message: string,
    readonly at?: Position,
    readonly heatType?: string,
  ) {
    super(message);
    this.name = 'EvaluationError';
  }
}
