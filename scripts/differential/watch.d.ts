/** How long one waits for a server, in milliseconds. */
export interface Pace {
  readonly pollMs: number;
  readonly calmMs: number;
  readonly quietMs: number;
  readonly signalMs: number;
}

/** The pace of a real Heat, which works in several processes, and that of baton. */
export const PACES: { readonly heat: Pace; readonly baton: Pace };
