import type { WorldStore } from './engine/drivers/world-store.js';
import { type Clock, systemClock } from './engine/model/clock.js';
import { closest } from './engine/model/closest.js';
import { NotSupportedError, StoreError } from './engine/model/errors.js';
import { newId } from './engine/model/ids.js';
import type { ResourceRecord, StackRecord } from './engine/model/records.js';
import { isMap, type JsonMap } from './engine/model/value.js';
import {
  type CloudBinding,
  DEFAULT_ENGINE_LIMITS,
  type EngineLimits,
  type EngineParts,
} from './engine/operations/engine-parts.js';
import { Feed } from './engine/operations/feed.js';
import { Journal } from './engine/operations/journal.js';
import { Limiter } from './engine/operations/limiter.js';
import { Operations } from './engine/operations/operations.js';
import { DEFAULT_RETRY, type RetryPolicy } from './engine/operations/retry.js';
import type { TypeResolver } from './engine/planning/type-resolver.js';
import { createSoftwareService } from './engine/stacks/software-service.js';
import { createStackService } from './engine/stacks/stack-service.js';
import type { Software, Stacks } from './engine/stacks/stacks.js';
import { openStore, type Store } from './engine/store/store.js';
import { builtInConstraint } from './engine/template/constraints/custom-constraints.js';
import type { Identity } from './identity/identity.js';
import { startEventSinks } from './outside/event-sinks.js';
import { type InstallationKey, loadInstallationKey } from './outside/installation-key.js';
import { createOutside } from './outside/outside.js';
import type { PublicAddress } from './outside/signal-urls.js';
import type { Cloud } from './resources/clouds/cloud.js';
import type { FaultPlan } from './resources/clouds/faults.js';
import { createSimulatedCloud } from './resources/clouds/simulated/simulated-cloud.js';
import { implicitDependencies } from './resources/implicit-dependencies.js';
import { createTypeRegistry, type TypeRegistry } from './resources/type-registry.js';

/** What an engine is made from; everything has a default but the folder. */
export interface EngineOptions {
  /** Folder for the database and the key; absent: in memory, gone with the process. */
  readonly dataDir?: string;
  /** Only looks: no lock, no recovery, no operations. */
  readonly readOnly?: boolean;
  readonly clock?: Clock;
  readonly retry?: Partial<RetryPolicy>;
  readonly limits?: Partial<EngineLimits>;
  /** Delays and faults of the simulated cloud. */
  readonly faults?: FaultPlan;
  /** Another cloud instead of the simulated one. */
  readonly cloud?: (world: WorldStore) => Cloud;
  /** More types, or other ones under known names. */
  readonly types?: TypeResolver;
  readonly log?: (message: string, fields?: JsonMap) => void;
  /** Go on with what was running when the last engine ended; true unless told otherwise. */
  readonly recover?: boolean;
  /** Stacks with this tag are left out of lists; Heat's own word for it unless told otherwise. */
  readonly hiddenTag?: string;
  readonly surroundings?: Surroundings;
}

/** What a server around the engine brings; without one, types that need it get plain substitutes. */
export interface Surroundings {
  readonly address?: () => PublicAddress;
  readonly identity?: () => Promise<Identity>;
  /** Regions in which stacks may be. */
  readonly regions?: readonly string[];
  /** Gets a text from outside for a template (`TemplateURL`); absent: refused. */
  readonly fetchText?: (url: string, stack: StackRecord) => Promise<string>;
}

/** A running engine. */
export interface Engine {
  readonly stacks: Stacks;
  readonly software: Software;
  /** Signs the URLs that this installation hands out. */
  readonly urlKey: InstallationKey;
  readonly store: Store;
  readonly operations: Operations;
  readonly feed: Feed;
  readonly cloud: Cloud;
  readonly types: TypeResolver;
  /** How many interrupted operations were taken up again at the start. */
  readonly resumed: number;
  /** Lets running calls end within the grace time, then lets go of the data folder; the rest goes on at the next start. */
  close(graceMs?: number): Promise<void>;
}

const CLOSE_GRACE_MS = 10_000;

/**
 * Starts an engine on a data folder.
 *
 * ```ts
 * const engine = await createEngine({ dataDir: './data' });
 * const caller = localCaller();
 * const stack = await engine.stacks.create(caller, { name: 'web', template: text });
 * const done = await engine.stacks.settled(stack.id);
 * console.log(done.status, await engine.stacks.outputs(caller, stack.id));
 * await engine.close();
 * ```
 *
 * Throws a StoreError if the folder cannot be used, OwnershipLostError if another engine runs on it.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const clock = options.clock ?? systemClock;
  const store = await openStore({
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.readOnly ? { readOnly: true } : {}),
  });
  try {
    const cloud =
      options.cloud?.(store.world) ??
      createSimulatedCloud({ world: store.world, clock, ...(options.faults ? { faults: options.faults } : {}) });
    const types = options.types ?? typeResolver(createTypeRegistry());
    const urlKey = options.readOnly ? NO_KEY : await loadInstallationKey(store.documents, 'url');
    const software = createSoftwareService({
      store,
      clock,
      pushMetadata: (projectId, serverId, deployments) => pushMetadata(operations, projectId, serverId, deployments),
    });
    const outside = createOutside({
      // Few stacks need users: what makes them is loaded when one does.
      identity: async () => (await import('./folder-identity.js')).openFolderIdentity(store, clock, options.dataDir),
      ...surroundingsOf(options),
      store,
      clock,
      key: urlKey,
      stacks: () => stacks,
      software,
    });
    const parts: EngineParts = { ...engineParts(options, store, clock, cloud, types), outside };
    const operations = new Operations(parts);
    const stacks = createStackService({
      store,
      operations,
      prepare: { engine: operations.parts, customCheck: builtInConstraint, implicit: implicitDependencies },
      hiddenTag: options.hiddenTag ?? 'data-processing-cluster',
    });
    const stopSinks = startSinks(operations, cloud, clock, options);
    const resumed = options.readOnly || options.recover === false ? 0 : await operations.recover();
    return {
      stacks,
      software,
      urlKey,
      store,
      operations,
      feed: parts.feed,
      cloud,
      types,
      resumed,
      async close(graceMs = CLOSE_GRACE_MS) {
        await operations.close(graceMs);
        stopSinks();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** For an engine that only looks: nothing is signed there. */
