import type { Position } from '../../model/diagnostic.js';

/** Turns offsets of a text into lines and columns; cheap when the offsets come in rising order, as a parser's do. */
export class Positions {
  readonly #starts: number[] = [0];
  readonly #source: string | undefined;
  readonly #pads: ReadonlyMap<number, number>;
  #line = 0;

  /** @param pads spaces that lines have more than in the text that people see, by line index. */
  constructor(text: string, source?: string, pads: ReadonlyMap<number, number> = new Map()) {
    this.#source = source;
    this.#pads = pads;
    for (let index = 0; index < text.length; index++) {
      const character = text.charCodeAt(index);
      if (character === 10) this.#starts.push(index + 1);
      else if (character === 13) {
        if (text.charCodeAt(index + 1) === 10) index++;
        this.#starts.push(index + 1);
      }
    }
  }

  /** The place of an offset. */
  at(offset: number): Position {
    const starts = this.#starts;
    if (offset < (starts[this.#line] ?? 0)) this.#line = this.#search(offset);
    while ((starts[this.#line + 1] ?? Number.POSITIVE_INFINITY) <= offset) this.#line++;
    const pad = this.#pads.size === 0 ? 0 : (this.#pads.get(this.#line) ?? 0);
    const place = { line: this.#line + 1, column: Math.max(1, offset - (starts[this.#line] ?? 0) + 1 - pad) };
    return this.#source === undefined ? place : { ...place, source: this.#source };
  }

  #search(offset: number): number {
    let low = 0;
    let high = this.#line;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
