import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The system's own python, which has the distribution's clients. */
export const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
const PROGRAM = fileURLToPath(new URL('./warm-openstack.py', import.meta.url));

/** What a command has printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The installed openstack client, loaded once for many commands; they run one after the other. */
export class WarmOpenstack {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (ran: Ran) => void; reject: (error: Error) => void }[] = [];
  #stderr = '';

  constructor() {
    const child = spawn(PYTHON, ['-W', 'ignore', PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: child.stdout }).on('line', (line) =>
      this.#waiting.shift()?.resolve(JSON.parse(line) as Ran),
    );
    child.stderr.on('data', (text) => {
      this.#stderr += text;
    });
    child.on('close', (code) => {
      const error = new Error(`the openstack client's process ended with ${code}: ${this.#stderr}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    this.#child = child;
  }

  run(words: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Ran> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ words, env, cwd })}\n`);
    });
  }

  /** Ends the process; commands that wait for it fail. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin?.end();
    await closed;
  }
}
