import type { YaqlValue } from './values.js';
import { YaqlError } from './yaql-error.js';

/** The smallest pieces of an expression. */
export type YaqlToken =
  | { readonly kind: 'constant' | 'keyword'; readonly value: YaqlValue; readonly at: number }
  | { readonly kind: 'variable' | 'function' | 'operator' | 'punctuation'; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly value: ''; readonly at: number };

const VARIABLE = /\$[\p{L}\p{M}\p{N}_]*/uy;
const NUMBER = /\d+(?:\.?\d+)?(?![\p{L}\p{M}\p{N}_])/uy;
const FUNCTION = /[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*\(/uy;
const WORD = /(?!__)[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*/uy;
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/uy;
const VERBATIM = /`(?:[^`\\]|\\.)*`/uy;
const OPERATOR = /=>|->|=~|!~|>=|<=|!=|\?\.|[.+\-*/><=]/uy;
const PUNCTUATION = /[()[\]{},]/uy;
const WORD_BEFORE = /[\p{L}\p{M}\p{N}_]/u;
const WORD_OPERATORS = new Set(['mod', 'in', 'not', 'and', 'or']);
const LITERAL_WORDS: ReadonlyMap<string, YaqlValue> = new Map<string, YaqlValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const SINGLE_ESCAPES: { readonly [letter: string]: string } = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function decodeEscapes(text: string): string {
  return text.replace(
    /\\U([0-9a-fA-F]{8})|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([0-7]{1,3})|\\([\\'"abfnrtv])/g,
    (whole, long?: string, short?: string, byte?: string, octal?: string, letter?: string) => {
      if (letter !== undefined) return SINGLE_ESCAPES[letter] ?? whole;
      const code = octal !== undefined ? Number.parseInt(octal, 8) : Number.parseInt(long ?? short ?? byte ?? '', 16);
      if (code > 0x10ffff) throw new YaqlError(`illegal Unicode character in ${whole}`);
      return String.fromCodePoint(code);
    },
  );
}

/** Cuts an expression into tokens, one at a time, so that errors come in the order of the text. */
export class YaqlLexer {
  #at = 0;

  constructor(readonly text: string) {}

  next(): YaqlToken {
    while (this.#at < this.text.length && ' \t\r\n'.includes(this.text[this.#at] as string)) this.#at++;
    const at = this.#at;
    if (at >= this.text.length) return { kind: 'end', value: '', at };
    const afterWord = at > 0 && WORD_BEFORE.test(this.text[at - 1] as string);
    const variable = this.#take(VARIABLE);
    if (variable !== undefined) return { kind: 'variable', value: variable, at };
    if (!afterWord) {
      const number = this.#take(NUMBER);
      if (number !== undefined)
        return { kind: 'constant', value: number.includes('.') ? Number(number) : BigInt(number), at };
      const name = this.#take(FUNCTION);
      if (name !== undefined) return { kind: 'function', value: name.slice(0, -1), at };
      const word = this.#take(WORD);
      if (word !== undefined) {
        if (WORD_OPERATORS.has(word)) return { kind: 'operator', value: word, at };
        const literal = LITERAL_WORDS.get(word);
        return literal === undefined ? { kind: 'keyword', value: word, at } : { kind: 'constant', value: literal, at };
      }
    }
    const quoted = this.#take(QUOTED);
    if (quoted !== undefined) return { kind: 'constant', value: decodeEscapes(quoted.slice(1, -1)), at };
    const verbatim = this.#take(VERBATIM);
    if (verbatim !== undefined) return { kind: 'constant', value: verbatim.slice(1, -1).replaceAll('\\`', '`'), at };
    const operator = this.#take(OPERATOR);
    if (operator !== undefined) return { kind: 'operator', value: operator, at };
    const punctuation = this.#take(PUNCTUATION);
    if (punctuation !== undefined) return { kind: 'punctuation', value: punctuation, at };
    throw new YaqlError(
      `Lexical error: illegal character '${String.fromCodePoint(this.text.codePointAt(at) ?? 0)}' at position ${at}`,
    );
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }
}
