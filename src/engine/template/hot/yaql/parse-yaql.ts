import { pythonStr } from './python-text.js';
import type { YaqlArgument, YaqlNode } from './syntax.js';
import { YaqlLexer, type YaqlToken } from './tokens.js';
import { YaqlError } from './yaql-error.js';

interface Binding {
  readonly power: number;
  readonly rightAssociative?: boolean;
}

/** YAQL's operator table, from the loosest (1) to the tightest. */
const BINARY: ReadonlyMap<string, Binding> = new Map<string, Binding>([
  ['->', { power: 1, rightAssociative: true }],
  ['or', { power: 2 }],
  ['and', { power: 3 }],
  ...['>', '<', '>=', '<=', '!=', '=', 'in'].map((name): [string, Binding] => [name, { power: 5 }]),
  ...['+', '-'].map((name): [string, Binding] => [name, { power: 6 }]),
  ...['*', '/', 'mod'].map((name): [string, Binding] => [name, { power: 7 }]),
  ...['=~', '!~'].map((name): [string, Binding] => [name, { power: 8 }]),
  ...['.', '?.'].map((name): [string, Binding] => [name, { power: 11 }]),
]);
const PREFIX: ReadonlyMap<string, number> = new Map([
  ['not', 4],
  ['+', 9],
  ['-', 9],
]);
const INDEX_POWER = 10;
const ALIASES: { readonly [operator: string]: string } = { '=': '*equal', '!=': '*not_equal' };
/** Deeper nesting is refused before it can overflow the stack. */
const MAX_DEPTH = 500;

class Parser {
  readonly #lexer: YaqlLexer;
  #token: YaqlToken;
  #depth = 0;

  constructor(readonly text: string) {
    this.#lexer = new YaqlLexer(text);
    this.#token = this.#lexer.next();
  }

  parse(): YaqlNode {
    const node = this.#expression(0);
    if (this.#token.kind !== 'end') this.#fail();
    return node;
  }

  #fail(): never {
    const { kind, value, at } = this.#token;
    if (kind === 'end') throw new YaqlError('Parse error: unexpected end of statement');
    throw new YaqlError(`Parse error: unexpected '${pythonStr(value)}' at position ${at} of expression '${this.text}'`);
  }

  #advance(): void {
    this.#token = this.#lexer.next();
  }

  #is(value: string): boolean {
    return (this.#token.kind === 'punctuation' || this.#token.kind === 'operator') && this.#token.value === value;
  }

  #expect(value: string): void {
    if (!this.#is(value)) this.#fail();
    this.#advance();
  }

  #expression(minimum: number): YaqlNode {
    if (++this.#depth > MAX_DEPTH) throw new YaqlError('Parse error: the expression is nested too deeply');
    let left = this.#prefix();
    for (;;) {
      if (this.#is('[') && INDEX_POWER >= minimum) {
        this.#advance();
        left = { kind: 'operator', name: '#indexer', operands: this.#operands(left, this.#arguments(']')) };
        continue;
      }
      const name = this.#token.kind === 'operator' ? this.#token.value : undefined;
      const binding = name === undefined ? undefined : BINARY.get(name);
      if (name === undefined || !binding || binding.power < minimum) break;
      this.#advance();
      const right = this.#expression(binding.rightAssociative ? binding.power : binding.power + 1);
      if (name === '.' || name === '?.') {
        left = { kind: 'dot', receiver: left, member: right, optional: name === '?.' };
      } else {
        left = { kind: 'operator', name: ALIASES[name] ?? `#operator_${name}`, operands: [left, right] };
      }
    }
    this.#depth--;
    return left;
  }

  #operands(first: YaqlNode, rest: readonly YaqlArgument[]): readonly YaqlNode[] {
    return [first, ...rest.map((node): YaqlNode => node ?? { kind: 'constant', value: null, keyword: false })];
  }

  #prefix(): YaqlNode {
    const token = this.#token;
    switch (token.kind) {
      case 'constant':
      case 'keyword':
        this.#advance();
        return { kind: 'constant', value: token.value, keyword: token.kind === 'keyword' };
      case 'variable':
        this.#advance();
        return { kind: 'variable', name: token.value };
      case 'function':
        this.#advance();
        return { kind: 'call', name: token.value, args: this.#arguments(')') };
      case 'operator': {
        const power = PREFIX.get(token.value);
        if (power === undefined) this.#fail();
        this.#advance();
        return { kind: 'operator', name: `#unary_operator_${token.value}`, operands: [this.#expression(power)] };
      }
      case 'punctuation':
        return this.#bracketed(token.value);
      case 'end':
        return this.#fail();
    }
  }

  #bracketed(opening: string): YaqlNode {
    if (opening === '(') {
      this.#advance();
      const inner = this.#expression(0);
      this.#expect(')');
      // In parentheses a call is not a method: `$.(f())` is refused, as YAQL does.
      return inner.kind === 'call' ? { kind: 'operator', name: '()', operands: [inner] } : inner;
    }
    if (opening === '[' || opening === '{') {
      this.#advance();
      const args = this.#arguments(opening === '[' ? ']' : '}');
      return { kind: 'call', name: opening === '[' ? '#list' : '#map', args };
    }
    return this.#fail();
  }

  /** Arguments up to the closing bracket: positional ones, which may be left out, then `name => value` ones. */
  #arguments(closing: string): YaqlArgument[] {
    const args: YaqlArgument[] = [];
    if (this.#is(closing)) {
      this.#advance();
      return args;
    }
    let named = false;
    for (;;) {
      if (this.#is(',') && !named) {
        args.push(undefined);
        this.#advance();
        continue;
      }
      const value = this.#expression(0);
      if (this.#is('=>')) {
        this.#advance();
        args.push({ kind: 'rule', source: value, destination: this.#expression(0) });
        named = true;
      } else {
        if (named) this.#fail();
        args.push(value);
      }
      if (this.#is(closing)) {
        this.#advance();
        return args;
      }
      this.#expect(',');
    }
  }
}

/** Parses a YAQL expression; throws a YaqlError with YAQL's text. */
export function parseYaql(expression: string): YaqlNode {
  return new Parser(expression).parse();
}
