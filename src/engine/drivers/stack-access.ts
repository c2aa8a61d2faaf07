import type { Json, JsonMap } from '../model/value.js';

/** Another resource of the same stack, or the caller's own, as its record is now. */
export interface Sibling {
  readonly uuid: string;
  readonly name: string;
  readonly type: string;
  readonly physicalId: string | undefined;
  /** What a reference to it gives. */
  readonly reference: Json;
  /** `CREATE_IN_PROGRESS`, `UPDATE_COMPLETE` … */
  readonly status: string;
  /** Signals that were handled a moment ago are in it. */
  readonly metadata: Json;
  /** The properties that were applied last (of a create that runs: the wanted ones), secrets revealed. */
  readonly properties: JsonMap;
  readonly data: JsonMap;
}

/** The user that a stack has made for one of its resources. */
export interface StackUserIdentity {
  readonly userId: string;
  readonly userName: string;
  readonly password: string;
  /** The stack's project in the stack domain. */
  readonly projectId: string;
  readonly domainId: string;
}

export interface KeyPair {
  /** The credential's id. */
  readonly id: string;
  readonly access: string;
  readonly secret: string;
}

/** Users of stacks, each owned by one resource. Everything is idempotent and keeps its secrets encrypted. */
export interface StackUserPort {
  /** The resource's user, made if there is none; the same name and password each time. */
  ensure(uuid: string, wish?: { readonly userName?: string; readonly password?: string }): Promise<StackUserIdentity>;
  find(uuid: string): Promise<StackUserIdentity | undefined>;
  /** The key pair of the resource's user, made if there is none; the same each time. */
  keyPair(uuid: string): Promise<KeyPair>;
  removeKeyPair(uuid: string): Promise<void>;
  /** A token of the user for the stack's project; the same each time, and good for as long as the longest wait (12 hours). */
  token(uuid: string): Promise<string>;
  setEnabled(uuid: string, isEnabled: boolean): Promise<void>;
  /** The user, its key pair and token; absent is fine. */
  remove(uuid: string): Promise<void>;
}

/** Where the services are, as seen from inside servers. */
export interface ServiceUrls {
  /** Keystone v3, e.g. `http://host:5000/v3`. */
  readonly auth: string;
  /** Heat's API for this stack's project. */
  readonly heat: string;
  /** Heat's CloudFormation API, with `/v1`. */
  readonly cfn: string;
  readonly region: string;
}

/**
 * What of a resource can be signed for: `signal` is `POST <cfn>/signal/<arn path>`, `waitcondition` is
 * `PUT <cfn>/waitcondition/<arn path>`; both with EC2's version 2 query signature over verb, host, unquoted path and
 * parameters. All end in the resource's `signal` verb with the body as details.
 */
export type SignedUrlKind = 'signal' | 'waitcondition';

/** URLs by which the outside tells a resource something; the resource is the caller's own. */
export interface SignalUrls {
  readonly services: ServiceUrls;
  /** Holds until the key is gone: there is no time in it. The same each time. */
  signed(kind: SignedUrlKind, key: KeyPair): string;
  /** `<heat>/stacks/<name>/<id>/resources/<resource>/signal`; with a project id that one stands in place of the caller's. */
  native(projectId?: string): string;
  /**
   * A URL of Swift's form (`/v1/AUTH_<project>/<container>/<object>?temp_url_sig=…&temp_url_expires=…`) that needs no
   * token. A PUT ends in the resource's `signal` verb; the same each time.
   */
  temporary(container: string, object: string): string;
  /** A URL to PUT an answer to, which ends in the resource's `signal` verb; ends to be good after `lifeMs`. */
  answer(requestId: string, lifeMs: number): string;
}

/** A stored software config. */
export interface SoftwareConfig {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly config: Json;
  readonly inputs: readonly JsonMap[];
  readonly outputs: readonly JsonMap[];
  readonly options: JsonMap;
}

/** A stored software deployment. */
export interface SoftwareDeployment {
  readonly id: string;
  readonly configId: string;
  readonly serverId: string;
  readonly inputValues: JsonMap;
  readonly outputValues: JsonMap | null;
  readonly action: string | null;
  readonly status: string | null;
  readonly statusReason: string;
}

/**
 * The project's software configs and deployments, by Heat's wire names (`config_id`, `input_values` …). Reading what
 * is not there gives undefined; deleting it is fine. Creating with an `id` that is there already gives what is there.
 */
