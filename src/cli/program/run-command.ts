import { SourceError } from '../files/parse-file.js';
import { ApiError } from '../heat/api-error.js';
import type { RenderOptions } from '../output/render.js';
import type { Terminal } from '../output/terminal.js';
import { type AuthOptions, readAuthOptions } from '../transport/auth-options.js';
import { type ConnectOptions, connect } from '../transport/connect.js';
import type { Transport } from '../transport/transport.js';
import type { CommandSpec } from './command-spec.js';
import { CommandContext } from './context.js';
import { CommandError, EXIT } from './exit-codes.js';
import { Operands, Options } from './parsed-arguments.js';

/** What surrounds the command. */
export interface RunSurroundings {
  readonly terminal: Terminal;
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly transport?: Transport;
}

/** Runs a parsed command: its action, the printing of its result or error, and the closing of what was opened. */
export async function runCommand(
  spec: CommandSpec,
  operands: readonly (string | readonly string[] | undefined)[],
  values: { readonly [name: string]: unknown },
  surroundings: RunSurroundings,
): Promise<number> {
  const { terminal, env, cwd } = surroundings;
  const options = new Options(values);
  const format = options.text('format') ?? spec.defaultFormat ?? 'table';
  const dataDir = options.text('dataDir');
  const context = new CommandContext({
    terminal,
    env,
    cwd,
    ...(dataDir === undefined ? {} : { dataDir }),
    color: values.color !== false,
    quiet: options.isSet('quiet'),
    format,
    openTransport: () => openTransport(options, surroundings),
    openIdentity: async () => {
      const { openIdentitySession } = await import('../transport/identity-session.js');
      return openIdentitySession({ ...connectOptions(options, surroundings), asAdministrator: true });
    },
  });
  try {
    const action = await spec.load();
    const result = await action(context, new Operands(operands), options);
    if (result !== undefined) {
      const { renderResult } = await import('../output/render.js');
      const text = await renderResult(result, renderOptions(format, options, surroundings));
      if (text !== undefined) terminal.out.write(`${text}\n`);
    }
    return EXIT.ok;
  } catch (error) {
    return await report(error, context, options.isSet('debug'));
  } finally {
    await context.close();
  }
}

function openTransport(options: Options, surroundings: RunSurroundings): Promise<Transport> {
  return surroundings.transport === undefined
    ? connect(connectOptions(options, surroundings))
    : Promise.resolve(surroundings.transport);
}

function connectOptions(options: Options, { env, cwd, terminal }: RunSurroundings): ConnectOptions {
  const cloud = options.text('osCloud');
  const dataDir = options.text('dataDir');
  const read = readAuthOptions((name) =>
    options.text(`os_${name}`.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())),
  );
  const auth: AuthOptions = options.isSet('insecure') ? { ...read, insecure: true } : read;
  return {
    env,
    cwd,
    auth,
    notice: (text) => terminal.err.write(`note: ${text}\n`),
    ...(cloud === undefined ? {} : { cloud }),
    ...(dataDir === undefined ? {} : { dataDir }),
  };
}

function renderOptions(format: string, options: Options, { terminal, env }: RunSurroundings): RenderOptions {
  const given = options.count('maxWidth') ?? Number(env.CLIFF_MAX_TERM_WIDTH || 0);
  const fits = options.isSet('fitWidth') || /^(1|true)$/i.test(env.CLIFF_FIT_WIDTH ?? '');
  const quoting = options.text('quote');
  return {
    format,
    columns: options.many('column'),
    sortColumns: options.many('sortColumn'),
    noindent: options.isSet('noindent'),
    maxWidth: given > 0 ? given : fits && terminal.out.isTty ? terminal.out.size().columns : 0,
    printEmpty: options.isSet('printEmpty'),
    quoting: quoting === 'all' || quoting === 'minimal' || quoting === 'none' ? quoting : 'nonnumeric',
    prefix: options.text('prefix') ?? '',
  };
}

async function report(error: unknown, context: CommandContext, debug: boolean): Promise<number> {
  const { err } = context.terminal;
  if (error instanceof SourceError || (error instanceof ApiError && error.diagnostics.length > 0)) {
    const { describeDiagnostics } = await import('../output/report-error.js');
    err.write(`${describeDiagnostics(error.diagnostics, context.texts)}\n`);
    return error.exitCode;
  }
  if (error instanceof CommandError) {
    if (error.message !== '') err.write(`${error.message}\n`);
    return error.exitCode;
  }
  const isUserError = error instanceof Error && 'code' in error && isEngineRefusal(error);
  if (isUserError && !debug) {
    err.write(`${error.message}\n`);
    return EXIT.failed;
  }
  const text =
    error instanceof Error ? ((debug ? error.stack : undefined) ?? `${error.name}: ${error.message}`) : String(error);
  err.write(`${text}\n${debug ? '' : 'Run it again with --debug to see where this comes from.\n'}`);
  return EXIT.failed;
}

/** The engine's own refusals (a data folder that another process holds, say) speak for themselves. */
function isEngineRefusal(error: Error): boolean {
  return 'details' in error;
}
