/** Colours a text, or leaves it as it is. */
export interface Palette {
  readonly good: Paint;
  readonly bad: Paint;
  readonly busy: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

export type Paint = (text: string) => string;

const plain: Paint = (text) => text;
const ansi =
  (open: number, close: number): Paint =>
  (text) =>
    `\u001b[${open}m${text}\u001b[${close}m`;

/** Terminal colours, or none at all. */
export function palette(colored: boolean): Palette {
  if (!colored) return { good: plain, bad: plain, busy: plain, dim: plain, bold: plain };
  return { good: ansi(32, 39), bad: ansi(31, 39), busy: ansi(36, 39), dim: ansi(2, 22), bold: ansi(1, 22) };
}

/** The colour that tells a status of the form `CREATE_IN_PROGRESS`. */
export function paintOf(status: string, colors: Palette): Paint {
  if (status.endsWith('FAILED')) return colors.bad;
  if (status.endsWith('IN_PROGRESS')) return colors.busy;
  if (status.endsWith('COMPLETE') && !status.startsWith('INIT')) return colors.good;
  return colors.dim;
}
