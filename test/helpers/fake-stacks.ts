import { AlreadyExistsError, NotFoundError } from '../../src/engine/model/errors.js';
import type { EventRecord, ResourceRecord, SnapshotRecord, StackRecord } from '../../src/engine/model/records.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import type {
  Caller,
  CreateInput,
  EventFilter,
  EventView,
  ResourceView,
  StackFilter,
  StackView,
} from '../../src/engine/stacks/requests.js';
import type { Software, Stacks } from '../../src/engine/stacks/stacks.js';
import type { Template } from '../../src/engine/template/template.js';

/** Noon of the first day: every record of the fakes is made then. */
export const NOON = Date.UTC(2026, 0, 1, 12);

/** A plain member of project `p1`. */
export const MEMBER: Caller = {
  projectId: 'p1',
  projectName: 'demo',
  userId: 'u1',
  userName: 'someone',
  roles: ['member', 'reader'],
  isAdmin: false,
  region: 'RegionOne',
  origin: 'heat',
};

/** A template with nothing but a document, a description and outputs without values. */
export function fakeTemplate(document: JsonMap): Template {
  const at = { line: 1, column: 1 };
  const outputs = Object.keys((document.outputs as JsonMap | undefined) ?? {});
  return {
    language: 'hot',
    versionKey: 'heat_template_version',
    version: '2018-08-31',
    description: document.description as string | undefined,
    parameters: new Map(),
    parameterGroups: [],
    conditions: new Map(),
    mappings: {},
    rules: new Map(),
    resources: new Map(),
    outputs: new Map(
      outputs.map((name) => [
        name,
        {
          name,
          description: undefined,
          value: { kind: 'literal' as const, value: null, at },
          condition: undefined,
          exportName: undefined,
          at,
        },
      ]),
    ),
    metadata: null,
    transforms: [],
    document,
    processed: document,
  };
}

/** One stack, complete. */
export function fakeStack(over: Partial<StackRecord> = {}): StackRecord {
  const id = over.id ?? '11111111-1111-4111-8111-111111111111';
  return {
    id,
    projectId: 'p1',
    region: 'RegionOne',
    name: 'web',
    origin: 'heat',
    parentId: undefined,
    parentResourceId: undefined,
    parentResource: undefined,
    rootId: id,
    nestedDepth: 0,
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: 'Stack CREATE completed successfully',
    templateId: 't1',
    previousTemplateId: undefined,
    description: '',
    timeoutMins: undefined,
    disableRollback: true,
    tags: [],
    userId: 'u1',
    userName: 'someone',
    projectName: 'demo',
    operationId: undefined,
    epoch: 1,
    extra: {},
    createdAt: NOON,
    updatedAt: undefined,
    deletedAt: undefined,
    ...over,
  };
}

/** One resource, complete. */
export function fakeResource(over: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    id: 'r1',
    seq: 1,
    stackId: '11111111-1111-4111-8111-111111111111',
    name: 'server',
    type: 'OS::Heat::TestResource',
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: 'state changed',
    physicalId: 'web-server-abc',
    reference: undefined,
    properties: {},
    attributes: { output: 'one' },
    metadata: {},
    data: {},
    policies: { deletion: 'Delete', updateReplace: 'Delete', update: null, creation: null },
    requires: [],
    definitionDigest: '',
    replaces: undefined,
    replacedBy: undefined,
    childStackId: undefined,
    intent: undefined,
    createdAt: NOON,
    updatedAt: NOON,
    ...over,
  };
}

/** One event of a stack's resource. */
export function fakeEvent(over: Partial<EventRecord> = {}): EventRecord {
  return {
    id: 'e1',
    seq: 1,
    stackId: '11111111-1111-4111-8111-111111111111',
    operationId: undefined,
    resourceName: 'server',
    resourceType: 'OS::Heat::TestResource',
    physicalId: 'web-server-abc',
    action: 'CREATE',
    status: 'COMPLETE',
    reason: 'state changed',
    properties: { value: 'one' },
    createdAt: NOON,
    ...over,
  };
}

/** For what Heat's API has no use for. */
const notFaked = (): never => {
  throw new Error('not faked');
};