const NO_KEY: InstallationKey = {
  sign() {
    throw new StoreError('an engine that only looks signs no URLs');
  },
};

const LOCAL_ADDRESS: PublicAddress = { baseUrl: 'http://localhost:8004', region: 'RegionOne' };

function surroundingsOf({ surroundings = {} }: EngineOptions) {
  return {
    address: surroundings.address ?? (() => LOCAL_ADDRESS),
    regions: surroundings.regions ?? ['us-east-1', 'RegionOne'],
    fetchText:
      surroundings.fetchText ??
      ((url: string) =>
        Promise.reject(new NotSupportedError(`Fetching ${url} is not allowed by this engine's configuration.`))),
    ...(surroundings.identity ? { identity: surroundings.identity } : {}),
  };
}

/** Servers' metadata follows the deployments on them. */
async function pushMetadata(
  operations: Operations,
  projectId: string,
  serverId: string,
  deployments: readonly JsonMap[],
): Promise<void> {
  const { reads } = operations.parts.store;
  for (const record of await reads.resourcesByPhysicalId(projectId, serverId)) {
    const stack = await operations.stack(record.stackId);
    if (!stack) continue;
    await operations.withWriter(stack, async (run) => {
      const latest = run.records.get(record.id);
      if (!latest) return;
      const before = isMap(latest.metadata) ? (latest.metadata as JsonMap) : {};
      const metadata = { ...before, deployments: [...deployments] };
      await run.record({ resources: [{ ...latest, metadata }] });
      await postMetadata(run.cloud.cloud as Cloud, stack, latest, metadata);
    });
  }
}

/** Servers that wait at a queue are not looking: what is new is posted there. */
async function postMetadata(
  cloud: Cloud,
  stack: StackRecord,
  { data }: ResourceRecord,
  metadata: JsonMap,
): Promise<void> {
  const queue = data.metadata_queue_id;
  if (typeof queue !== 'string') return;
  const call = { projectId: stack.projectId, region: stack.region, token: newId() };
  await cloud.collection('queues').act(call, queue, 'post', { body: metadata });
}

function startSinks(operations: Operations, cloud: Cloud, clock: Clock, { log }: EngineOptions): () => void {
  return startEventSinks({
    feed: operations.parts.feed,
    loader: operations.loader,
    stack: (id) => operations.stack(id),
    cloud,
    clock,
    post: postJson,
    log: log ?? (() => undefined),
  });
}

const SINK_TIMEOUT_MS = 10_000;

async function postJson(url: string, body: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(SINK_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

function typeResolver(registry: TypeRegistry): TypeResolver {
  return {
    resolve: (name, prefer) => registry.resolve(name, { prefer }),
    suggest: (name) => closest(name, registry.names()),
  };
}

function engineParts(
  options: EngineOptions,
  store: Store,
  clock: Clock,
  cloud: Cloud,
  types: TypeResolver,
): EngineParts {
  const feed = new Feed();
  const binding: CloudBinding = {
    cloud,
    concurrency: cloud.concurrency,
    limiter: new Limiter(cloud.concurrency),
    zones: (region) => cloud.zones(region),
    dynamicReference: (stack, service, reference) => dynamicReference(cloud, stack, service, reference),
  };
  return {
    store,
    feed,
    journal: new Journal(store, feed),
    types,
    cloudOf: () => binding,
    clock,
    retry: { ...DEFAULT_RETRY, ...options.retry },
    limits: { ...DEFAULT_ENGINE_LIMITS, ...options.limits },
    implicit: implicitDependencies,
    log: options.log ?? (() => undefined),
  };
}

/** `{{resolve:ssm:name[:version]}}` and `{{resolve:secretsmanager:id[:SecretString[:key]]}}` against the cloud. */
async function dynamicReference(cloud: Cloud, stack: StackRecord, service: string, reference: string) {
  const call = { projectId: stack.projectId, region: stack.region };
  if (service === 'ssm' || service === 'ssm-secure') {
    const name = reference.replace(/:\d+$/, '');
    const found = await cloud.collection('parameters').find(call, name);
    const value = found?.body.value;
    if (value === undefined || value === null) return undefined;
    return { value: Array.isArray(value) ? value.join(',') : String(value), secret: service === 'ssm-secure' };
  }
  if (service !== 'secretsmanager') return undefined;
  return secretValue(cloud, call, reference);
}

async function secretValue(cloud: Cloud, call: { projectId: string; region: string }, reference: string) {
  const isArn = reference.startsWith('arn:');
  const parts = reference.split(':');
  const id = isArn ? parts.slice(0, 7).join(':') : (parts[0] ?? '');
  const [, key] = isArn ? parts.slice(7) : parts.slice(1);
  const found = await cloud.collection('secrets').find(call, id);
  const payload = found?.body.payload;
  if (typeof payload !== 'string') return undefined;
  if (key === undefined || key === '') return { value: payload, secret: true };
  const value = (JSON.parse(payload) as JsonMap)[key];
  return value === undefined ? undefined : { value: String(value), secret: true };
}
