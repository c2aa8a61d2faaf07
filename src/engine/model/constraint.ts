import type { Json } from './value.js';

/** A constraint of a parameter or property; `description` replaces the error text. */
export type Constraint = (
  | { readonly kind: 'length'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'range'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'modulo'; readonly step: number; readonly offset: number }
  | { readonly kind: 'allowed_values'; readonly values: readonly Json[] }
  | { readonly kind: 'allowed_pattern'; readonly pattern: string }
  | { readonly kind: 'custom'; readonly name: string }
) & { readonly description?: string };
