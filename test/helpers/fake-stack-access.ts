import type { ResourceType } from '../../src/engine/drivers/resource-type.js';
import type {
  GroupState,
  KeyPair,
  RemoteStack,
  RemoteStacks,
  ServiceAnswer,
  Sibling,
  SignalUrls,
  SoftwareConfig,
  SoftwareDeployment,
  SoftwarePort,
  StackAccess,
  StackUserIdentity,
  StackUserPort,
} from '../../src/engine/drivers/stack-access.js';
import type { Json, JsonMap } from '../../src/engine/model/value.js';
import { ANY_HOST } from '../../src/outside/allowed-hosts.js';
import { postAllowed } from '../../src/outside/post-allowed.js';

/** A sibling with what a test cares for. */
export function sibling(part: Partial<Sibling> & Pick<Sibling, 'name' | 'type'>): Sibling {
  const uuid = part.uuid ?? `uuid-${part.name}`;
  return {
    uuid,
    physicalId: undefined,
    reference: part.physicalId ?? part.name,
    status: 'CREATE_COMPLETE',
    metadata: {},
    properties: {},
    data: {},
    ...part,
  };
}

/** A stack around one resource, kept in memory; what was done to it can be read. */
export class FakeStackAccess implements StackAccess {
  readonly siblings = new Map<string, Sibling>();
  readonly groups = new Map<string, GroupState>();
  readonly resized: { uuid: string; size: number }[] = [];
  readonly restarted: string[] = [];
  readonly texts = new Map<string, string>();
  readonly signalled: { uuid: string; details: Json }[] = [];
  /** Types whose `signal` verb runs when a sibling is signalled. */
  readonly types = new Map<string, ResourceType<never>>();
  readonly software = new FakeSoftware();
  readonly users = new FakeUsers();
  readonly regions = new Map<string, FakeRemoteStacks>();
  onResize: (() => void) | undefined;

  constructor(readonly ownUuid: string) {}

  add(one: Sibling): Sibling {
    this.siblings.set(one.uuid, one);
    return one;
  }

  change(uuid: string, part: Partial<Sibling>): void {
    const before = this.siblings.get(uuid);
    if (before) this.siblings.set(uuid, { ...before, ...part });
  }

  async self(): Promise<Sibling> {
    return this.siblings.get(this.ownUuid) ?? sibling({ uuid: this.ownUuid, name: 'self', type: 'self' });
  }

  async find(reference: string): Promise<Sibling | undefined> {
    return [...this.siblings.values()].find(
      (one) => one.uuid === reference || one.reference === reference || one.physicalId === reference,
    );
  }

  async named(name: string): Promise<Sibling | undefined> {
    return [...this.siblings.values()].find((one) => one.name === name);
  }

  async changeMetadata(uuid: string, change: (metadata: JsonMap) => JsonMap | undefined): Promise<JsonMap | undefined> {
    const metadata = change((this.siblings.get(uuid)?.metadata ?? {}) as JsonMap);
    if (metadata !== undefined) this.change(uuid, { metadata });
    return metadata;
  }

  async signal(uuid: string, details: Json): Promise<void> {
    this.signalled.push({ uuid, details });
    const one = this.siblings.get(uuid);
    const type = one && this.types.get(one.type);
    if (!one || !type?.signal) return;
    const result = await type.signal({} as never, one, { details });
    if (result.metadata !== undefined) this.change(uuid, { metadata: result.metadata });
  }

  async restart(name: string): Promise<void> {
    this.restarted.push(name);
  }

  async group(uuid: string): Promise<GroupState | undefined> {
    return this.groups.get(uuid);
  }

  async resize(uuid: string, size: number): Promise<void> {
    this.onResize?.();
    this.resized.push({ uuid, size });
    this.groups.set(uuid, { size, settled: true });
  }

  readonly urls: SignalUrls = {
    services: { auth: 'http://keystone/v3', heat: 'http://heat/v1/project', cfn: 'http://cfn/v1', region: 'RegionOne' },
    signed: (kind, key) => `http://cfn/v1/${kind}/arn?AWSAccessKeyId=${key.access}&Signature=s`,
    native: (projectId = 'project') => `http://heat/v1/${projectId}/stacks/s/1/resources/r/signal`,
    temporary: (container, object) =>
      `http://swift/v1/AUTH_project/${container}/${object}?temp_url_sig=s&temp_url_expires=2147483647`,
    answer: (requestId) => `http://cfn/answer/${requestId}`,
  };

  stacksIn(region: string): RemoteStacks | undefined {
    return this.regions.get(region);
  }

  async fetchText(url: string): Promise<string> {
    const text = this.texts.get(url);
    if (text === undefined) throw new Error('404 Not Found');
    return text;
  }

  /** Tests have their services on this machine. */
  post(url: string, body: string, signal: AbortSignal): Promise<ServiceAnswer> {
    return postAllowed(url, body, ANY_HOST, signal);
  }

  async inheritance() {
    return { environment: {}, files: {} };
  }
}

/** Users by the resource that owns them. */
export class FakeUsers implements StackUserPort {
  readonly users = new Map<string, StackUserIdentity>();
  readonly pairs = new Map<string, KeyPair>();
  readonly disabled = new Set<string>();

  async ensure(
    uuid: string,
    wish: { readonly userName?: string; readonly password?: string } = {},
  ): Promise<StackUserIdentity> {
    const known = this.users.get(uuid);
    if (known) {
      const same = { ...known, ...(wish.password === undefined ? {} : { password: wish.password }) };
      this.users.set(uuid, same);
      return same;
    }
    const user = {
      userId: `user-${uuid}`,
      userName: wish.userName ?? `name-${uuid}`,
      password: wish.password ?? 'secret',
      projectId: 'stack-project',
      domainId: 'heat',
    };
    this.users.set(uuid, user);
    return user;
  }

