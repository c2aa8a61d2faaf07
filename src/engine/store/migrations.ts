import { type Kysely, type Migration, sql } from 'kysely';

/** The dialect-dependent words of the schema. */
export interface ColumnTypes {
  /** A rising integer primary key. */
  readonly serial: string;
}

/** All migrations in order of their names; a released one is never changed. */
export function migrations(types: ColumnTypes): Record<string, Migration> {
  return { '0001-first': first(types) };
}

function first({ serial }: ColumnTypes): Migration {
  const statements = [
    `create table stacks (id text primary key, project_id text not null, region text not null, name text not null,
      parent_id text, root_id text not null, action text not null, status text not null, user_name text not null,
      created_at bigint not null, updated_at bigint, deleted_at bigint, body text not null)`,
    // A live root stack's name is taken; a deleted one's is free again. Nested stacks have generated names.
    `create unique index stacks_live_name on stacks (project_id, region, name) where deleted_at is null`,
    `create index stacks_created on stacks (project_id, created_at desc, id)`,
    `create index stacks_parent on stacks (parent_id)`,
    `create index stacks_root on stacks (root_id)`,
    `create table stack_tags (stack_id text not null, position integer not null, tag text not null,
      primary key (stack_id, position))`,
    `create index stack_tags_tag on stack_tags (tag)`,
    `create table templates (id text primary key, stack_id text not null, body text not null)`,
    `create index templates_stack on templates (stack_id)`,
    `create table operations (id text primary key, stack_id text not null, action text not null, status text not null,
      client_token text, started_at bigint not null, body text not null)`,
    `create index operations_stack on operations (stack_id, started_at)`,
    `create index operations_running on operations (status) where status = 'RUNNING'`,
    `create unique index operations_token on operations (stack_id, client_token) where client_token is not null`,
    `create table resources (id text primary key, seq bigint not null, stack_id text not null, name text not null,
      type text not null, action text not null, status text not null, physical_id text, child_stack_id text,
      created_at bigint not null, updated_at bigint not null, body text not null)`,
    `create index resources_stack on resources (stack_id, seq)`,
    `create index resources_name on resources (stack_id, name)`,
    `create index resources_physical on resources (physical_id)`,
    `create table events (seq ${serial}, id text not null, stack_id text not null, root_id text not null,
      operation_id text, resource_name text not null, resource_type text not null, physical_id text, action text not null,
      status text not null, reason text not null, properties text, created_at bigint not null)`,
    `create unique index events_id on events (id)`,
    `create index events_stack on events (stack_id, seq)`,
    `create index events_root on events (root_id, seq)`,
    `create table snapshots (id text primary key, stack_id text not null, created_at bigint not null, body text not null)`,
    `create index snapshots_stack on snapshots (stack_id, created_at)`,
    `create table exports (project_id text not null, region text not null, name text not null, stack_id text not null,
      body text not null, primary key (project_id, region, name))`,
    `create index exports_stack on exports (stack_id)`,
    `create table software_configs (seq ${serial}, id text not null unique, project_id text not null,
      created_at bigint not null, body text not null)`,
    `create index software_configs_project on software_configs (project_id, seq)`,
    `create table software_deployments (seq ${serial}, id text not null unique, project_id text not null,
      server_id text not null, config_id text not null, created_at bigint not null, body text not null)`,
    `create index software_deployments_server on software_deployments (project_id, server_id)`,
    `create index software_deployments_config on software_deployments (config_id)`,
    `create table world_objects (collection text not null, id text not null, project_id text not null,
      region text not null, name text, parent_id text, token text, body text not null, created_at bigint not null,
      updated_at bigint not null, primary key (collection, id))`,
    `create index world_objects_name on world_objects (collection, name, project_id, region) where name is not null`,
    `create index world_objects_parent on world_objects (collection, parent_id, project_id, region) where parent_id is not null`,
    `create index world_objects_project on world_objects (collection, project_id)`,
    `create unique index world_objects_token on world_objects (token) where token is not null`,
    `create table world_ledger (seq ${serial}, verb text not null, collection text not null, object_id text not null,
      token text, at bigint not null)`,
    `create table documents (seq ${serial}, kind text not null, id text not null, key text, owner text, body text not null)`,
    `create unique index documents_id on documents (kind, id)`,
    `create unique index documents_key on documents (kind, key) where key is not null`,
    `create index documents_owner on documents (kind, owner, seq) where owner is not null`,
  ];
  return {
    async up(db: Kysely<unknown>) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}