/** Remembers what was asked of it, and answers from records in memory. */
export class FakeStacks implements Stacks {
  readonly operations = notFaked;
  readonly reserve = notFaked;
  readonly createReserved = notFaked;
  readonly rollBack = notFaked;
  readonly annotate = notFaked;
  readonly planRefactor = notFaked;
  readonly refactor = notFaked;
  readonly detectDrift = notFaked;
  readonly observe = notFaked;
  readonly exports = notFaked;
  readonly importers = notFaked;
  readonly ownerOfOperation = notFaked;
  readonly countSignal = notFaked;
  readonly owner = notFaked;

  readonly stacks: StackRecord[] = [];
  readonly resourceViews: ResourceView[] = [];
  readonly eventViews: EventView[] = [];
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[] = [];
  /** Thrown by the next call that is not a look-up. */
  failure: Error | undefined;

  #note(method: string, ...args: unknown[]): void {
    this.calls.push({ method, args });
    if (this.failure !== undefined) throw this.failure;
  }

  last(method: string): readonly unknown[] {
    return this.calls.findLast((call) => call.method === method)?.args ?? [];
  }

  async create(caller: Caller, input: CreateInput): Promise<StackRecord> {
    this.#note('create', input);
    if (this.stacks.some((stack) => stack.name === input.name)) {
      throw new AlreadyExistsError(`The Stack (${input.name}) already exists.`);
    }
    const stack = fakeStack({ name: input.name, projectId: caller.projectId, tags: input.tags ?? [] });
    this.stacks.push(stack);
    return stack;
  }

  async preview(_caller: Caller, input: CreateInput) {
    this.#note('preview', input);
    return {
      name: input.name,
      template: fakeTemplate({ outputs: { o: {} } }),
      parameters: {},
      resources: [
        {
          name: 'one',
          type: 'OS::Heat::TestResource',
          properties: {},
          metadata: {},
          requiredBy: [],
          physicalId: undefined,
          description: undefined,
          nested: undefined,
        },
      ],
      diagnostics: [],
      timeoutMins: undefined,
      disableRollback: true,
      tags: [],
      environment: {},
      files: {},
    };
  }

  async update(_caller: Caller, stackId: string, input: unknown): Promise<StackRecord> {
    this.#note('update', stackId, input);
    return this.#byId(stackId);
  }

  async previewUpdate(_caller: Caller, stackId: string, input: unknown) {
    this.#note('previewUpdate', stackId, input);
    return { proposedMoves: [], changes: [], template: fakeTemplate({}), storedParameters: {} };
  }

  async delete(_caller: Caller, stackId: string): Promise<void> {
    this.#note('delete', stackId);
  }

  async action(_caller: Caller, stackId: string, action: string): Promise<void> {
    this.#note('action', stackId, action);
  }

  async abandon(_caller: Caller, stackId: string): Promise<JsonMap> {
    this.#note('abandon', stackId);
    return { name: this.#byId(stackId).name };
  }

  async export(caller: Caller, stackId: string): Promise<JsonMap> {
    return this.abandon(caller, stackId);
  }

  async validate(_caller: Caller, input: unknown) {
    this.#note('validate', input);
    return { template: fakeTemplate({}), parameters: [], environment: {}, diagnostics: [], nested: {} };
  }

  #byId(id: string): StackRecord {
    const found = this.stacks.find((stack) => stack.id === id);
    if (found === undefined) throw new NotFoundError('Stack', id);
    return found;
  }

  async find(caller: Caller, idOrName: string, options: { showDeleted?: boolean } = {}): Promise<StackRecord> {
    this.calls.push({ method: 'find', args: [idOrName, options] });
    const found = this.stacks.find(
      (stack) =>
        stack.projectId === caller.projectId &&
        (stack.id === idOrName || stack.name === idOrName) &&
        (options.showDeleted || stack.deletedAt === undefined),
    );
    if (found === undefined) throw new NotFoundError('Stack', idOrName);
    return found;
  }

  async get(caller: Caller, stackId: string, options: { outputs?: boolean } = {}): Promise<StackView> {
    const stack = await this.find(caller, stackId, { showDeleted: true });
    return {
      stack,
      template: fakeTemplate({ heat_template_version: '2018-08-31', outputs: { o: {} } }),
      parameters: { 'OS::stack_name': stack.name },
      environment: { parameters: { a: 1 } },
      files: { 'a.yaml': 'text' },
      outputs: options.outputs ? await this.outputs() : undefined,
      parentName: undefined,
      diagnosis: undefined,
    };
  }

  async list(caller: Caller, filter: StackFilter): Promise<StackRecord[]> {
    this.#note('list', filter);
    const visible = this.stacks.filter((stack) => filter.allProjects || stack.projectId === caller.projectId);
    return visible.slice(0, filter.limit);
  }

  async count(caller: Caller, filter: StackFilter): Promise<number> {
    return (await this.list(caller, filter)).length;
  }

  async outputs() {
    return [{ name: 'o', description: undefined, value: 1, error: undefined, exportName: undefined }];
  }

  async diagnosis() {
    return undefined;
  }

  async operation() {
    return undefined;
  }

  async resources(_caller: Caller, _stackId: string, filter: unknown): Promise<ResourceView[]> {
    this.#note('resources', filter);
    return this.resourceViews;
  }

  async resource(_caller: Caller, _stackId: string, name: string, options: unknown): Promise<ResourceView> {
    this.#note('resource', name, options);
    const view = this.resourceViews.find(({ record }) => record.name === name);
    if (view === undefined) throw new NotFoundError('Resource', name);
    return view;
  }

  async metadata(caller: Caller, stackId: string, resource: string) {
    return (await this.resource(caller, stackId, resource, {})).record.metadata;
  }

  async signal(_caller: Caller, stackId: string, resource: string, details: unknown): Promise<void> {
    this.#note('signal', stackId, resource, details);
  }

  async markUnhealthy(...args: unknown[]): Promise<void> {
    this.#note('markUnhealthy', ...args.slice(1));
  }

  async events(_caller: Caller, _stackId: string, filter: EventFilter): Promise<EventView[]> {
    this.#note('events', filter);
    return this.eventViews.filter(
      ({ event }) =>
        event.seq > (filter.afterSeq ?? -1) &&
        (filter.resourceName === undefined || event.resourceName === filter.resourceName),
    );
  }

  async event(_caller: Caller, _stackId: string, resource: string, eventId: string): Promise<EventView> {
    const view = this.eventViews.find(({ event }) => event.id === eventId && event.resourceName === resource);
    if (view === undefined) throw new NotFoundError('Event', eventId);
    return view;
  }

  async snapshot(_caller: Caller, stackId: string, name: string | null): Promise<SnapshotRecord> {
    this.#note('snapshot', stackId, name);
    return { id: 's1', stackId, name, status: 'IN_PROGRESS', statusReason: '', data: {}, createdAt: NOON };
  }

  async snapshots(): Promise<SnapshotRecord[]> {
    return [];
  }

  async getSnapshot(_caller: Caller, _stackId: string, id: string): Promise<SnapshotRecord> {
    throw new NotFoundError('Snapshot', id);
  }

  async deleteSnapshot(): Promise<void> {}

  async restore(): Promise<void> {}

  async graph() {
    return { nodes: [], edges: [] };
  }

  async settled(stackId: string): Promise<StackRecord> {
    return this.#byId(stackId);
  }
}

