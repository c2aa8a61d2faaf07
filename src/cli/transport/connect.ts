import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../program/exit-codes.js';
import { type AuthOptions, authFromEnvironment, namesServer } from './auth-options.js';
import type { Transport } from './transport.js';

/** What decides where a command goes to. */
export interface ConnectOptions {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  /** `--data-dir`. */
  readonly dataDir?: string;
  /** `--os-cloud`. */
  readonly cloud?: string;
  /** `--os-…`, `--insecure`. */
  readonly auth: AuthOptions;
  /** Speak to the server of a data folder as its administrator. */
  readonly asAdministrator?: boolean;
  /** Takes what an engine in this process has to say while it works. */
  readonly notice?: (text: string) => void;
}

/** The data folder: `--data-dir`, else BATON_DATA, else `baton` under XDG's data home. */
export function dataFolder(options: Pick<ConnectOptions, 'env' | 'dataDir'>): string {
  const { env } = options;
  const given = options.dataDir ?? env.BATON_DATA;
  if (given !== undefined && given !== '') return given;
  const home = env.HOME ?? homedir();
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'baton');
}

/** Where a command goes to: a server with its login, or an engine in this process on a folder. */
export type Destination =
  | { readonly kind: 'server'; readonly auth: AuthOptions }
  | { readonly kind: 'folder'; readonly dataDir: string };

/**
 * A server if options, `OS_…` variables or a clouds.yaml entry name one; else the server that serves the data folder;
 * else the engine in this process. `--data-dir` on the command line wins over the environment.
 */
export async function chooseDestination(options: ConnectOptions): Promise<Destination> {
  const { env } = options;
  const named = options.cloud !== undefined || namesServer(options.auth);
  if (named && options.dataDir !== undefined) {
    throw new UsageError('--data-dir names a folder and --os-… a server: give one of them');
  }
  if (options.dataDir === undefined) {
    const cloud = options.cloud ?? env.OS_CLOUD;
    let auth: AuthOptions = { ...authFromEnvironment(env), ...options.auth };
    if (cloud !== undefined && cloud !== '') {
      const { readCloud } = await import('./clouds-yaml.js');
      const places = { cwd: options.cwd, home: env.HOME ?? homedir() };
      const file = env.OS_CLIENT_CONFIG_FILE;
      auth = { ...(await readCloud(cloud, file === undefined ? places : { ...places, file })), ...auth };
    }
    if (namesServer(auth)) return { kind: 'server', auth };
  }
  const dataDir = dataFolder(options);
  const { servedFolder } = await import('./served-folder.js');
  const served = options.asAdministrator ? servedFolder(dataDir, undefined, ['openrc']) : servedFolder(dataDir);
  return served === undefined ? { kind: 'folder', dataDir } : { kind: 'server', auth: served };
}

/** Opens the way to the engine that the options name. */
export async function connect(options: ConnectOptions): Promise<Transport> {
  const destination = await chooseDestination(options);
  if (destination.kind === 'server') {
    const { HttpTransport } = await import('./http-transport.js');
    return new HttpTransport(destination.auth);
  }
  const { openEmbeddedTransport } = await import('./embedded-transport.js');
  return openEmbeddedTransport(destination.dataDir, options.notice);
}
