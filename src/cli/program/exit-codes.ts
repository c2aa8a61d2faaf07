/** The exit codes of `baton`; documented in docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** The request was refused, or the stack's operation failed. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The stack, resource, output … does not exist. */
  notFound: 3,
  /** Interrupted by Ctrl-C: the command let go, the operation is not lost. */
  detached: 130,
} as const;

/** An error whose message is for the person at the terminal; it ends the command with its exit code. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

/** The command line is wrong. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, EXIT.usage);
    this.name = 'UsageError';
  }
}
