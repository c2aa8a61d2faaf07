/** A text in which some lines begin with more spaces than they were written with. */
export interface Padded {
  readonly text: string;
  /** How many spaces each changed line got, by its index from 0. */
  readonly pads: ReadonlyMap<number, number>;
}

const SPACE = 32;
const TAB = 9;
const isBreak = (code: number) => code === 10 || code === 13;
const isBlank = (code: number) => code === SPACE || code === TAB;
const isEnd = (code: number) => Number.isNaN(code) || isBlank(code) || isBreak(code);

/**
 * Indents what stands too far left inside of brackets and quotes. YAML 1.1 and all who read CloudFormation's and Heat's
 * templates take a closing bracket below its key, YAML 1.2 does not:
 *
 *     AllowedValues: [
 *       a
 *     ]
 *
 * Leading spaces mean nothing there, so the values stay the same. It looks at tokens just as far as it must to know where
 * brackets and quotes open and close.
 */
export function padFlowLines(text: string): Padded {
  return new FlowIndenter(text).pad();
}

class FlowIndenter {
  readonly #text: string;
  readonly #pads = new Map<number, number>();
  readonly #inserts: { offset: number; spaces: number }[] = [];
  #position = 0;
  #line = 0;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  pad(): Padded {
    while (this.#position < this.#text.length) this.#blockLine();
    const parts: string[] = [];
    let from = 0;
    for (const { offset, spaces } of this.#inserts) {
      parts.push(this.#text.slice(from, offset), ' '.repeat(spaces));
      from = offset;
    }
    parts.push(this.#text.slice(from));
    return { text: parts.join(''), pads: this.#pads };
  }

  #code(offset = 0): number {
    return this.#text.charCodeAt(this.#position + offset);
  }

  get #column(): number {
    return this.#position - this.#lineStart;
  }

  #newLine(): void {
    this.#position += this.#code() === 13 && this.#code(1) === 10 ? 2 : 1;
    this.#line++;
    this.#lineStart = this.#position;
  }

  #skipBlanks(): void {
    while (isBlank(this.#code())) this.#position++;
  }

  #skipLine(): void {
    while (this.#position < this.#text.length && !isBreak(this.#code())) this.#position++;
    if (this.#position < this.#text.length) this.#newLine();
  }

  /** The spaces that the line at the position begins with; undefined for a blank line. */
  #indentHere(): number | undefined {
    let spaces = 0;
    while (this.#code(spaces) === SPACE) spaces++;
    let next = spaces;
    while (isBlank(this.#code(next))) next++;
    return Number.isNaN(this.#code(next)) || isBreak(this.#code(next)) ? undefined : spaces;
  }

  /** One line outside of brackets and quotes, with all that begins on it. */
  #blockLine(): void {
    this.#skipBlanks();
    let indent = this.#column;
    // "- ", "? " and ": " open collections on the same line; what follows is indented by its own column.
    while ((this.#code() === 45 || this.#code() === 63 || this.#code() === 58) && isEnd(this.#code(1))) {
      indent = this.#column;
      this.#position++;
      this.#skipBlanks();
    }
    const content = this.#column;
    while (this.#node(indent, content)) {
      this.#position++;
      this.#skipBlanks();
      // What follows is the value of a key in a map that is indented by the key's column.
      indent = content;
    }
  }

  /** Skips one key or value; true if it is a key, so that the position is at its colon. */
  #node(indent: number, content: number): boolean {
    this.#skipProperties();
    const code = this.#code();
    const isText = code === 124 || code === 62;
    if (Number.isNaN(code) || isBreak(code) || code === 35) this.#skipLine();
    else if (code === 34 || code === 39) return this.#afterToken(() => this.#quoted(content + 1));
    else if (code === 91 || code === 123) return this.#afterToken(() => this.#flow(content + 1));
    else if (!isText && this.#plainKey()) return true;
    else this.#skipDeeper(indent);
    return false;
  }

  #afterToken(skipToken: () => void): boolean {
    skipToken();
    this.#skipBlanks();
    if (this.#code() === 58) return true;
    this.#skipLine();
    return false;
  }

  /** Anchors, tags and aliases before a value. */
  #skipProperties(): void {
    while (this.#code() === 33 || this.#code() === 38) {
      while (!isEnd(this.#code())) this.#position++;
      this.#skipBlanks();
    }
  }

  /** Skips a plain scalar up to the ":" that makes it a key; false if it is none. */
  #plainKey(): boolean {
    for (let offset = this.#position; ; offset++) {
      const code = this.#text.charCodeAt(offset);
      if (Number.isNaN(code) || isBreak(code)) return false;
      if (code === 35 && isBlank(this.#text.charCodeAt(offset - 1))) return false;
      if (code === 58 && isEnd(this.#text.charCodeAt(offset + 1))) {
        this.#position = offset;
        return true;
      }
    }
  }

  /** The rest of this line and the lines indented deeper: a block scalar, or a plain one over several lines. */
  #skipDeeper(indent: number): void {
    this.#skipLine();
    while (this.#position < this.#text.length) {
      const next = this.#indentHere();
      if (next !== undefined && next <= indent) return;
      this.#skipLine();
    }
  }

  /** Goes to the next line inside of brackets or quotes and indents it if needed. */
  #flowLine(required: number): void {
    this.#newLine();
    const indent = this.#indentHere();
    if (indent === undefined || indent >= required) return;
    this.#pads.set(this.#line, required - indent);
    this.#inserts.push({ offset: this.#position, spaces: required - indent });
  }

  #quoted(required: number): void {
    const quote = this.#code();
    this.#position++;
    while (this.#position < this.#text.length) {
      const code = this.#code();
      if (code === quote) {
        this.#position++;
        if (quote === 34 || this.#code() !== quote) return;
        this.#position++;
      } else if (isBreak(code)) this.#flowLine(required);
      else this.#position += quote === 34 && code === 92 && !isBreak(this.#code(1)) ? 2 : 1;
    }
  }

  #flow(required: number): void {
    let depth = 0;
    let inPlain = false;
    while (this.#position < this.#text.length) {
      const code = this.#code();
      if (isBreak(code)) {
        this.#flowLine(required);
        continue;
      }
      if ((code === 34 || code === 39) && !inPlain) {
        this.#quoted(required);
        continue;
      }
      if (code === 35 && isEnd(this.#code(-1))) {
        while (this.#position < this.#text.length && !isBreak(this.#code())) this.#position++;
        continue;
      }
      this.#position++;
      if (code === 91 || code === 123) depth++;
      else if (code === 93 || code === 125) {
        depth--;
        if (depth === 0) return;
      }
      const opens = code === 91 || code === 123 || code === 93 || code === 125 || code === 44;
      if (opens || (code === 58 && (isEnd(this.#code()) || !inPlain))) inPlain = false;
      else if (!isBlank(code)) inPlain = inPlain || !(code === 33 || code === 38);
      if (!inPlain && (code === 33 || code === 38)) {
        while (!isEnd(this.#code()) && this.#code() !== 44 && this.#code() !== 93 && this.#code() !== 125)
          this.#position++;
      }
    }
  }
}