  async find(uuid: string): Promise<StackUserIdentity | undefined> {
    return this.users.get(uuid);
  }

  async keyPair(uuid: string): Promise<KeyPair> {
    await this.ensure(uuid);
    const pair = this.pairs.get(uuid) ?? { id: `pair-${uuid}`, access: `access-${uuid}`, secret: `secret-${uuid}` };
    this.pairs.set(uuid, pair);
    return pair;
  }

  async removeKeyPair(uuid: string): Promise<void> {
    this.pairs.delete(uuid);
  }

  async token(uuid: string): Promise<string> {
    return `token-${uuid}`;
  }

  async setEnabled(uuid: string, isEnabled: boolean): Promise<void> {
    if (isEnabled) this.disabled.delete(uuid);
    else this.disabled.add(uuid);
  }

  async remove(uuid: string): Promise<void> {
    this.users.delete(uuid);
    this.pairs.delete(uuid);
  }
}

/** Software records in memory. */
export class FakeSoftware implements SoftwarePort {
  readonly configs = new Map<string, SoftwareConfig>();
  readonly deployments = new Map<string, SoftwareDeployment>();

  async createConfig(input: JsonMap): Promise<SoftwareConfig> {
    const id = String(input.id);
    const known = this.configs.get(id);
    if (known) return known;
    const config: SoftwareConfig = {
      id,
      name: String(input.name),
      group: (input.group ?? null) as string | null,
      config: input.config ?? null,
      inputs: (input.inputs ?? []) as JsonMap[],
      outputs: (input.outputs ?? []) as JsonMap[],
      options: (input.options ?? {}) as JsonMap,
    };
    this.configs.set(id, config);
    return config;
  }

  async config(id: string): Promise<SoftwareConfig | undefined> {
    return this.configs.get(id);
  }

  async deleteConfig(id: string): Promise<void> {
    this.configs.delete(id);
  }

  async createDeployment(input: JsonMap): Promise<SoftwareDeployment> {
    const deployment: SoftwareDeployment = {
      id: String(input.id),
      configId: String(input.config_id),
      serverId: String(input.server_id),
      inputValues: (input.input_values ?? {}) as JsonMap,
      outputValues: null,
      action: String(input.action),
      status: String(input.status),
      statusReason: String(input.status_reason),
    };
    this.deployments.set(deployment.id, deployment);
    return deployment;
  }

  async deployment(id: string): Promise<SoftwareDeployment | undefined> {
    return this.deployments.get(id);
  }

  async updateDeployment(id: string, changes: JsonMap): Promise<SoftwareDeployment> {
    const before = this.deployments.get(id);
    if (!before) throw new Error(`no deployment ${id}`);
    const after: SoftwareDeployment = {
      ...before,
      configId: (changes.config_id ?? before.configId) as string,
      inputValues: (changes.input_values ?? before.inputValues) as JsonMap,
      outputValues: (changes.output_values ?? before.outputValues) as JsonMap | null,
      action: (changes.action ?? before.action) as string,
      status: (changes.status ?? before.status) as string,
      statusReason: (changes.status_reason ?? before.statusReason) as string,
    };
    this.deployments.set(id, after);
    return after;
  }

  async deleteDeployment(id: string): Promise<void> {
    this.deployments.delete(id);
  }

  async serverMetadata(): Promise<readonly JsonMap[]> {
    return [];
  }
}

/** A Heat of one's own making: stacks are done as soon as somebody says so. */
export class FakeRemoteStacks implements RemoteStacks {
  readonly stacks = new Map<string, RemoteStack>();
  readonly requests: { verb: string; request: JsonMap }[] = [];
  problem: string | undefined;

  settle(id: string, status: string, reason = ''): void {
    const stack = this.stacks.get(id);
    if (stack) this.stacks.set(id, { ...stack, status, statusReason: reason });
  }

  async validate(request: JsonMap): Promise<void> {
    this.requests.push({ verb: 'validate', request });
    if (this.problem !== undefined) throw new Error(this.problem);
  }

  async create(request: JsonMap): Promise<string> {
    this.requests.push({ verb: 'create', request });
    const id = `remote-${this.stacks.size + 1}`;
    const name = String(request.stack_name);
    this.stacks.set(id, {
      id,
      name,
      action: 'CREATE',
      status: 'IN_PROGRESS',
      statusReason: '',
      outputs: { url: 'http://x' },
      show: { id },
    });
    return id;
  }

  async get(id: string): Promise<RemoteStack | undefined> {
    return this.stacks.get(id);
  }

  async named(name: string): Promise<RemoteStack | undefined> {
    return [...this.stacks.values()].find((stack) => stack.name === name);
  }

  async update(id: string, request: JsonMap): Promise<void> {
    this.requests.push({ verb: 'update', request });
    this.begin(id, 'UPDATE');
  }

  async delete(id: string): Promise<void> {
    this.begin(id, 'DELETE');
  }

  async act(id: string, action: 'suspend' | 'resume' | 'check'): Promise<void> {
    this.begin(id, action.toUpperCase());
  }

  async snapshot(): Promise<string> {
    return 'snapshot-1';
  }

  async snapshotData() {
    return { status: 'COMPLETE', data: { template: { a: 1 }, environment: { parameters: { p: 1 } } } };
  }

  async deleteSnapshot(): Promise<void> {}

  private begin(id: string, action: string): void {
    const stack = this.stacks.get(id);
    if (stack) this.stacks.set(id, { ...stack, action, status: 'IN_PROGRESS' });
  }
}
