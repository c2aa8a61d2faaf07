import type { Kysely, SelectQueryBuilder } from 'kysely';
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

/** Look-ups of single records and of everything that belongs to one stack. */
export function createReads(db: Kysely<Database>, rows: RowMapper) {
  return {
    async stack(id: string): Promise<StackRecord | undefined> {
      const row = await db.selectFrom('stacks').selectAll().where('id', '=', id).executeTakeFirst();
      return row && rows.stack.fromRow(row);
    },

    async stacks(ids: readonly string[]): Promise<StackRecord[]> {
      const found: StackRecord[] = [];
      for (const batch of batches(ids, 500)) {
        const part = await db.selectFrom('stacks').selectAll().where('id', 'in', batch).execute();
        found.push(...part.map(rows.stack.fromRow));
      }
      return found;
    },

    /** The live stack of a name; with `deleted`, the newest deleted one if no live one has it. */
    async stackByName(
      projectId: string,
      name: string,
      options: { readonly region?: string | undefined; readonly deleted?: boolean } = {},
    ): Promise<StackRecord | undefined> {
      let query = db.selectFrom('stacks').selectAll().where('project_id', '=', projectId).where('name', '=', name);
      if (options.region !== undefined) query = query.where('region', '=', options.region);
      if (!options.deleted) query = query.where('deleted_at', 'is', null);
      const found = await query.orderBy('deleted_at', 'desc').execute();
      const row = found.find((candidate) => candidate.deleted_at === null) ?? found[0];
      return row && rows.stack.fromRow(row);
    },

    async children(parentId: string): Promise<StackRecord[]> {
      const found = await db
        .selectFrom('stacks')
        .selectAll()
        .where('parent_id', '=', parentId)
        .where('deleted_at', 'is', null)
        .execute();
      return found.map(rows.stack.fromRow);
    },

    /** All live stacks below a root, the root included. */
    async tree(rootId: string): Promise<StackRecord[]> {
      const found = await db
        .selectFrom('stacks')
        .selectAll()
        .where('root_id', '=', rootId)
        .where('deleted_at', 'is', null)
        .orderBy('created_at')
        .execute();
      return found.map(rows.stack.fromRow);
    },

    async template(id: string): Promise<TemplateRecord | undefined> {
      const row = await db.selectFrom('templates').selectAll().where('id', '=', id).executeTakeFirst();
      return row && rows.template.fromRow(row);
    },

    async operation(id: string): Promise<OperationRecord | undefined> {
      const row = await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
      return row && rows.operation.fromRow(row);
    },

    async operationByToken(stackId: string, token: string): Promise<OperationRecord | undefined> {
      const row = await db
        .selectFrom('operations')
        .selectAll()
        .where('stack_id', '=', stackId)
        .where('client_token', '=', token)
        .executeTakeFirst();
      return row && rows.operation.fromRow(row);
    },

    async operations(stackId: string): Promise<OperationRecord[]> {
      const found = await db
        .selectFrom('operations')
        .selectAll()
        .where('stack_id', '=', stackId)
        .orderBy('started_at', 'desc')
        .execute();
      return found.map(rows.operation.fromRow);
    },

    async runningOperations(): Promise<OperationRecord[]> {
      const found = await db
        .selectFrom('operations')
        .selectAll()
        .where('status', '=', 'RUNNING')
        .orderBy('started_at')
        .execute();
      return found.map(rows.operation.fromRow);
    },

    /** Every record of a stack, replaced ones included, in creation order. */
    async resources(stackId: string): Promise<ResourceRecord[]> {
      const found = await db
        .selectFrom('resources')
        .selectAll()
        .where('stack_id', '=', stackId)
        .orderBy('seq')
        .execute();
      return found.map(rows.resource.fromRow);
    },

    /** True if every resource of a stack is complete and none is a stack of its own. */
    async isSettled(stackId: string): Promise<boolean> {
      const unsettled = await db
        .selectFrom('resources')
        .select('id')
        .where('stack_id', '=', stackId)
        .where((eb) =>
          eb.or([eb('status', '!=', 'COMPLETE'), eb('action', '=', 'DELETE'), eb('child_stack_id', 'is not', null)]),
        )
        .limit(1)
        .executeTakeFirst();
      return unsettled === undefined;
    },

    async resourcesNamed(stackId: string, name: string): Promise<ResourceRecord[]> {
      const found = await db
        .selectFrom('resources')
        .selectAll()
        .where('stack_id', '=', stackId)
        .where('name', '=', name)
        .orderBy('seq')
        .execute();
      return found.map(rows.resource.fromRow);
    },

    async resource(id: string): Promise<ResourceRecord | undefined> {
      const row = await db.selectFrom('resources').selectAll().where('id', '=', id).executeTakeFirst();
      return row && rows.resource.fromRow(row);
    },

    /** Records with this physical id, in all stacks of a project. */
    async resourcesByPhysicalId(projectId: string, physicalId: string): Promise<ResourceRecord[]> {
      const found = await db
        .selectFrom('resources')
        .innerJoin('stacks', 'stacks.id', 'resources.stack_id')
        .selectAll('resources')
        .where('resources.physical_id', '=', physicalId)
        .where('stacks.project_id', '=', projectId)
        .orderBy('resources.created_at', 'desc')
        .execute();
      return found.map(rows.resource.fromRow);
    },

    async event(id: string): Promise<EventRecord | undefined> {
      const row = await db.selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst();
      return row && rows.event.fromRow(row);
    },

    async events(
      query: (select: SelectQueryBuilder<Database, 'events', object>) => SelectQueryBuilder<Database, 'events', object>,
    ): Promise<EventRecord[]> {
      const found = await query(db.selectFrom('events')).selectAll().execute();
      return found.map(rows.event.fromRow);
    },

    async snapshot(id: string): Promise<SnapshotRecord | undefined> {
      const row = await db.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirst();
      return row && rows.snapshot.fromRow(row);
    },

    /** Something that follows from a stack's rows alone; with `keep`, a cache in front may keep it until one of them changes. */
    async derived<T>(_stackId: string, make: () => Promise<{ readonly value: T; readonly keep: boolean }>): Promise<T> {
      return (await make()).value;
    },

    async snapshots(stackId: string): Promise<SnapshotRecord[]> {
      const found = await db
        .selectFrom('snapshots')
        .selectAll()
        .where('stack_id', '=', stackId)
        .orderBy('created_at')
        .execute();
      return found.map(rows.snapshot.fromRow);
    },
  };
}

export type Reads = ReturnType<typeof createReads>;
