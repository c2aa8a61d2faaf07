import type { Json, JsonMap } from '../../model/value.js';

/** How values of one parameter out of several environment files come together. */
export type MergeStrategy = 'overwrite' | 'merge' | 'deep_merge';

/** A user's environment; the sections are named as they are written. */
export interface Environment {
  /** Values for the root stack's parameters. */
  readonly parameters: { readonly [name: string]: Json };
  /** Defaults for parameters of the root and all nested stacks. */
  readonly parameter_defaults: { readonly [name: string]: Json };
  /** Type mappings, and under `resources` what holds for single resources; removals are done already. */
  readonly resource_registry: JsonMap;
  /** Names of the parameters whose values are stored encrypted; the engine sets them. */
  readonly encrypted_param_names: readonly string[];
  /** Where events are posted to. */
  readonly event_sinks: readonly JsonMap[];
  /** `default` and names of parameters. */
  readonly parameter_merge_strategies: { readonly [name: string]: Json };
  /** Resources that were renamed in the template: old name to new name. */
  readonly moved: { readonly [oldName: string]: string };
}

/** An environment that says nothing. */
export const EMPTY_ENVIRONMENT: Environment = {
  parameters: {},
  parameter_defaults: {},
  resource_registry: {},
  encrypted_param_names: [],
  event_sinks: [],
  parameter_merge_strategies: {},
  moved: {},
};

/** An environment with what one knows of it, the rest empty. */
export function environmentOf(parts: Partial<Environment>): Environment {
  return { ...EMPTY_ENVIRONMENT, ...parts };
}

/** The environment as Heat's API shows it; sections that are baton's own only if they are used. */
export function environmentDocument(environment: Environment): JsonMap {
  const document: JsonMap = {
    resource_registry: { resources: {}, ...environment.resource_registry },
    parameters: { ...environment.parameters },
    parameter_defaults: { ...environment.parameter_defaults },
    event_sinks: [...environment.event_sinks],
    encrypted_param_names: [...environment.encrypted_param_names],
  };
  if (Object.keys(environment.moved).length > 0) document.moved = { ...environment.moved };
  return document;
}
