import type { Insertable, Selectable } from 'kysely';
import type {
  EventRecord,
  OperationRecord,
  ResourceRecord,
  SnapshotRecord,
  StackRecord,
  TemplateRecord,
} from '../model/records.js';
import type { EventAction, ResourceAction, StackAction, Status } from '../model/status.js';
import { hasSecret, isMap, type Json, Secret, type Value } from '../model/value.js';
import type { Codec } from './codec.js';
import type { EventTable, OperationTable, ResourceTable, SnapshotTable, StackTable, TemplateTable } from './schema.js';

/** Records to rows and back, for every table of the engine. */
export function createRowMapper(codec: Codec) {
  const encode = (body: object) => codec.encode(body as unknown as Value);
  /** All of it encrypted: authors write passwords into templates, and nobody can tell where. */
  const seal = (body: object) => codec.encode(new Secret(encode(body)));
  const unsealed = (text: string) => {
    const found = codec.decode(text);
    // Rows of older versions are plain.
    return found instanceof Secret ? codec.decode(String(found.reveal())) : found;
  };
  return {
    stack: {
      toRow(record: StackRecord): Insertable<StackTable> {
        const { id, projectId, region, name, parentId, rootId, action, status, userName, tags: _, ...rest } = record;
        const { createdAt, updatedAt, deletedAt, ...body } = rest;
        return {
          id,
          project_id: projectId,
          region,
          name,
          parent_id: parentId ?? null,
          root_id: rootId,
          action,
          status,
          user_name: userName,
          created_at: createdAt,
          updated_at: updatedAt ?? null,
          deleted_at: deletedAt ?? null,
          body: encode({ ...body, tags: record.tags }),
        };
      },
      fromRow(row: Selectable<StackTable>): StackRecord {
        return {
          ...BLANK_STACK,
          ...codec.decode(row.body),
          id: row.id,
          projectId: row.project_id,
          region: row.region,
          name: row.name,
          parentId: row.parent_id ?? undefined,
          rootId: row.root_id,
          action: row.action as StackAction,
          status: row.status as Status,
          userName: row.user_name,
          createdAt: row.created_at,
          updatedAt: row.updated_at ?? undefined,
          deletedAt: row.deleted_at ?? undefined,
        };
      },
    },
    template: {
      toRow(stackId: string, record: TemplateRecord): Insertable<TemplateTable> {
        const { id, ...body } = record;
        return { id, stack_id: stackId, body: seal(body) };
      },
      fromRow(row: Selectable<TemplateTable>): TemplateRecord {
        return { ...BLANK_TEMPLATE, ...unsealed(row.body), id: row.id };
      },
    },
    operation: {
      toRow(record: OperationRecord): Insertable<OperationTable> {
        const { id, stackId, action, status, clientToken, startedAt, ...body } = record;
        return {
          id,
          stack_id: stackId,
          action,
          status,
          client_token: clientToken ?? null,
          started_at: startedAt,
          body: encode(body),
        };
      },
      fromRow(row: Selectable<OperationTable>): OperationRecord {
        return {
          ...BLANK_OPERATION,
          ...codec.decode(row.body),
          id: row.id,
          stackId: row.stack_id,
          action: row.action as StackAction,
          status: row.status as OperationRecord['status'],
          clientToken: row.client_token ?? undefined,
          startedAt: row.started_at,
        };
      },
    },
    resource: {
      toRow(record: ResourceRecord): Insertable<ResourceTable> {
        const { id, seq, stackId, name, type, action, status, physicalId, childStackId, ...rest } = record;
        const { createdAt, updatedAt, ...open } = rest;
        const body = {
          ...open,
          ...(hasCredentials(open.metadata) ? { metadata: new Secret(open.metadata) } : {}),
          ...(mayTell(open) ? { data: new Secret(open.data) } : {}),
          ...(open.intent?.checkpoint !== undefined && hasSecret(open.intent.desired ?? open.properties)
            ? { intent: { ...open.intent, checkpoint: new Secret(open.intent.checkpoint) } }
            : {}),
        };
        return {
          id,
          seq,
          stack_id: stackId,
          name,
          type,
          action,
          status,
          physical_id: physicalId ?? null,
          child_stack_id: childStackId ?? null,
          created_at: createdAt,
          updated_at: updatedAt,
          body: encode(body),
        };
      },
      fromRow(row: Selectable<ResourceTable>): ResourceRecord {
        const body = codec.decode(row.body);
        return {
          ...BLANK_RESOURCE,
          ...body,
          metadata: body.metadata instanceof Secret ? body.metadata.reveal() : body.metadata,
          data: body.data instanceof Secret ? body.data.reveal() : body.data,
          intent:
            body.intent?.checkpoint instanceof Secret
              ? { ...body.intent, checkpoint: body.intent.checkpoint.reveal() }
              : body.intent,
          id: row.id,
          seq: row.seq,
          stackId: row.stack_id,
          name: row.name,
          type: row.type,
          action: row.action as ResourceAction,
          status: row.status as Status,
          physicalId: row.physical_id ?? undefined,
          childStackId: row.child_stack_id ?? undefined,
          createdAt: row.created_at,
          updatedAt: row.updated_at,
        };
      },
    },
    event: {
      toRow(record: EventRecord & { readonly rootId: string }): Insertable<EventTable> {
        return {
          id: record.id,
          stack_id: record.stackId,
          root_id: record.rootId,
          operation_id: record.operationId ?? null,
          resource_name: record.resourceName,
          resource_type: record.resourceType,
          physical_id: record.physicalId ?? null,
          action: record.action,
          status: record.status,
          reason: record.reason,
          properties: record.properties === undefined ? null : JSON.stringify(record.properties),
          created_at: record.createdAt,
        };
      },
      fromRow(row: Selectable<EventTable>): EventRecord {
        return {
          id: row.id,
          seq: row.seq,
          stackId: row.stack_id,
          operationId: row.operation_id ?? undefined,
          resourceName: row.resource_name,
          resourceType: row.resource_type,
          physicalId: row.physical_id ?? undefined,
          action: row.action as EventAction,
          status: row.status as Status,
          reason: row.reason,
          properties: row.properties === null ? undefined : JSON.parse(row.properties),
          createdAt: row.created_at,
        };
      },
    },
    snapshot: {
      toRow(record: SnapshotRecord): Insertable<SnapshotTable> {
        const { id, stackId, createdAt, ...body } = record;
        return { id, stack_id: stackId, created_at: createdAt, body: seal(body) };
      },
      fromRow(row: Selectable<SnapshotTable>): SnapshotRecord {
        return { ...unsealed(row.body), id: row.id, stackId: row.stack_id, createdAt: row.created_at };
      },
    },
  };
}

/** What agents are told (who they are, how they answer) holds passwords and signed URLs. */
function hasCredentials(metadata: Json): boolean {
  return isMap(metadata) && ('os-collect-config' in metadata || 'deployments' in metadata);
}

/** Types keep copies of properties in their notes, and keys that they were given. */
function mayTell({ data, properties }: Pick<ResourceRecord, 'data' | 'properties'>): boolean {
  const names = Object.keys(data);
  return names.length > 0 && (hasSecret(properties) || names.some((name) => /private_key|password|secret/i.test(name)));
}

export type RowMapper = ReturnType<typeof createRowMapper>;

/** Stored JSON leaves undefined fields out; these put them back so that records always have the same shape. */
const BLANK_STACK = {
  parentResourceId: undefined,
  parentResource: undefined,
  previousTemplateId: undefined,
  timeoutMins: undefined,
  operationId: undefined,
} as const;

const BLANK_RESOURCE = {
  reference: undefined,
  replaces: undefined,
  replacedBy: undefined,
  intent: undefined,
} as const;

const BLANK_TEMPLATE = { text: undefined } as const;

const BLANK_OPERATION = { diagnosis: undefined, finishedAt: undefined } as const;
