import type { WorldStore } from './engine/drivers/world-store.js';
import type { Clock } from './engine/model/clock.js';
import type { StackRecord } from './engine/model/records.js';
import type { JsonMap } from './engine/model/value.js';
import type { EngineLimits } from './engine/operations/engine-parts.js';
import type { RetryPolicy } from './engine/operations/retry.js';
import type { TypeResolver } from './engine/planning/type-resolver.js';
import type { Identity } from './identity/identity.js';
import type { AllowedHosts } from './outside/allowed-hosts.js';
import type { PublicAddress } from './outside/signal-urls.js';
import type { Cloud } from './resources/clouds/cloud.js';
import type { FaultPlan } from './resources/clouds/faults.js';

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
  /** Services that templates may name: custom resources, macros, web hooks; absent: none. */
  readonly outbound?: AllowedHosts;
}
