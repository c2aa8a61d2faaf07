import type { Observation } from '../drivers/resource-type.js';
import type { Diagnosis, OperationRecord, SnapshotRecord, StackRecord } from '../model/records.js';
import type { Json, JsonMap } from '../model/value.js';
import type { RefactorInput, RefactorPlan } from './refactor/refactor-requests.js';
import type {
  AbandonData,
  Caller,
  CreateInput,
  DeleteInput,
  DriftOptions,
  EventFilter,
  EventView,
  ExportView,
  OutputView,
  PreviewView,
  ResourceDrift,
  ResourceFilter,
  ResourceView,
  RollbackInput,
  StackActionName,
  StackFilter,
  StackView,
  TemplateInput,
  UpdateInput,
  UpdatePreview,
  ValidationView,
} from './requests.js';

/**
 * Every use case of a stack: the only door for the APIs and the CLI. Each method answers for the caller's project only
 * (NotFoundError otherwise), validates before it writes (ValidationError with every diagnostic), and returns as soon as
 * the operation is durable; `settled` waits for its end.
 */
export interface Stacks {
  create(caller: Caller, input: CreateInput): Promise<StackRecord>;
  preview(caller: Caller, input: CreateInput): Promise<PreviewView>;
  update(caller: Caller, stackId: string, input: UpdateInput): Promise<StackRecord>;
  previewUpdate(caller: Caller, stackId: string, input: UpdateInput): Promise<UpdatePreview>;
  delete(caller: Caller, stackId: string, input?: DeleteInput): Promise<void>;
  action(caller: Caller, stackId: string, action: StackActionName): Promise<void>;
  abandon(caller: Caller, stackId: string): Promise<AbandonData>;
  export(caller: Caller, stackId: string): Promise<AbandonData>;
  validate(caller: Caller, input: TemplateInput & { readonly showNested?: boolean }): Promise<ValidationView>;

  /** By id, or by name (the newest not deleted one); NotFoundError. */
  find(caller: Caller, idOrName: string, options?: { readonly showDeleted?: boolean }): Promise<StackRecord>;
  get(caller: Caller, stackId: string, options?: { readonly outputs?: boolean }): Promise<StackView>;
  list(caller: Caller, filter: StackFilter): Promise<StackRecord[]>;
  count(caller: Caller, filter: StackFilter): Promise<number>;
  outputs(caller: Caller, stackId: string): Promise<OutputView[]>;
  diagnosis(caller: Caller, stackId: string): Promise<Diagnosis | undefined>;
  operation(caller: Caller, stackId: string, operationId: string): Promise<OperationRecord | undefined>;
  /** Every operation of a stack, the newest first. */
  operations(caller: Caller, stackId: string): Promise<OperationRecord[]>;

  /** Takes a name for a stack whose first change set is under review. */
  reserve(caller: Caller, input: Pick<CreateInput, 'name' | 'tagMap' | 'extra'>): Promise<StackRecord>;
  /** Begins the creation of a reserved stack. */
  createReserved(caller: Caller, stackId: string, input: CreateInput): Promise<StackRecord>;
  /** Brings a stack whose last operation failed back to its last good state. */
  rollBack(caller: Caller, stackId: string, input?: RollbackInput): Promise<StackRecord>;
  /** Checks a refactoring and says what it would move between stacks; nothing is written. */
  planRefactor(caller: Caller, input: RefactorInput): Promise<RefactorPlan>;
  /** Moves resources between stacks, all at once and without touching them; gives the stacks as they are then. */
  refactor(caller: Caller, input: RefactorInput): Promise<StackRecord[]>;
  /** Changes what only one API knows of a stack, beside any operation. */
  annotate(caller: Caller, stackId: string, extra: JsonMap): Promise<StackRecord>;
  /** Compares resources (all, or the named ones) with what really is there. */
  detectDrift(
    caller: Caller,
    stackId: string,
    names?: readonly string[],
    options?: DriftOptions,
  ): Promise<ResourceDrift[]>;
  /** What really is behind a physical id; undefined if nothing is there or its type cannot look. */
  observe(
    caller: Caller,
    stackId: string,
    wanted: { readonly name: string; readonly type: string; readonly physicalId: string; readonly properties: JsonMap },
  ): Promise<Observation | undefined>;
  /** Named outputs of the caller's project and region, by name. */
  exports(caller: Caller): Promise<ExportView[]>;
  /** The stacks that import an export. */
  importers(caller: Caller, exportName: string): Promise<StackRecord[]>;
  /** The stack that an operation was on; undefined if there is none of the caller's. */
  ownerOfOperation(caller: Caller, operationId: string): Promise<StackRecord | undefined>;
  /** Counts a success or failure signal for a resource whose creation policy waits for such. */
  countSignal(
    caller: Caller,
    stackId: string,
    resource: string,
    signal: { readonly id: string; readonly status: 'SUCCESS' | 'FAILURE' },
  ): Promise<void>;
  /** The live stack that has a resource of this physical id; NotFoundError. */
  owner(caller: Caller, physicalId: string): Promise<StackRecord>;

