import type { Transaction } from 'kysely';
import type {
  EventRecord,
  OperationRecord,
  ResourceRecord,
  SnapshotRecord,
  StackRecord,
  TemplateRecord,
} from '../model/records.js';
import { batches } from './batches.js';
import type { RowMapper } from './rows.js';
import type { Database } from './schema.js';

/** Changes that become durable together or not at all. */
export interface WriteSet {
  readonly stacks?: readonly StackRecord[];
  readonly templates?: readonly { readonly stackId: string; readonly record: TemplateRecord }[];
  readonly operations?: readonly OperationRecord[];
  readonly resources?: readonly ResourceRecord[];
  /** Ids of resource records that are gone for good. */
  readonly removedResources?: readonly string[];
  readonly events?: readonly (Omit<EventRecord, 'seq'> & { readonly rootId: string })[];
  readonly snapshots?: readonly SnapshotRecord[];
  readonly removedSnapshots?: readonly string[];
  /** Replaces all exports of a stack. */
  readonly exports?: readonly StackExports[];
}

export interface StackExports {
  readonly stackId: string;
  readonly projectId: string;
  readonly region: string;
  readonly values: readonly { readonly name: string; readonly body: string }[];
}

/** Writes a set inside a transaction; returns the sequence number that the first event got (the rest follow it). */
export async function applyWrites(trx: Transaction<Database>, set: WriteSet, rows: RowMapper): Promise<number> {
  for (const batch of batches(set.stacks ?? [])) {
    await trx
      .insertInto('stacks')
      .values(batch.map(rows.stack.toRow))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          name: eb.ref('excluded.name'),
          parent_id: eb.ref('excluded.parent_id'),
          root_id: eb.ref('excluded.root_id'),
          action: eb.ref('excluded.action'),
          status: eb.ref('excluded.status'),
          updated_at: eb.ref('excluded.updated_at'),
          deleted_at: eb.ref('excluded.deleted_at'),
          body: eb.ref('excluded.body'),
        })),
      )
      .execute();
    await writeTags(trx, batch);
  }
  for (const { stackId, record } of set.templates ?? []) {
    await trx
      .insertInto('templates')
      .values(rows.template.toRow(stackId, record))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
  for (const batch of batches(set.operations ?? [])) {
    await trx
      .insertInto('operations')
      .values(batch.map(rows.operation.toRow))
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet((eb) => ({ status: eb.ref('excluded.status'), body: eb.ref('excluded.body') })),
      )
      .execute();
  }
  await writeResources(trx, set, rows);
  const firstSeq = await writeEvents(trx, set, rows);
  for (const batch of batches(set.snapshots ?? [])) {
    await trx
      .insertInto('snapshots')
      .values(batch.map(rows.snapshot.toRow))
      .onConflict((conflict) => conflict.column('id').doUpdateSet((eb) => ({ body: eb.ref('excluded.body') })))
      .execute();
  }
  for (const batch of batches(set.removedSnapshots ?? [])) {
    await trx.deleteFrom('snapshots').where('id', 'in', batch).execute();
  }
  // All go before any comes: in one set an export may pass from one stack to another.
  for (const { stackId } of set.exports ?? [])
    await trx.deleteFrom('exports').where('stack_id', '=', stackId).execute();
  for (const { stackId, projectId, region, values } of set.exports ?? []) {
    for (const { name, body } of values) {
      await trx
        .insertInto('exports')
        .values({ project_id: projectId, region, name, stack_id: stackId, body })
        .execute();
    }
  }
  return firstSeq;
}

async function writeTags(trx: Transaction<Database>, stacks: readonly StackRecord[]): Promise<void> {
  await trx
    .deleteFrom('stack_tags')
    .where(
      'stack_id',
      'in',
      stacks.map((stack) => stack.id),
    )
    .execute();
  const tags = stacks.flatMap((stack) => stack.tags.map((tag, position) => ({ stack_id: stack.id, position, tag })));
  for (const batch of batches(tags)) await trx.insertInto('stack_tags').values(batch).execute();
}

async function writeResources(trx: Transaction<Database>, set: WriteSet, rows: RowMapper): Promise<void> {
  for (const batch of batches(set.resources ?? [])) {
    await trx
      .insertInto('resources')
      .values(batch.map(rows.resource.toRow))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          stack_id: eb.ref('excluded.stack_id'),
          name: eb.ref('excluded.name'),
          type: eb.ref('excluded.type'),
          action: eb.ref('excluded.action'),
          status: eb.ref('excluded.status'),
          physical_id: eb.ref('excluded.physical_id'),
          child_stack_id: eb.ref('excluded.child_stack_id'),
          updated_at: eb.ref('excluded.updated_at'),
          body: eb.ref('excluded.body'),
        })),
      )
      .execute();
  }
  for (const batch of batches(set.removedResources ?? [])) {
    await trx.deleteFrom('resources').where('id', 'in', batch).execute();
  }
}

async function writeEvents(trx: Transaction<Database>, set: WriteSet, rows: RowMapper): Promise<number> {
  let first = 0;
  for (const batch of batches(set.events ?? [])) {
    const written = await trx
      .insertInto('events')
      .values(batch.map((event) => rows.event.toRow({ ...event, seq: 0 })))
      .returning('seq')
      .execute();
    if (first === 0) first = Math.min(...written.map((row) => row.seq));
  }
  return first;
}
