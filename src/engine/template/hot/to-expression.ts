import type { Expression, ListExpression, MapExpression } from '../expression.js';
import type { SourceMap, SourceNode } from '../source.js';
import type { HotFunction } from './define-function.js';
import type { FunctionSet } from './function-table.js';

/** Where an expression stands: only condition functions may be used in a condition. */
export type ExpressionContext = 'value' | 'condition';

/** The expression of a node: a map whose only key is a function's name is a call, all else is data. */
export function toExpression(
  node: SourceNode,
  functions: FunctionSet,
  context: ExpressionContext = 'value',
): Expression {
  switch (node.kind) {
    case 'scalar':
      return { kind: 'literal', value: node.value, at: node.at };
    case 'list':
      return toList(node, functions, context, context);
    case 'map': {
      const only = node.entries.length === 1 ? node.entries[0] : undefined;
      const table = context === 'condition' ? functions.conditions : functions.values;
      const fn = only && table.get(only.key);
      if (only && fn)
        return { kind: 'call', fn, argument: toArgument(fn, only.value, functions, context), at: node.at };
      return toMap(node, functions, context);
    }
  }
}

/** A map that is data whatever its keys are, e.g. a resource's properties. */
export function toMap(node: SourceMap, functions: FunctionSet, context: ExpressionContext = 'value'): MapExpression {
  const entries = node.entries.map(({ key, keyAt, value }) => ({
    key,
    keyAt,
    value: toExpression(value, functions, context),
  }));
  return { kind: 'map', entries, at: node.at };
}

function toArgument(fn: HotFunction, node: SourceNode, functions: FunctionSet, context: ExpressionContext): Expression {
  if (fn.startsWithCondition && node.kind === 'list') return toList(node, functions, 'condition', context);
  return toExpression(node, functions, context);
}

function toList(
  node: SourceNode & { kind: 'list' },
  functions: FunctionSet,
  first: ExpressionContext,
  rest: ExpressionContext,
): ListExpression {
  const items = node.items.map((item, index) => toExpression(item, functions, index === 0 ? first : rest));
  return { kind: 'list', items, at: node.at };
}
