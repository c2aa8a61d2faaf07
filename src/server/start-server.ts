import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createNativeApi } from '../api-native/native-api.js';
import type { Engine, Surroundings } from '../create-engine.js';
import { InvalidRequestError } from '../engine/model/errors.js';
import { createHttpServer, type HttpServer } from '../http/http-server.js';
import { writeCredentialFiles } from '../identity/credential-files.js';
import { DEFAULT_REGION, type Identity } from '../identity/identity.js';
import { createNativeDeps } from '../native-deps.js';
import { fetchAllowed } from '../outside/fetch-allowed.js';
import { messageMount } from '../outside/message-endpoint.js';
import { signalMounts } from '../outside/signal-endpoint.js';
import { tokenAuthentication } from './authentication.js';
import {
  allowedHosts,
  DEFAULT_AWS_REGION,
  DEFAULT_HOST,
  DEFAULT_PORT,
  DEFAULT_SHUTDOWN_GRACE_SECONDS,
  given,
  inMs,
  type ServerConfig,
} from './config.js';
import type { ServerLogger } from './logging.js';
import { type ObjectEndpoint, openObjectEndpoint } from './object-endpoint.js';
import { createCfn } from './server-cfn.js';
import { startEngine } from './server-engine.js';
import { openIdentity, type ServerIdentity } from './server-identity.js';
import { removeServerNote, writeServerNote } from './server-note.js';

/** What a server is started with. */
export interface ServerSetup {
  /** Absent: everything in memory, gone with the process. */
  readonly dataDir?: string;
  readonly config: ServerConfig;
  readonly logger: ServerLogger;
}

/** A server that takes requests. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly engine: Engine;
  readonly identity: ServerIdentity;
  /** Stops taking requests, lets what runs end within the grace time of the configuration, hands the rest over. */
  close(): Promise<void>;
}

/** Streams of events have no end: they are cut after this, their clients come back elsewhere. */
const REQUEST_GRACE_MS = 2000;

/** Builds everything and listens. Throws an EngineError if the folder, the configuration or the address cannot be used. */
export async function startServer({ dataDir, config, logger }: ServerSetup): Promise<RunningServer> {
  const tls = config.tls && { cert: readPem('tls.cert', config.tls.cert), key: readPem('tls.key', config.tls.key) };
  const { around, surroundings } = createSurroundings(config);
  const engine = await startEngine(dataDir, config, logger, surroundings);
  try {
    const reportBug = (error: unknown, requestId: string): void =>
      logger.error({ requestId, err: error }, 'a request failed by a mistake of ours');
    const identity = await openIdentity(engine.store, config, reportBug);
    around.identity(identity.stackUsers);
    const objects = await openObjectEndpoint({
      store: engine.store,
      config,
      dataDir,
      accessKey: identity.own?.accessKey,
      baseUrls: () => [around.baseUrl, around.ownUrl],
      reportBug,
    });
    around.objects(objects);
    const state = { isReady: false };
    const http = createHttp({
      config,
      engine,
      identity,
      objects,
      logger,
      reportBug,
      isReady: () => state.isReady,
      ...(tls ? { tls } : {}),
    });
    const address = await listen(http, config);
    around.baseUrl = await publicUrl(config, address.url, identity, logger);
    around.ownUrl = address.url;
    if (dataDir !== undefined) publish(dataDir, { own: address.url, shown: around.baseUrl }, config, identity);
    state.isReady = true;
    const graceMs = inMs(config.shutdown_grace_seconds ?? DEFAULT_SHUTDOWN_GRACE_SECONDS) ?? 0;
    return {
      ...address,
      engine,
      identity,
      async close() {
        state.isReady = false;
        // Requests under way may still ask the engine: it goes last.
        await Promise.all([http.close(Math.min(graceMs, REQUEST_GRACE_MS)), engine.operations.close(graceMs)]);
        await engine.close(0);
        await objects.close();
        if (dataDir !== undefined) removeServerNote(dataDir, process.pid);
      },
    };
  } catch (error) {
    await engine.close(0);
    throw error;
  }
}

/** What the engine is told of the server, as soon as the server knows it itself. */
function createSurroundings(config: ServerConfig) {
  const { region = {}, host = DEFAULT_HOST, port = DEFAULT_PORT } = config;
  const opened = { identity: (_identity: Identity) => {} };
  const identity = new Promise<Identity>((resolve) => {
    opened.identity = resolve;
  });
  const pending = { objects: (_objects: ObjectEndpoint) => {} };
  const objects = new Promise<ObjectEndpoint>((resolve) => {
    pending.objects = resolve;
  });
  const around = {
    baseUrl: `http://${host}:${port}`,
    ownUrl: `http://${host}:${port}`,
    identity: (stackUsers: Identity) => opened.identity(stackUsers),
    objects: (opened: ObjectEndpoint) => pending.objects(opened),
  };
  const openstack = region.openstack ?? DEFAULT_REGION;
  const surroundings: Surroundings = {
    address: () => ({ baseUrl: around.baseUrl, region: openstack }),
    regions: [region.aws ?? DEFAULT_AWS_REGION, openstack],
    fetchText: async (url, stack) => (await objects).fetchText(url, stack),
    outbound: allowedHosts(config),
    // An operation that is resumed at the start may ask before the service is open: it waits.
    identity: () => identity,
  };
  return { around, surroundings };
}

