import { systemClock } from '../../src/engine/model/clock.js';
import { DEFAULT_ENGINE_LIMITS, type EngineParts } from '../../src/engine/operations/engine-parts.js';
import { Feed } from '../../src/engine/operations/feed.js';
import { Journal } from '../../src/engine/operations/journal.js';
import { Limiter } from '../../src/engine/operations/limiter.js';
import { Operations } from '../../src/engine/operations/operations.js';
import { DEFAULT_RETRY } from '../../src/engine/operations/retry.js';
import { createStackService } from '../../src/engine/stacks/stack-service.js';
import { openStore } from '../../src/engine/store/store.js';
import { loadSchema } from '../../src/resources/catalogue/catalogue.js';
import { createSimulatedCloud } from '../../src/resources/clouds/simulated/simulated-cloud.js';
import { none } from '../../src/resources/types/heat/none.js';
import { randomString } from '../../src/resources/types/heat/random-string.js';
import { testResource } from '../../src/resources/types/heat/test-resource.js';
import { value } from '../../src/resources/types/heat/value.js';

const TYPES: any = { 'OS::Heat::None': none, 'OS::Heat::RandomString': randomString, 'OS::Heat::TestResource': testResource, 'OS::Heat::Value': value };

export async function sliceEngine(options: { dataDir?: string } = {}) {
  const store = await openStore(options);
  const cloud = createSimulatedCloud({ world: store.world, clock: systemClock });
  const feed = new Feed();
  const cache = new Map<string, any>();
  const binding = { cloud, concurrency: 64, limiter: new Limiter(64), zones: () => ['nova'], dynamicReference: async () => undefined };
  const parts: EngineParts = {
    store, feed, journal: new Journal(store, feed), clock: systemClock, retry: DEFAULT_RETRY, limits: DEFAULT_ENGINE_LIMITS,
    cloudOf: () => binding, log: (m, f) => console.error(m, f),
    types: { suggest: () => undefined, resolve: (name, prefer) => {
      if (!cache.has(name)) cache.set(name, TYPES[name]?.(loadSchema(name, { prefer })));
      return cache.get(name);
    } },
  };
  const operations = new Operations(parts);
  await operations.recover();
  const stacks = createStackService({ store, operations, prepare: { engine: parts, customCheck: undefined, implicit: undefined }, hiddenTag: 'hidden' });
  return { stacks, operations, store, close: async () => { await operations.close(1000); await store.close(); } };
}
