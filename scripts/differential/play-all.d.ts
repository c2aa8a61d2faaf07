import type { Scenario } from './scenarios.js';
import type { Pace } from './watch.js';

/** Plays scenarios, some at a time; gives what was seen of each, by its `file/name`. */
export function playAll(
  env: Readonly<Record<string, string>>,
  scenarios: readonly Scenario[],
  options?: {
    readonly parallel?: number;
    readonly pace?: Pace;
    readonly onPlayed?: (key: string, play: unknown) => void;
  },
): Promise<Record<string, { readonly steps: unknown[]; readonly events: object; readonly broken?: string }>>;
