import type { Generated } from 'kysely';

/**
 * The tables. What is searched or sorted by has a column of its own; the rest of a record lies in `body` as JSON
 * (secrets encrypted in it), so that a new field needs no migration.
 */
export interface Database {
  stacks: StackTable;
  stack_tags: StackTagTable;
  templates: TemplateTable;
  operations: OperationTable;
  resources: ResourceTable;
  events: EventTable;
  snapshots: SnapshotTable;
  exports: ExportTable;
  software_configs: SoftwareConfigTable;
  software_deployments: SoftwareDeploymentTable;
  world_objects: WorldObjectTable;
  world_ledger: WorldLedgerTable;
  documents: DocumentTable;
}

export interface StackTable {
  id: string;
  project_id: string;
  region: string;
  name: string;
  parent_id: string | null;
  root_id: string;
  action: string;
  status: string;
  user_name: string;
  created_at: number;
  updated_at: number | null;
  deleted_at: number | null;
  body: string;
}

export interface StackTagTable {
  stack_id: string;
  position: number;
  tag: string;
}

export interface TemplateTable {
  id: string;
  stack_id: string;
  body: string;
}

export interface OperationTable {
  id: string;
  stack_id: string;
  action: string;
  status: string;
  client_token: string | null;
  started_at: number;
  body: string;
}

export interface ResourceTable {
  id: string;
  seq: number;
  stack_id: string;
  name: string;
  type: string;
  action: string;
  status: string;
  physical_id: string | null;
  child_stack_id: string | null;
  created_at: number;
  updated_at: number;
  body: string;
}

export interface EventTable {
  seq: Generated<number>;
  id: string;
  stack_id: string;
  root_id: string;
  operation_id: string | null;
  resource_name: string;
  resource_type: string;
  physical_id: string | null;
  action: string;
  status: string;
  reason: string;
  properties: string | null;
  created_at: number;
}

export interface SnapshotTable {
  id: string;
  stack_id: string;
  created_at: number;
  body: string;
}

/** Named outputs of live stacks, unique per project and region. */
export interface ExportTable {
  project_id: string;
  region: string;
  name: string;
  stack_id: string;
  body: string;
}

export interface SoftwareConfigTable {
  id: string;
  project_id: string;
  seq: Generated<number>;
  created_at: number;
  body: string;
}

export interface SoftwareDeploymentTable {
  id: string;
  project_id: string;
  server_id: string;
  config_id: string;
  seq: Generated<number>;
  created_at: number;
  body: string;
}

export interface WorldObjectTable {
  collection: string;
  id: string;
  project_id: string;
  region: string;
  name: string | null;
  parent_id: string | null;
  token: string | null;
  body: string;
  created_at: number;
  updated_at: number;
}

export interface WorldLedgerTable {
  seq: Generated<number>;
  verb: string;
  collection: string;
  object_id: string;
  token: string | null;
  at: number;
}

/** Small documents of edges (users, tokens, change sets …): one shape, so that an edge needs no migration to begin. */
export interface DocumentTable {
  kind: string;
  id: string;
  /** What is looked up besides the id, e.g. a name within a domain. */
  key: string | null;
  /** What lists are narrowed by, e.g. a project or a stack. */
  owner: string | null;
  seq: Generated<number>;
  body: string;
}
