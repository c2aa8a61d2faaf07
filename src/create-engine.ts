import { type Clock, systemClock } from './engine/model/clock.js';
import { NotSupportedError, StoreError } from './engine/model/errors.js';
import { type CloudBinding, DEFAULT_ENGINE_LIMITS, type EngineParts } from './engine/operations/engine-parts.js';
import { Feed } from './engine/operations/feed.js';
import { Journal } from './engine/operations/journal.js';
import { Limiter } from './engine/operations/limiter.js';
import { Operations } from './engine/operations/operations.js';
import { DEFAULT_RETRY } from './engine/operations/retry.js';
import { Workload } from './engine/operations/workload.js';
import type { TypeResolver } from './engine/planning/type-resolver.js';
import { createSoftwareService } from './engine/stacks/software-service.js';
import { createStackService } from './engine/stacks/stack-service.js';
import type { Software, Stacks } from './engine/stacks/stacks.js';
import { openStore, type Store } from './engine/store/store.js';
import { builtInConstraint } from './engine/template/constraints/custom-constraints.js';
import type { EngineOptions } from './engine-options.js';
import { startEventSinks } from './outside/event-sinks.js';
import { postJson } from './outside/post-json.js';
import { pushMetadata } from './outside/push-metadata.js';
import { alarmState } from './resources/alarm-state.js';
import { dynamicReference } from './resources/dynamic-references.js';

export type { EngineOptions, Surroundings } from './engine-options.js';

import { NO_HOST } from './outside/allowed-hosts.js';
import { type InstallationKey, loadInstallationKey } from './outside/installation-key.js';
import { createOutside } from './outside/outside.js';
import type { PublicAddress } from './outside/signal-urls.js';
import type { Cloud } from './resources/clouds/cloud.js';
import { createSimulatedCloud } from './resources/clouds/simulated/simulated-cloud.js';
import { implicitDependencies } from './resources/implicit-dependencies.js';
import { createTypeRegistry, type TypeRegistry } from './resources/type-registry.js';
import { callMacro } from './resources/types/cloudformation/macro.js';
import { suggestType } from './suggest-type.js';

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
 * Resources in work for each call to the cloud, before further child stacks wait for room: enough that calls and commits
 * never wait for work. A group of 1,000 nested stacks with 22 resources each peaks at 430 to 550 MB with it, at 690 to 860
 * without (`npm run bench -- --only "group of"`), in the same time.
 */
const WORK_PER_CALL = 2;

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
      callMacro: (url, request, signal) => callMacro(outside.post, url, request, signal),
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
    outbound: surroundings.outbound ?? NO_HOST,
    fetchText:
      surroundings.fetchText ??
      ((url: string) =>
        Promise.reject(new NotSupportedError(`Fetching ${url} is not allowed by this engine's configuration.`))),
    ...(surroundings.identity ? { identity: surroundings.identity } : {}),
  };
}

function startSinks(
  operations: Operations,
  cloud: Cloud,
  clock: Clock,
  { log, surroundings = {} }: EngineOptions,
): () => void {
  return startEventSinks({
    feed: operations.parts.feed,
    loader: operations.loader,
    stack: (id) => operations.stack(id),
    cloud,
    clock,
    post: (url, body) => postJson(url, body, surroundings.outbound ?? NO_HOST),
    log: log ?? (() => undefined),
  });
}

function typeResolver(registry: TypeRegistry): TypeResolver {
  return {
    resolve: (name, prefer) => registry.resolve(name, { prefer }),
    suggest: suggestType(() => registry.names()),
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
    workload: new Workload(WORK_PER_CALL * cloud.concurrency),
    zones: (region) => cloud.zones(region),
    alarmState: (stack, trigger) => alarmState(cloud, stack, trigger),
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
