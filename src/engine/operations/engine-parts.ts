import type { ImplicitDependencies } from '../drivers/implicit-dependencies.js';
import type { StackAccess } from '../drivers/stack-access.js';
import type { Clock } from '../model/clock.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import type { JsonMap } from '../model/value.js';
import type { LookupSource } from '../planning/lookups.js';
import type { TypeResolver } from '../planning/type-resolver.js';
import type { Store } from '../store/store.js';
import type { Feed } from './feed.js';
import type { Journal } from './journal.js';
import type { Limiter } from './limiter.js';
import type { Outside } from './outside.js';
import type { RetryPolicy } from './retry.js';
import type { Workload } from './workload.js';

/** A cloud as the engine sees it: something that types are handed, with a limit on concurrent calls. */
export interface CloudBinding {
  readonly cloud: unknown;
  readonly limiter: Limiter;
  readonly workload: Workload;
  /** How many resources of one operation may be worked on at once. */
  readonly concurrency: number;
  zones(region: string): readonly string[];
  /** A parameter or secret of the cloud, for dynamic references; undefined if there is none. */
  dynamicReference(
    stack: StackRecord,
    service: string,
    reference: string,
  ): Promise<{ value: string; secret: boolean } | undefined>;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA` of an alarm that a rollback configuration names; undefined if there is none. */
  alarmState?(
    stack: StackRecord,
    trigger: { readonly arn: string; readonly type: string },
  ): Promise<string | undefined>;
}

/** The bounds that the engine keeps. */
export interface EngineLimits {
  /** Milliseconds for a stack whose template says nothing. */
  readonly defaultTimeoutMs: number;
  readonly maxNestedDepth: number;
  /** Of a whole tree of stacks. */
  readonly maxResourcesPerStack: number;
  readonly maxStacksPerProject: number;
  readonly maxTemplateBytes: number;
  /** How long running calls may go on after a cancel before they are aborted. */
  readonly cancelGraceMs: number;
}

export const DEFAULT_ENGINE_LIMITS: EngineLimits = {
  defaultTimeoutMs: 3_600_000,
  maxNestedDepth: 5,
  maxResourcesPerStack: 100_000,
  maxStacksPerProject: 100_000,
  maxTemplateBytes: 16 * 1024 * 1024,
  cancelGraceMs: 30_000,
};

/** What every operation works with. */
export interface EngineParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly feed: Feed;
  readonly types: TypeResolver;
  readonly cloudOf: (stack: StackRecord) => CloudBinding;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  readonly limits: EngineLimits;
  /** Edges that follow from what types do, not from references. */
  readonly implicit?: ImplicitDependencies;
  /** What types may do to the stack around them; there as soon as operations are. */
  readonly access?: (stack: StackRecord, record: ResourceRecord) => StackAccess;
  /** What some types need of the world around the engine. */
  readonly outside?: Outside;
  log(message: string, fields?: JsonMap): void;
}

/** Answers the lookups of one stack's expressions. */
export type LookupSources = (stack: StackRecord) => LookupSource;
