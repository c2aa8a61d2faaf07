import type { YaqlValue } from './values.js';

/** A parsed YAQL expression. */
export type YaqlNode =
  | { readonly kind: 'constant'; readonly value: YaqlValue; readonly keyword: boolean }
  | { readonly kind: 'variable'; readonly name: string }
  /** A function call, or a method call when it stands right of a dot. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly YaqlArgument[] }
  | { readonly kind: 'operator'; readonly name: string; readonly operands: readonly YaqlNode[] }
  | { readonly kind: 'dot'; readonly receiver: YaqlNode; readonly member: YaqlNode; readonly optional: boolean }
  /** `source => destination`, only as an argument. */
  | { readonly kind: 'rule'; readonly source: YaqlNode; readonly destination: YaqlNode };

/** An argument; undefined where one was left out (`f(, 1)`). */
export type YaqlArgument = YaqlNode | undefined;
