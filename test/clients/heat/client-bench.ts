import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BatonServer, startBaton } from '../../../scripts/differential/baton-server.js';
import { PYTHON, type Ran, WarmOpenstack } from '../warm-openstack.js';

const COMMAND_LIMIT_MS = 90_000;

/** A server of its own with a folder for templates, and the clients in front of it. */
export class ClientBench {
  readonly #server: BatonServer;
  readonly #folder = mkdtempSync(join(tmpdir(), 'baton-files-'));
  #openstack: WarmOpenstack | undefined;

  private constructor(server: BatonServer) {
    this.#server = server;
  }

  static async start(): Promise<ClientBench> {
    return new ClientBench(await startBaton());
  }

  async close(): Promise<void> {
    await this.#openstack?.close();
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The variables of the project member, as clients read them. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.#folder,
      PYTHONWARNINGS: 'ignore',
      PYTHONUNBUFFERED: '1',
      ...this.#server.demo,
    };
  }

  /** Writes a file beside the others and gives its path. */
  file(name: string, text: string): string {
    const path = join(this.#folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs a command as the project's member; words in quotes stay together. */
  run(command: string, line: string | readonly string[], input?: string): Promise<Ran> {
    const words = typeof line === 'string' ? splitWords(line) : [...line];
    if (command === 'openstack' && input === undefined) {
      this.#openstack ??= new WarmOpenstack();
      return this.#openstack.run(words, this.env, this.#folder);
    }
    return new Promise((resolve) => {
      const child = execFile(
        command === 'python3' ? PYTHON : command,
        words,
        { env: this.env, timeout: COMMAND_LIMIT_MS, cwd: this.#folder, maxBuffer: 16_000_000 },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      );
      if (input !== undefined) child.stdin?.end(input);
    });
  }

  /** An `openstack` command that must succeed, with its JSON. */
  async json<T = Record<string, unknown>>(line: string): Promise<T> {
    const ran = await this.run('openstack', `${line} -f json`);
    if (ran.code !== 0) throw new Error(`openstack ${line}: ${ran.err}${ran.out}`);
    // With --wait the events come before.
    return JSON.parse(ran.out.slice(Math.max(0, ran.out.search(/^[[{]/m)))) as T;
  }

  /** An `openstack` or other command that must succeed, with what it printed. */
  async text(line: string, command = 'openstack'): Promise<string> {
    const ran = await this.run(command, line);
    if (ran.code !== 0) throw new Error(`${command} ${line}: ${ran.err}${ran.out}`);
    return ran.out;
  }

  /** Runs a python program that prints JSON at its end. */
  async python<T>(program: string): Promise<T> {
    const ran = await this.run('python3', ['-'], program);
    if (ran.code !== 0) throw new Error(ran.err);
    return JSON.parse(ran.out.trim().split('\n').at(-1) ?? 'null') as T;
  }

  /** Starts a command that runs on, and gives what it prints until a text comes. */
  follow(command: string, line: string, until: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, splitWords(line), { env: this.env, cwd: this.#folder });
      let seen = '';
      const timer = setTimeout(() => {
        child.kill();
        reject(new Error(`${line} never printed ${until}:\n${seen}`));
      }, COMMAND_LIMIT_MS);
      child.stdout.on('data', (text) => {
        seen += text;
        if (seen.includes(until)) child.kill();
      });
      child.on('close', () => {
        clearTimeout(timer);
        resolve(seen);
      });
    });
  }
}

function splitWords(line: string): string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

/** A template with one test resource whose value is a parameter. */
export const SIMPLE = `heat_template_version: 2021-04-16
description: one resource
parameters:
  value: { type: string, default: one }
  other: { type: string, default: x }
resources:
  thing: { type: OS::Heat::TestResource, properties: { value: { list_join: ["-", [{ get_param: value }, { get_param: other }]] } } }
outputs:
  result: { description: what came of it, value: { get_attr: [thing, output] } }
`;
