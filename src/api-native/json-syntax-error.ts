/** Thrown inside the scan; holds Python's words and the place. */
class SyntaxAt extends Error {
  constructor(
    message: string,
    readonly index: number,
  ) {
    super(message);
  }
}

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS = ['null', 'true', 'false', 'NaN', 'Infinity', '-Infinity'];

/** Looks for the first mistake, in the order in which Python's json module does. Not recursive: depth is the sender's. */
class Scan {
  #index = 0;

  constructor(private readonly text: string) {}

  run(): void {
    this.#skip(WHITESPACE);
    const open: ('{' | '[')[] = [];
    this.#value(open);
    while (open.length > 0) {
      const container = open.at(-1);
      this.#skip(WHITESPACE);
      const character = this.text[this.#index];
      if (character === (container === '{' ? '}' : ']')) {
        this.#index++;
        open.pop();
        continue;
      }
      if (character !== ',') throw new SyntaxAt("Expecting ',' delimiter", this.#index);
      this.#index++;
      this.#skip(WHITESPACE);
      if (container === '{') this.#key();
      this.#value(open);
    }
    this.#skip(WHITESPACE);
    if (this.#index < this.text.length) throw new SyntaxAt('Extra data', this.#index);
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#index;
    const match = pattern.exec(this.text);
    this.#index += match?.[0].length ?? 0;
    return match !== null;
  }

  #key(): void {
    if (this.text[this.#index] !== '"') {
      throw new SyntaxAt('Expecting property name enclosed in double quotes', this.#index);
    }
    this.#string();
    this.#skip(WHITESPACE);
    if (this.text[this.#index] !== ':') throw new SyntaxAt("Expecting ':' delimiter", this.#index);
    this.#index++;
    this.#skip(WHITESPACE);
  }

  /** One value; an opened container is pushed and its first entry read. */
  #value(open: ('{' | '[')[]): void {
    for (;;) {
      const character = this.text[this.#index];
      if (character !== '{' && character !== '[') {
        if (character === '"') this.#string();
        else this.#scalar();
        return;
      }
      this.#index++;
      this.#skip(WHITESPACE);
      if (this.text[this.#index] === (character === '{' ? '}' : ']')) {
        this.#index++;
        return;
      }
      open.push(character);
      if (character === '{') this.#key();
    }
  }

  #scalar(): void {
    const literal = LITERALS.find((word) => this.text.startsWith(word, this.#index));
    if (literal !== undefined) this.#index += literal.length;
    else if (!this.#skip(NUMBER)) throw new SyntaxAt('Expecting value', this.#index);
  }

  #string(): void {
    const start = this.#index++;
    for (;;) {
      while (this.#isPlain()) this.#index++;
      const character = this.text[this.#index];
      if (character === undefined) throw new SyntaxAt('Unterminated string starting at', start);
      if (character === '"') {
        this.#index++;
        return;
      }
      if (character !== '\\') throw new SyntaxAt('Invalid control character at', this.#index);
      this.#escape(start);
    }
  }

  /** True at a character that may stand in a string as it is. */
  #isPlain(): boolean {
    const code = this.text.charCodeAt(this.#index);
    return code >= 0x20 && code !== 0x22 && code !== 0x5c;
  }

  #escape(start: number): void {
    const next = this.text[this.#index + 1];
    if (next === undefined) throw new SyntaxAt('Unterminated string starting at', start);
    if (next === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(this.text.slice(this.#index + 2, this.#index + 6))) {
        throw new SyntaxAt('Invalid \\uXXXX escape', this.#index + 1);
      }
      this.#index += 6;
    } else if ('"\\/bfnrt'.includes(next)) this.#index += 2;
    else throw new SyntaxAt('Invalid \\escape', this.#index);
  }
}

/** What Python's json module says of a text that is not JSON: `Expecting value: line 1 column 2 (char 1)`. */
export function jsonSyntaxMessage(text: string): string {
  try {
    new Scan(text).run();
  } catch (error) {
    if (!(error instanceof SyntaxAt)) throw error;
    const before = text.slice(0, error.index);
    const line = before.split('\n').length;
    const column = error.index - before.lastIndexOf('\n');
    return `${error.message}: line ${line} column ${column} (char ${error.index})`;
  }
  return 'Out of range float values are not JSON compliant';
}