export interface SoftwarePort {
  createConfig(input: JsonMap): Promise<SoftwareConfig>;
  config(id: string): Promise<SoftwareConfig | undefined>;
  deleteConfig(id: string): Promise<void>;
  /** Servers' metadata (`deployments`) follows. */
  createDeployment(input: JsonMap): Promise<SoftwareDeployment>;
  deployment(id: string): Promise<SoftwareDeployment | undefined>;
  updateDeployment(id: string, changes: JsonMap): Promise<SoftwareDeployment>;
  deleteDeployment(id: string): Promise<void>;
  /** Full configs of a server's deployments in the order of their names: what agents read. */
  serverMetadata(serverId: string): Promise<readonly JsonMap[]>;
}

/** A group's child stack at a glance. */
export interface GroupState {
  /** Members that are not failed. */
  readonly size: number;
  /** True if neither the group nor its child stack is being worked on or failed. */
  readonly settled: boolean;
}

/** A stack that a Heat keeps, as its API tells of it. */
export interface RemoteStack {
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly status: string;
  readonly statusReason: string;
  readonly outputs: JsonMap;
  /** The whole answer. */
  readonly show: JsonMap;
}

/** Top-level stacks of some Heat: another region of this engine, or another service. Unknown ids: undefined or ignored. */
export interface RemoteStacks {
  /** Throws with the service's words if the template is not valid. */
  validate(request: JsonMap): Promise<void>;
  /** `stack_name`, `template`, `parameters`, `files`, `environment`, `timeout_mins`, `disable_rollback`; gives the id. */
  create(request: JsonMap): Promise<string>;
  get(id: string): Promise<RemoteStack | undefined>;
  /** The stack of this name, for creates whose answer was lost. */
  named(name: string): Promise<RemoteStack | undefined>;
  update(id: string, request: JsonMap): Promise<void>;
  delete(id: string): Promise<void>;
  act(id: string, action: 'suspend' | 'resume' | 'check'): Promise<void>;
  snapshot(id: string): Promise<string>;
  snapshotData(
    id: string,
    snapshotId: string,
  ): Promise<{ readonly status: string; readonly data: JsonMap } | undefined>;
  deleteSnapshot(id: string, snapshotId: string): Promise<void>;
}

/** What a stack that a resource makes has from the one around it. */
export interface Inheritance {
  readonly environment: JsonMap;
  readonly files: { readonly [key: string]: string };
}

/** What a check that runs before anything is made may ask beyond the template. */
export interface OutsideScope {
  /** The stack's. */
  readonly region: string;
  /** The stacks of this project in a region of this engine; undefined for a region that it does not have. */
  stacksIn(region: string): RemoteStacks | undefined;
  inheritance(): Inheritance;
}

/** What a service that a template names answered, whatever it means. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a resource may know of and do to the stack it is in, beyond itself. */
export interface StackAccess {
  /** The caller's own record, fresh: signals that came while a verb is pending are in it. */
  self(): Promise<Sibling>;
  /** The live resource whose UUID, reference, physical id or child stack is this text; undefined if there is none. */
  find(reference: string): Promise<Sibling | undefined>;
  named(name: string): Promise<Sibling | undefined>;
  /** Reads, changes and stores a resource's metadata as one step; an undefined result leaves it as it is and is returned. */
  changeMetadata(uuid: string, change: (metadata: JsonMap) => JsonMap | undefined): Promise<JsonMap | undefined>;
  /** As if the resource had been signalled from outside: its `signal` verb runs and its event is written. */
  signal(uuid: string, details: Json): Promise<void>;
  /** Deletes and makes a resource and its dependants again, in an operation of its own. */
  restart(name: string): Promise<void>;
  /** undefined if the resource composes no stack. */
  group(uuid: string): Promise<GroupState | undefined>;
  /** Brings a group's child stack to a size, by its type's `resize`, in an operation of its own; resolves with its end, throws its failure. */
  resize(uuid: string, size: number): Promise<void>;
  readonly users: StackUserPort;
  readonly urls: SignalUrls;
  readonly software: SoftwarePort;
  /** The stacks of this project in a region of this engine; undefined for a region that it does not have. */
  stacksIn(region: string): RemoteStacks | undefined;
  /** The text behind a URL; throws with the reason. Local files are refused. */
  fetchText(url: string): Promise<string>;
  /** Posts a JSON text to a service that the template names; throws a DriverError if it may not be called or gives no answer. */
  post(url: string, body: string, signal: AbortSignal): Promise<ServiceAnswer>;
  /** The environment that a child of this resource would get, and the files of its template. */
  inheritance(): Promise<Inheritance>;
}
