import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DRIVER = fileURLToPath(new URL('driver.py', import.meta.url));

/** A Python that has one of AWS's clients. */
export interface Installed {
  readonly python: string;
  /** `boto3 1.43`, `aws 2.9.19` */
  readonly label: string;
}

/** Each installed version of a client once: one may come with the system, another one with the user's Python. */
export async function installed(module: 'boto3' | 'awscli'): Promise<Installed[]> {
  const found = new Map<string, Installed>();
  for (const python of ['python3', '/usr/bin/python3']) {
    const version = await run(python, ['-c', `import ${module}; print(${module}.__version__)`]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    const label = `${module === 'awscli' ? 'aws' : module} ${version ?? ''}`;
    if (version !== undefined && !found.has(label)) found.set(label, { python, label });
  }
  if (found.size === 0) console.log(`skipped: ${module} is not installed`);
  return [...found.values()];
}

/** A client that stays loaded: it takes one command after the other. */
export class AwsSession {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(python: string, mode: 'boto3' | 'aws', env: NodeJS.ProcessEnv) {
    this.#child = spawn(python, [DRIVER, mode], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.#child.stdout) throw new Error('the client has no output');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Sends a command and gives its answer; commands wait for each other. */
  async ask(command: object): Promise<any> {
    const turn = this.#last.then(async () => {
      this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await this.#lines.next();
      if (done) throw new Error('the client has ended');
      return JSON.parse(value);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#child.stdin?.end();
  }
}
