import type { Position } from '../../model/diagnostic.js';
import type { Expression, MapEntry, MapExpression, TemplateFunction } from '../expression.js';
import type { SourceEntry, SourceMap, SourceNode } from '../source.js';
import type { CompileContext, ExpressionContext, Names } from './compile-context.js';
import { dynamicString, mayHaveDynamicReference, withDynamicReferences } from './dynamic-references.js';
import { compileCall, compileOperand } from './functions/compile-call.js';
import type { PathItem, Report, Wording } from './report.js';
import { singleEntry } from './source-nodes.js';

/** Where to compile an expression. */
export interface Place {
  readonly path: readonly PathItem[];
  readonly context?: ExpressionContext;
  /** True where strings may have dynamic references (`{{resolve:…}}`): in properties. */
  readonly dynamic?: boolean;
}

/** Turns parsed values of one template into expressions and reports the calls that are wrong. */
export class Compiler implements CompileContext {
  #path: PathItem[] = [];
  #context: ExpressionContext = 'value';
  #dynamic = false;

  constructor(
    readonly names: Names,
    readonly report: Report,
  ) {}

  get context(): ExpressionContext {
    return this.#context;
  }

  get path(): readonly PathItem[] {
    return this.#path;
  }

  /** The expression for a value. */
  compile(node: SourceNode, place: Place): Expression {
    this.#enter(place);
    return this.expression(node);
  }

  /** The expression for a map that is no call itself, such as a resource's properties. */
  compileMap(map: SourceMap, place: Place): MapExpression {
    this.#enter(place);
    return this.map(map);
  }

  /** The expression for something that has to be true or false. */
  compileCondition(node: SourceNode, place: Place, wording: Wording): Expression | undefined {
    this.#enter(place);
    return this.operand(node, wording);
  }

  operand(node: SourceNode, wording: Wording): Expression | undefined {
    return compileOperand(this, node, wording);
  }

  /** The expression for a node below the present path. */
  expression(node: SourceNode): Expression {
    switch (node.kind) {
      case 'scalar':
        return typeof node.value === 'string' && this.#dynamic && mayHaveDynamicReference(node.value)
          ? {
              kind: 'call',
              fn: dynamicString,
              argument: { kind: 'literal', value: node.value, at: node.at },
              at: node.at,
            }
          : { kind: 'literal', value: node.value, at: node.at };
      case 'list':
        return { kind: 'list', items: node.items.map((item, index) => this.child(index, item)), at: node.at };
      case 'map': {
        const entry = singleEntry(node);
        const call = entry && isCallKey(entry.key) ? this.#call(entry, node.at) : undefined;
        return call ?? this.map(node);
      }
    }
  }

  /** The expression for a child of the present node. */
  child(item: PathItem, node: SourceNode): Expression {
    this.#path.push(item);
    const expression = this.expression(node);
    this.#path.pop();
    return expression;
  }

  map(node: SourceMap): MapExpression {
    const entries: MapEntry[] = node.entries.map(({ key, keyAt, value }) => ({
      key,
      keyAt,
      value: this.child(key, value),
    }));
    return { kind: 'map', entries, at: node.at };
  }

  /** A call, with dynamic references resolved in its result where strings may have them. */
  call(fn: TemplateFunction, argument: Expression, at: Position): Expression {
    return { kind: 'call', fn: this.#dynamic ? withDynamicReferences(fn) : fn, argument, at };
  }

  /** Reports a wrong call at the present path. */
  invalid(wording: Wording, at: Position, rest: { hint?: string } = {}): undefined {
    const code = this.#context === 'value' ? 'invalid-function' : 'invalid-condition';
    this.report.error(code, wording, this.#path, at, rest);
    return undefined;
  }

  #enter({ path, context = 'value', dynamic = false }: Place): void {
    this.#path = [...path];
    this.#context = context;
    this.#dynamic = dynamic;
  }

  #call(entry: SourceEntry, at: Position): Expression | undefined {
    this.#path.push(entry.key);
    const expression = compileCall(this, entry.key, entry.value, at);
    this.#path.pop();
    return expression;
  }
}

/** True for keys that look like a function; `Condition` is one only where conditions may stand. */
function isCallKey(key: string): boolean {
  return key === 'Ref' || key === 'Condition' || /^fn::/i.test(key);
}
