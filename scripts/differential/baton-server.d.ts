/** A running `baton serve`. */
export interface BatonServer {
  readonly admin: Readonly<Record<string, string>>;
  readonly demo: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly pid: number;
  log(): string;
  stop(): Promise<void>;
}

/** Starts `baton serve` on a fresh folder and a free port. */
export function startBaton(options?: readonly string[]): Promise<BatonServer>;
