import type { ServerConfig } from './server/config.js';
import { loadConfig } from './server/load-config.js';
import { createLogger, flushLogger, type ServerLogger } from './server/logging.js';
import { type RunningServer, startServer } from './server/start-server.js';

export type { ServerConfig } from './server/config.js';
export { type RunningServer, type ServerSetup, startServer } from './server/start-server.js';

/** What `baton serve` was called with; flags win over variables, and those over the file. */
export interface ServeOptions {
  readonly dataDir: string;
  readonly host?: string;
  readonly port?: number;
  readonly config?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** The process's own if absent. */
  readonly env?: { readonly [name: string]: string | undefined };
}

/**
 * Serves until SIGTERM or SIGINT, then ends in order. Prints the address on standard output as soon as requests are
 * taken; the log goes to standard error.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const env = options.env ?? process.env;
  const file = options.config ?? env.BATON_CONFIG;
  const { config, warnings } = await loadConfig({
    env,
    flags: flagsOf(options),
    ...(file === undefined || file === '' ? {} : { file }),
  });
  const logger = createLogger(config.log?.level ?? 'info');
  for (const warning of warnings) logger.warn(warning);
  const stop = stopSignal();
  const server = await startServer({ dataDir: options.dataDir, config, logger });
  const onCrash = (error: unknown): void => {
    logger.fatal({ err: error }, 'the server ends because of a mistake of ours');
    logger.flush(() => process.exit(1));
  };
  process.once('uncaughtException', onCrash);
  try {
    logger.info(
      { url: server.url, dataDir: options.dataDir, resumed: server.engine.resumed, ms: Math.round(performance.now()) },
      'serving',
    );
    process.stdout.write(`baton serves at ${server.url}\n`);
    logger.info({ signal: await stop.asked }, 'stopping');
    await endOrderly(server, stop.askedAgain, logger);
  } finally {
    stop.forget();
    process.off('uncaughtException', onCrash);
    await flushLogger(logger);
  }
}

function flagsOf({ host, port, tlsCert, tlsKey }: ServeOptions): ServerConfig {
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { tls: { cert: tlsCert, key: tlsKey } }),
  };
}

async function endOrderly(server: RunningServer, askedAgain: Promise<string>, logger: ServerLogger): Promise<void> {
  const ended = server.close().then(() => 'ended');
  if ((await Promise.race([ended, askedAgain])) === 'ended') {
    logger.info('stopped');
    return;
  }
  // Rows say what runs, so that nothing is lost: the next start goes on with it.
  logger.warn('stopped at once: what was running goes on at the next start');
  await flushLogger(logger);
  process.exit(0);
}

/** Hears the signals that end a server; the second one means at once. */
function stopSignal() {
  const heard: ((signal: string) => void)[] = [];
  const asked = new Promise<string>((resolve) => heard.push(resolve));
  const askedAgain = new Promise<string>((resolve) => heard.push(resolve));
  const onSignal = (signal: NodeJS.Signals): void => heard.shift()?.(signal);
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    asked,
    askedAgain,
    forget() {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    },
  };
}
