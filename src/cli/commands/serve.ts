import type { CommandAction } from '../program/command-spec.js';
import { UsageError } from '../program/exit-codes.js';
import { dataFolder } from '../transport/connect.js';

/** `baton serve`: stays until the server has ended. */
export const runServer: CommandAction = async (context, _operands, options) => {
  const { env, dataDir } = context.settings;
  const port = options.count('port');
  const host = options.text('host');
  const config = options.text('config');
  const tlsCert = options.text('tlsCert');
  const tlsKey = options.text('tlsKey');
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError('--tls-cert and --tls-key belong together');
  if (port !== undefined && port > 65535) throw new UsageError(`--port: ${port} is above 65535`);
  const { serve } = await import('../../server.js');
  await serve({
    dataDir: dataFolder(dataDir === undefined ? { env } : { env, dataDir }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(config === undefined ? {} : { config }),
    ...(tlsCert === undefined ? {} : { tlsCert }),
    ...(tlsKey === undefined ? {} : { tlsKey }),
  });
};