/** Where clients reach us: a proxy's address if there is one in front, or what an outside Keystone's catalog says. */
async function publicUrl(
  { public_url }: ServerConfig,
  own: string,
  { keystone }: ServerIdentity,
  logger: ServerLogger,
): Promise<string> {
  if (public_url !== undefined) return public_url.replace(/\/+$/, '');
  if (!keystone) return own;
  try {
    const endpoint = await keystone.endpoint('orchestration');
    if (endpoint !== undefined) return endpoint.replace(/\/v1(\/.*)?$/, '').replace(/\/+$/, '');
    logger.warn({ url: own }, 'the catalog of Keystone has no orchestration service in this region');
  } catch (error) {
    logger.warn({ url: own, err: error }, 'the catalog of Keystone cannot be read: signed addresses name this one');
  }
  return own;
}

interface HttpParts {
  readonly config: ServerConfig;
  readonly engine: Engine;
  readonly identity: ServerIdentity;
  readonly objects: ObjectEndpoint;
  readonly logger: ServerLogger;
  readonly reportBug: (error: unknown, requestId: string) => void;
  readonly isReady: () => boolean;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

function createHttp({ config, engine, identity, objects, logger, reportBug, isReady, tls }: HttpParts): HttpServer {
  const { limits = {}, timeouts = {}, heat = {}, region = {} } = config;
  const deps = createNativeDeps(engine, {
    limits: given({ maxJsonBodyBytes: limits.body_bytes, maxTemplateBytes: limits.template_bytes }),
    features: given({ adopt: heat.stack_adopt, abandon: heat.stack_abandon, globalIndex: heat.global_index }),
    ...given({ authUrl: identity.authUrl }),
    containerFiles: objects.containerFiles,
    fetchText: (url, maxBytes) => fetchAllowed(url, { ...allowedHosts(config), maxBytes }),
    reportBug,
  });
  const authenticate = tokenAuthentication(identity.tokens, region.aws ?? DEFAULT_AWS_REGION);
  return createHttpServer({
    native: createNativeApi(deps),
    authenticate,
    isReady,
    logger,
    maxBodyBytes: deps.limits.maxJsonBodyBytes,
    timeouts: given({
      headersMs: inMs(timeouts.headers_seconds),
      requestMs: inMs(timeouts.request_seconds),
      keepAliveMs: inMs(timeouts.keep_alive_seconds),
    }),
    mounts: [
      ...signalMounts({ stacks: engine.stacks, operations: engine.operations, key: engine.urlKey, now: Date.now }),
      messageMount({ cloud: engine.cloud, authenticate }),
      objects.mount,
    ],
    cfn: createCfn(engine, identity, config, reportBug, objects.fetchText),
    ...given({ identity: identity.handler, tls }),
  });
}

async function listen(http: HttpServer, { host = DEFAULT_HOST, port = DEFAULT_PORT }: ServerConfig) {
  try {
    return await http.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why: { readonly [code: string]: string } = {
      EADDRINUSE: 'another process listens there: choose another --port, or 0 for any',
      EACCES: 'this user may not listen there: choose a --port above 1023',
      EADDRNOTAVAIL: 'this machine does not have the address: correct --host',
      ENOTFOUND: 'the name is unknown: correct --host',
    };
    throw new InvalidRequestError(
      `cannot listen on ${host} port ${port}: ${why[code ?? ''] ?? String(cause)}`,
      undefined,
      {},
    );
  }
}

/** Leaves in the data folder what clients need: the address, and at the first start the accounts. */
function publish(
  dataDir: string,
  url: { readonly own: string; readonly shown: string },
  config: ServerConfig,
  { own, secrets }: ServerIdentity,
): void {
  if (own) {
    writeCredentialFiles(dataDir, {
      baseUrl: url.shown,
      region: config.region?.openstack ?? DEFAULT_REGION,
      awsRegion: config.region?.aws ?? DEFAULT_AWS_REGION,
      ...given({ secrets, caCertificate: config.tls && resolve(config.tls.cert) }),
    });
  }
  writeServerNote(dataDir, { url: url.own, pid: process.pid, startedAt: new Date().toISOString() });
}

function readPem(key: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidRequestError(`${key}: ${file} cannot be read (${why})`);
  }
}
