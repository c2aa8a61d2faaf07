import { displayWidth } from '../output/display-width.js';
import type { TextSink } from '../output/terminal.js';

const CURSOR_HIDE = '\u001b[?25l';
const CURSOR_SHOW = '\u001b[?25h';

/** Lines at the bottom of the terminal that are drawn over again and again. */
export class LiveRegion {
  #drawn: readonly string[] = [];

  constructor(private readonly sink: TextSink) {}

  draw(lines: readonly string[]): void {
    const clear = this.#clear();
    const hide = this.#drawn.length === 0 ? CURSOR_HIDE : '';
    this.sink.write(`${hide}${clear}${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = lines;
  }

  /** Leaves the last picture where it is. */
  finish(): void {
    if (this.#drawn.length > 0) this.sink.write(CURSOR_SHOW);
    this.#drawn = [];
  }

  #clear(): string {
    if (this.#drawn.length === 0) return '';
    // After a narrowing resize old lines have wrapped: count the rows that they take now.
    const { columns, rows } = this.sink.size();
    const taken = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(stripAnsi(line)) / columns)),
      0,
    );
    return `\u001b[${Math.min(taken, rows - 1)}A\r\u001b[J`;
  }
}

/** The text without colours. */
export function stripAnsi(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}
