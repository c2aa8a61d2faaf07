import { type Json, type JsonMap, setOwn } from './value.js';

/** JSON text as Python's `json.dumps` writes it: `", "` and `": "` between parts, ASCII only, keys in their order. */
export function dumpJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(dumpJson).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    return `{${Object.keys(value)
      .map((key) => `${dumpJson(key)}: ${dumpJson(value[key] ?? null)}`)
      .join(', ')}}`;
  }
  const text = JSON.stringify(value);
  if (typeof value !== 'string') return text;
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** JSON text that cannot be read; the message is Python's, e.g. `Expecting value: line 1 column 1 (char 0)`. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';

  constructor(problem: string, text: string, at: number) {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    super(`${problem}: line ${line} column ${column} (char ${at})`);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: { readonly [letter: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const MAX_DEPTH = 900;

class JsonReader {
  #at = 0;
  #depth = 0;

  constructor(readonly text: string) {}

  document(): Json {
    this.#space();
    const value = this.#value();
    this.#space();
    if (this.#at < this.text.length) throw this.#error('Extra data');
    return value;
  }

  #error(problem: string, at = this.#at): JsonTextError {
    return new JsonTextError(problem, this.text, at);
  }

  #space(): void {
    while (' \t\n\r'.includes(this.text[this.#at] ?? 'x')) this.#at++;
  }

  #value(): Json {
    const character = this.text[this.#at];
    if (character === '"') return this.#string();
    if (character === '{' || character === '[') {
      if (++this.#depth > MAX_DEPTH) throw this.#error('Nested too deeply');
      const value = character === '{' ? this.#map() : this.#list();
      this.#depth--;
      return value;
    }
    for (const [word, value] of [
      ['null', null],
      ['true', true],
      ['false', false],
    ] as const) {
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) throw this.#error('Expecting value');
    this.#at += number.length;
    return Number(number);
  }

  #list(): Json[] {
    const items: Json[] = [];
    this.#at++;
    this.#space();
    if (this.text[this.#at] === ']') {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.#value());
      this.#space();
      const next = this.text[this.#at];
      if (next !== ',' && next !== ']') throw this.#error("Expecting ',' delimiter");
      this.#at++;
      if (next === ']') return items;
      this.#space();
    }
  }

  #map(): JsonMap {
    const map: JsonMap = {};
    this.#at++;
    this.#space();
    if (this.text[this.#at] === '}') {
      this.#at++;
      return map;
    }
    for (;;) {
      if (this.text[this.#at] !== '"') throw this.#error('Expecting property name enclosed in double quotes');
      const key = this.#string();
      this.#space();
      if (this.text[this.#at] !== ':') throw this.#error("Expecting ':' delimiter");
      this.#at++;
      this.#space();
      setOwn(map, key, this.#value());
      this.#space();
      const next = this.text[this.#at];
      if (next !== ',' && next !== '}') throw this.#error("Expecting ',' delimiter");
      this.#at++;
      if (next === '}') return map;
      this.#space();
    }
  }

  #string(): string {
    const start = this.#at++;
    let value = '';
    for (;;) {
      const character = this.text[this.#at];
      if (character === undefined) throw this.#error('Unterminated string starting at', start);
      this.#at++;
      if (character === '"') return value;
      if (character < ' ') throw this.#error('Invalid control character at', this.#at - 1);
      if (character !== '\\') {
        value += character;
        continue;
      }
      const letter = this.text[this.#at];
      if (letter === undefined) throw this.#error('Unterminated string starting at', start);
      if (letter === 'u') {
        const digits = this.text.slice(this.#at + 1, this.#at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error('Invalid \\uXXXX escape');
        value += String.fromCharCode(Number.parseInt(digits, 16));
        this.#at += 5;
        continue;
      }
      const plain = ESCAPES[letter];
      if (plain === undefined) throw this.#error('Invalid \\escape', this.#at - 1);
      value += plain;
      this.#at++;
    }
  }
}

/** Reads JSON text; throws a JsonTextError with Python's message. */
export function loadJson(text: string): Json {
  return new JsonReader(text).document();
}
