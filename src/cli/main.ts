import { readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { processTerminal, type Terminal } from './output/terminal.js';
import { buildProgram, GLOBAL_OPTIONS, VersionShown } from './program/build-program.js';
import { EXIT } from './program/exit-codes.js';
import { modernize } from './program/legacy-aliases.js';
import type { Transport } from './transport/transport.js';

/** What a run of the command line needs from outside; everything has its real default. */
export interface CliSurroundings {
  readonly terminal?: Terminal;
  readonly env?: { readonly [name: string]: string | undefined };
  readonly cwd?: string;
  /** Replaces the way to the engine. */
  readonly transport?: Transport;
}

/** Runs one command line (the words after the program's name) and gives back the exit code. */
export async function runCli(args: readonly string[], surroundings: CliSurroundings = {}): Promise<number> {
  const terminal = surroundings.terminal ?? processTerminal();
  const words = [...modernize(args, takesValue)];
  let exitCode: number = EXIT.ok;
  const program = buildProgram(words, packageVersion, async (spec, operands, options) => {
    const { runCommand } = await import('./program/run-command.js');
    exitCode = await runCommand(spec, operands, options, {
      terminal,
      env: surroundings.env ?? process.env,
      cwd: surroundings.cwd ?? process.cwd(),
      ...(surroundings.transport === undefined ? {} : { transport: surroundings.transport }),
    });
  });
  const write = { writeOut: terminal.out.write.bind(terminal.out), writeErr: terminal.err.write.bind(terminal.err) };
  program.configureOutput(write);
  for (const command of descendants(program)) command.configureOutput(write);
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof VersionShown) return EXIT.ok;
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

function* descendants(command: Command): Generator<Command> {
  for (const child of command.commands) {
    yield child;
    yield* descendants(child);
  }
}

function takesValue(word: string): boolean {
  if (word.includes('=')) return false;
  if (word.startsWith('--os-')) return true;
  return GLOBAL_OPTIONS.some(({ flags }) => flags.includes('<') && flags.split(/[ ,]+/).includes(word));
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
