import type { ResourceRecord, StackRecord } from '../../model/records.js';

/** A place that a resource has: a stack by its name, and the logical id there. */
export interface ResourcePlace {
  readonly stack: string;
  readonly resource: string;
}

/** Templates that share out anew what several stacks have, without changing any of it. */
export interface RefactorInput {
  /** Decides the ids of what the refactoring makes: the same one is never carried out twice. */
  readonly id: string;
  readonly stacks: readonly { readonly name: string; readonly template: string }[];
  /** What the templates do not tell clearly enough. */
  readonly mappings: readonly { readonly from: ResourcePlace; readonly to: ResourcePlace }[];
  /** Stacks that do not exist are made. */
  readonly createStacks: boolean;
}

/** A resource that gets another stack, another name or both. */
export interface RefactorMove {
  readonly from: ResourcePlace;
  readonly to: ResourcePlace;
  readonly record: ResourceRecord;
  /** True if the caller named it. */
  readonly isGiven: boolean;
}

/** A stack that takes part. */
export interface RefactorStack {
  readonly name: string;
  /** A stack that is to be made has the id that it will have. */
  readonly id: string;
  readonly existing: StackRecord | undefined;
}

/** What a refactoring would do. */
export interface RefactorPlan {
  readonly stacks: readonly RefactorStack[];
  readonly moves: readonly RefactorMove[];
}
