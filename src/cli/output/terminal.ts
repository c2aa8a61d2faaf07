/** One stream that the command writes to. */
export interface TextSink {
  write(text: string): void;
  readonly isTty: boolean;
  /** Columns and rows of the terminal; 80 by 24 where it cannot be known. */
  size(): { columns: number; rows: number };
}

/** All that a command may do to the outside besides its requests; tests hand in their own. */
export interface Terminal {
  readonly out: TextSink;
  readonly err: TextSink;
  readonly isInputTty: boolean;
  /** Asks and gives back the line that was typed; undefined at the end of input. */
  ask(question: string): Promise<string | undefined>;
  /** Calls back at each Ctrl-C until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  sleep(ms: number): Promise<void>;
  now(): number;
}

/** The real terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: sink(process.stdout),
    err: sink(process.stderr),
    isInputTty: process.stdin.isTTY === true,
    ask: async (question) => {
      const { createInterface } = await import('node:readline');
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return await new Promise<string | undefined>((resolve) => {
          lines.question(question, resolve);
          lines.once('close', () => resolve(undefined));
        });
      } finally {
        lines.close();
      }
    },
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      return () => process.off('SIGINT', listener);
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => Date.now(),
  };
}

function sink(stream: NodeJS.WriteStream): TextSink {
  return {
    write: (text) => {
      stream.write(text);
    },
    get isTty() {
      return stream.isTTY === true;
    },
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  };
}
