import type { ResourceRecord, StackRecord } from '../model/records.js';
import type { Reads } from './reads.js';
import type { WriteSet } from './writes.js';

/** What is kept of one stack. */
interface Kept {
  stack?: StackRecord | undefined;
  resources?: readonly ResourceRecord[] | undefined;
}

/** Records of resources that are kept at most, over all stacks: some 50 MB. */
const MAX_RESOURCES = 20_000;
const MAX_STACKS = 2_000;
/** What is kept of things worked out (outputs of nested stacks): so many, each with so many characters at most. */
const MAX_DERIVED = 10_000;
const MAX_DERIVED_CHARACTERS = 2_000;

/**
 * Keeps the records of stacks that are read again and again (clients poll), until they are written. Right only where
 * every write goes through `writing`: one process owns the database.
 */
export class RecordCache {
  readonly #kept = new Map<string, Kept>();
  readonly #stackOfResource = new Map<string, string>();
  /** Rises with every write; what was read before a write is not kept after it. */
  #writes = 0;
  #resources = 0;
  readonly #derived = new Map<string, unknown>();
  /** What is being worked out; stale as soon as one of the stack's rows changes meanwhile. */
  readonly #making = new Map<string, { isStale: boolean }>();

  /** The same reads, from memory where they can be. */
  over(reads: Reads): Reads {
    return {
      ...reads,
      stack: async (id) => {
        const known = this.#kept.get(id)?.stack;
        if (known) return known;
        const before = this.#writes;
        const stack = await reads.stack(id);
        if (stack && before === this.#writes) this.#keep(id).stack = stack;
        return stack;
      },
      stacks: async (ids) => {
        const kept = ids.map((id) => this.#kept.get(id)?.stack);
        const missing = ids.filter((_, index) => kept[index] === undefined);
        if (missing.length === 0) return kept.filter((stack) => stack !== undefined);
        const before = this.#writes;
        const found = await reads.stacks(missing);
        if (before === this.#writes) for (const stack of found) this.#keep(stack.id).stack = stack;
        return [...kept.filter((stack) => stack !== undefined), ...found];
      },
      resources: async (stackId) => {
        const known = this.#kept.get(stackId)?.resources;
        // Callers may sort what they get.
        if (known) return [...known];
        const before = this.#writes;
        const resources = await reads.resources(stackId);
        if (before === this.#writes) this.#keepResources(stackId, resources);
        return [...resources];
      },
      derived: async <T>(stackId: string, make: () => Promise<{ readonly value: T; readonly keep: boolean }>) => {
        if (this.#derived.has(stackId)) return this.#derived.get(stackId) as T;
        const turn = this.#making.get(stackId) ?? { isStale: false };
        this.#making.set(stackId, turn);
        try {
          const { value, keep } = await make();
          if (keep && !turn.isStale) this.#keepDerived(stackId, value);
          return value;
        } finally {
          if (this.#making.get(stackId) === turn) this.#making.delete(stackId);
        }
      },
    };
  }

  #keepDerived(stackId: string, value: unknown): void {
    if ((JSON.stringify(value) ?? '').length > MAX_DERIVED_CHARACTERS) return;
    this.#derived.set(stackId, value);
    const [oldest] = this.#derived.keys();
    if (this.#derived.size > MAX_DERIVED && oldest !== undefined) this.#derived.delete(oldest);
  }

  /** Forgets what a set changes, before it is written and once more when it is: nobody may keep the old in between. */
  async writing<T>(set: WriteSet, write: () => Promise<T>): Promise<T> {
    this.#forgetAll(set);
    try {
      return await write();
    } finally {
      this.#forgetAll(set);
    }
  }

  #forgetAll(set: WriteSet): void {
    this.#writes++;
    for (const stack of set.stacks ?? []) this.#forget(stack.id);
    for (const resource of set.resources ?? []) this.#forget(resource.stackId);
    for (const id of set.removedResources ?? []) {
      const stackId = this.#stackOfResource.get(id);
      if (stackId !== undefined) this.#forget(stackId);
    }
  }

  #forget(stackId: string): void {
    this.#derived.delete(stackId);
    const making = this.#making.get(stackId);
    if (making) making.isStale = true;
    this.#drop(stackId);
  }

  #drop(stackId: string): void {
    const kept = this.#kept.get(stackId);
    if (!kept) return;
    this.#kept.delete(stackId);
    this.#resources -= kept.resources?.length ?? 0;
    for (const { id } of kept.resources ?? []) this.#stackOfResource.delete(id);
  }

  #keep(stackId: string): Kept {
    const known = this.#kept.get(stackId);
    if (known) return known;
    const made: Kept = {};
    this.#kept.set(stackId, made);
    this.#makeRoom();
    return made;
  }

  #keepResources(stackId: string, resources: readonly ResourceRecord[]): void {
    if (resources.length > MAX_RESOURCES / 4) return;
    const kept = this.#keep(stackId);
    if (kept.resources) return;
    kept.resources = resources;
    this.#resources += resources.length;
    for (const { id } of resources) this.#stackOfResource.set(id, stackId);
    this.#makeRoom();
  }

  /** The stacks that came first go first: who is still asked for comes back at once. */
  #makeRoom(): void {
    for (const stackId of this.#kept.keys()) {
      if (this.#kept.size <= MAX_STACKS && this.#resources <= MAX_RESOURCES) return;
      if (this.#kept.size > 1) this.#drop(stackId);
    }
  }
}