  resources(caller: Caller, stackId: string, filter: ResourceFilter): Promise<ResourceView[]>;
  /** `attributes`: true for all of the type's schema; a list: those, and the named ones too. */
  resource(
    caller: Caller,
    stackId: string,
    name: string,
    options?: { readonly attributes?: boolean | readonly string[] },
  ): Promise<ResourceView>;
  metadata(caller: Caller, stackId: string, resource: string): Promise<Json>;
  signal(caller: Caller, stackId: string, resource: string, details: Json): Promise<void>;
  markUnhealthy(caller: Caller, stackId: string, resource: string, unhealthy: boolean, reason: string): Promise<void>;

  events(caller: Caller, stackId: string, filter: EventFilter): Promise<EventView[]>;
  event(caller: Caller, stackId: string, resource: string, eventId: string): Promise<EventView>;

  snapshot(caller: Caller, stackId: string, name: string | null): Promise<SnapshotRecord>;
  snapshots(caller: Caller, stackId: string): Promise<SnapshotRecord[]>;
  getSnapshot(caller: Caller, stackId: string, snapshotId: string): Promise<SnapshotRecord>;
  deleteSnapshot(caller: Caller, stackId: string, snapshotId: string): Promise<void>;
  restore(caller: Caller, stackId: string, snapshotId: string): Promise<void>;

  /** The graph of a stack's current template: names, edges and why each edge is there. */
  graph(caller: Caller, stackId: string): Promise<GraphView>;
  /** Resolves when no operation runs on the stack. */
  settled(stackId: string): Promise<StackRecord>;
}

export interface GraphView {
  readonly nodes: readonly { readonly name: string; readonly type: string; readonly status: string | undefined }[];
  /** `from` needs `to`. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
}

/** Software configs and deployments (Heat's `/software_configs`, `/software_deployments`). */
export interface Software {
  createConfig(caller: Caller, input: JsonMap): Promise<SoftwareConfigRecord>;
  getConfig(caller: Caller, id: string): Promise<SoftwareConfigRecord>;
  listConfigs(
    caller: Caller,
    page: { limit?: number; marker?: string; allProjects?: boolean },
  ): Promise<SoftwareConfigRecord[]>;
  deleteConfig(caller: Caller, id: string): Promise<void>;
  createDeployment(caller: Caller, input: JsonMap): Promise<SoftwareDeploymentRecord>;
  getDeployment(caller: Caller, id: string): Promise<SoftwareDeploymentRecord>;
  listDeployments(caller: Caller, serverId?: string): Promise<SoftwareDeploymentRecord[]>;
  updateDeployment(caller: Caller, id: string, changes: JsonMap): Promise<SoftwareDeploymentRecord>;
  deleteDeployment(caller: Caller, id: string): Promise<void>;
  serverMetadata(caller: Caller, serverId: string): Promise<JsonMap[]>;
}

export interface SoftwareConfigRecord {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly group: string | null;
  readonly config: Json;
  readonly inputs: readonly JsonMap[];
  readonly outputs: readonly JsonMap[];
  readonly options: JsonMap;
  readonly createdAt: number;
}

export interface SoftwareDeploymentRecord {
  readonly id: string;
  readonly projectId: string;
  readonly configId: string;
  readonly serverId: string;
  readonly inputValues: JsonMap;
  readonly outputValues: JsonMap | null;
  /** null: not said at its creation. */
  readonly action: string | null;
  readonly status: string | null;
  readonly statusReason: string;
  readonly createdAt: number;
  readonly updatedAt: number | undefined;
}
