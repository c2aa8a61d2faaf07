import type { ResourceType } from '../drivers/resource-type.js';

/** Where types come from; the composition root brings it. */
export interface TypeResolver {
  /** The type of a name, in the flavour that a template's language means where both worlds have it. */
  resolve(name: string, prefer: 'heat' | 'aws'): ResourceType | undefined;
  /** The nearest known name to one that is not known. */
  suggest(name: string): string | undefined;
}
