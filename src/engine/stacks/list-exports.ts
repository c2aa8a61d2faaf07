import type { StackRecord } from '../model/records.js';
import { type Json, masked, type Value } from '../model/value.js';
import { importersOf } from '../operations/export-uses.js';
import type { Caller, ExportView } from './requests.js';
import type { ServiceParts } from './service-parts.js';

/** Every export of the caller's project and region, by name. */
export async function listExports({ store }: ServiceParts, caller: Caller): Promise<ExportView[]> {
  const rows = await store.db
    .selectFrom('exports')
    .innerJoin('stacks', 'stacks.id', 'exports.stack_id')
    .select(['exports.name', 'exports.body', 'exports.stack_id'])
    .where('exports.project_id', '=', caller.projectId)
    .where('exports.region', '=', caller.region)
    .orderBy('exports.name')
    .execute();
  const stacks = new Map((await store.reads.stacks(rows.map((row) => row.stack_id))).map((stack) => [stack.id, stack]));
  return rows.flatMap((row) => {
    const stack = stacks.get(row.stack_id);
    const value: Json = masked(store.codec.decode<Value>(row.body));
    return stack ? [{ name: row.name, value, stack }] : [];
  });
}

/** The stacks that import an export. */
export async function listImporters(parts: ServiceParts, caller: Caller, exportName: string): Promise<StackRecord[]> {
  return importersOf(parts.store, parts.operations.loader, caller, exportName);
}

/** The first of a stack's exports that another stack imports, with that stack. */
export async function usedExport(
  parts: ServiceParts,
  stack: StackRecord,
): Promise<{ readonly name: string; readonly importer: StackRecord } | undefined> {
  const rows = await parts.store.db.selectFrom('exports').select('name').where('stack_id', '=', stack.id).execute();
  for (const { name } of rows) {
    const importers = await importersOf(parts.store, parts.operations.loader, stack, name);
    const importer = importers.find((one) => one.id !== stack.id && one.rootId !== stack.id);
    if (importer) return { name, importer };
  }
  return undefined;
}
