import type { WorldStore } from '../../../engine/drivers/world-store.js';
import { accountOf } from '../../../engine/model/account.js';
import type { Clock } from '../../../engine/model/clock.js';
import type { Cloud, CloudKind, Collection } from '../cloud.js';
import { FaultInjector, type FaultPlan } from '../faults.js';
import { randomHex } from '../identifiers.js';
import { type CollectionSetting, SimulatedCollection } from './collection.js';
import { genericRules } from './generic.js';
import type { KindRules } from './kind-rules.js';
import { KINDS } from './kinds.js';
import { LiveWorld } from './live-world.js';
import { DEFAULT_QUOTAS, DEFAULT_SETTINGS, type SimulatedSettings } from './settings.js';
import { Turns } from './turns.js';

/** What a simulated cloud is made from. */
export interface SimulatedCloudOptions {
  readonly world: WorldStore;
  readonly clock: Clock;
  readonly faults?: FaultPlan;
  /** How many calls may run at once; 64 if absent. */
  readonly concurrency?: number;
  readonly lenient?: boolean;
  readonly strictRouting?: boolean;
  /** Laid over the default quotas; -1: any number. */
  readonly quotas?: { readonly [name: string]: number };
}

/** Kinds whose things stand alone: making one never touches another. */
const ALONE: readonly CloudKind[] = ['parameters', 'topics', 'queues', 'containers'];

/** A cloud that exists in the world store only, and behaves as OpenStack's and AWS's services do. */
export function createSimulatedCloud(options: SimulatedCloudOptions): Cloud {
  const { world: store, clock } = options;
  const settings: SimulatedSettings = {
    lenient: options.lenient ?? DEFAULT_SETTINGS.lenient,
    strictRouting: options.strictRouting ?? DEFAULT_SETTINGS.strictRouting,
    quotas: { ...DEFAULT_QUOTAS, ...options.quotas },
  };
  const generics = new Map<string, KindRules>();
  const rulesOf = (kind: string): KindRules | undefined => {
    if (Object.hasOwn(KINDS, kind)) return KINDS[kind as CloudKind];
    if (!kind.includes('::')) return undefined;
    const known = generics.get(kind) ?? genericRules(kind);
    generics.set(kind, known);
    return known;
  };
  const setting: CollectionSetting = {
    turn: { world: new LiveWorld(store), rules: rulesOf, settings, cursors: new Map() },
    turns: new Turns(),
    faults: new FaultInjector(options.faults ?? { seed: 'none', rules: [] }, clock),
    clock,
  };
  const collections = new Map<string, Collection>();
  const collectionOf = (kind: string, rules: KindRules, isAlone: boolean): Collection => {
    const known = collections.get(kind) ?? new SimulatedCollection(rules, setting, isAlone);
    collections.set(kind, known);
    return known;
  };
  let seed: Promise<string> | undefined;
  return {
    name: 'simulated',
    rehearses: true,
    concurrency: options.concurrency ?? 64,
    collection: (kind) => collectionOf(kind, KINDS[kind], ALONE.includes(kind)),
    generic(type) {
      const rules = rulesOf(type);
      return rules && collectionOf(type, rules, true);
    },
    zones: (region) =>
      /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? ['a', 'b', 'c'].map((letter) => `${region}${letter}`) : ['nova'],
    accountId: accountOf,
    seed() {
      seed ??= worldSeed(store, clock);
      return seed;
    },
  };
}

async function worldSeed(store: WorldStore, clock: Clock): Promise<string> {
  const known = await store.get('world', 'seed');
  if (typeof known?.body.seed === 'string') return known.body.seed;
  const seed = randomHex(32);
  const at = clock.now();
  await store.apply({
    put: [
      {
        collection: 'world',
        id: 'seed',
        projectId: '',
        region: '',
        name: undefined,
        parentId: undefined,
        token: undefined,
        body: { seed },
        createdAt: at,
        updatedAt: at,
      },
    ],
  });
  return seed;
}
