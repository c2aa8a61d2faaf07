import type { ValueMap } from '../model/value.js';

/** A resource as its template declares it; what comes from other resources is Unknown and says from which. */
export interface DeclaredResource {
  readonly name: string;
  readonly type: string;
  readonly properties: ValueMap;
}

/** An edge that no template spells out: `resource` is made after `needs`, and removed before it. */
export interface ImplicitDependency {
  readonly resource: string;
  readonly needs: string;
  /** Why, for people: `"server" boots on the network of subnet "subnet"`. */
  readonly why: string;
}

/** Pure: the edges that follow from what the types do, in time linear in resources and edges. */
export type ImplicitDependencies = (resources: readonly DeclaredResource[]) => readonly ImplicitDependency[];