/** Knows no config and no deployment. */
export const EMPTY_SOFTWARE: Software = {
  createConfig: async (caller, input) => ({
    id: 'c1',
    projectId: caller.projectId,
    name: String(input.name),
    group: null,
    config: null,
    inputs: [{ name: 'i' }],
    outputs: [{ name: 'o' }],
    options: {},
    createdAt: NOON,
  }),
  getConfig: async (_caller, id) => {
    throw new NotFoundError('Software config', id);
  },
  listConfigs: async () => [],
  deleteConfig: async (_caller, id) => {
    throw new NotFoundError('Software config', id);
  },
  createDeployment: async (caller, input) => ({
    id: 'd1',
    projectId: caller.projectId,
    configId: String(input.config_id),
    serverId: String(input.server_id),
    inputValues: {},
    outputValues: null,
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: 'None',
    createdAt: NOON,
    updatedAt: undefined,
  }),
  getDeployment: async (_caller, id) => {
    throw new NotFoundError('Software Deployment', id);
  },
  listDeployments: async () => [],
  updateDeployment: async (_caller, id) => {
    throw new NotFoundError('Software Deployment', id);
  },
  deleteDeployment: async (_caller, id) => {
    throw new NotFoundError('Software Deployment', id);
  },
  serverMetadata: async () => [],
};
