import type { CfnApiDeps } from '../../src/api-cfn/api-types.js';
import type { StackSetRunner } from '../../src/api-cfn/stack-sets/stack-set-runner.js';
import type { Engine } from '../../src/create-engine.js';
import type { FaultPlan } from '../../src/resources/clouds/faults.js';

/** Who plays: answers have lists as `{member: […]}` and maps as `{entry: [{key, value}]}`; inputs have maps as `{$map}`. */
export interface Player {
  readonly projectId: string;
  readonly engine: Engine;
  readonly deps: CfnApiDeps;
  /** Texts behind TemplateURLs. */
  readonly urls: Map<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are what the wire gives
  call(action: string, input?: object): Promise<{ status: number; code?: string; message?: string; result: any }>;
}

/** What of the sources the play uses. */
export interface PlaySources {
  accountOf(projectId: string): string;
  stackSetRunner(deps: CfnApiDeps): StackSetRunner;
}

/** The faults that the engine of a play has. */
export const STUBBORN: FaultPlan;

/** Plays through all implemented actions; without `isLong` no list is longer than a page. Throws where an answer is an error. */
export function play(client: Player, sources: PlaySources, options?: { readonly isLong?: boolean }): Promise<void>;
