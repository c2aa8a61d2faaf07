import type { ResourceRecord } from '../model/records.js';

/** A stack's resource records while an operation works on them: always what was last handed to the journal. */
export class RecordBook {
  readonly #byId = new Map<string, ResourceRecord>();
  readonly #byName = new Map<string, Map<string, ResourceRecord>>();
  /** The record that stands for a name, once this operation has settled which one it is. */
  readonly #current = new Map<string, string>();
  #lastSeq = 0;

  constructor(records: readonly ResourceRecord[]) {
    for (const record of records) this.put(record);
  }

  all(): ResourceRecord[] {
    return [...this.#byId.values()];
  }

  named(name: string): ResourceRecord[] {
    return [...(this.#byName.get(name)?.values() ?? [])];
  }

  get(id: string): ResourceRecord | undefined {
    return this.#byId.get(id);
  }

  /** The record that a name means: the settled one, else the newest that is not on its way out. */
  current(name: string): ResourceRecord | undefined {
    const settled = this.#current.get(name);
    const record = settled === undefined ? undefined : this.#byId.get(settled);
    if (record) return record;
    const all = this.named(name);
    return (
      all.filter((candidate) => candidate.replacedBy === undefined && candidate.action !== 'DELETE').at(-1) ??
      all.at(-1)
    );
  }

  settle(record: ResourceRecord): void {
    this.#current.set(record.name, record.id);
  }

  isCurrent(record: ResourceRecord): boolean {
    return this.#current.get(record.name) === record.id;
  }

  put(record: ResourceRecord): void {
    const before = this.#byId.get(record.id);
    if (before && before.name !== record.name) this.#byName.get(before.name)?.delete(record.id);
    this.#byId.set(record.id, record);
    const named = this.#byName.get(record.name);
    if (named) named.set(record.id, record);
    else this.#byName.set(record.name, new Map([[record.id, record]]));
    this.#lastSeq = Math.max(this.#lastSeq, record.seq);
  }

  remove(record: ResourceRecord): void {
    this.#byId.delete(record.id);
    this.#byName.get(record.name)?.delete(record.id);
  }

  nextSeq(): number {
    return this.#lastSeq + 1;
  }
}
