import type { JsonMap } from '../../engine/model/value.js';

/** Who calls a cloud, and for which intent. */
export interface CloudCall {
  readonly projectId: string;
  readonly region: string;
  /** Idempotency: the same token gives the same object, however often it is sent. Absent for reads. */
  readonly token?: string;
  readonly signal?: AbortSignal;
  readonly tags?: { readonly [key: string]: string };
  /** Resource type and logical id that the call is for: rehearsed faults are aimed with them. */
  readonly type?: string;
  readonly resource?: string;
}

/** A thing in a cloud: its id, its name if it has one, its state and all that the cloud tells of it. */
export interface Entity {
  readonly id: string;
  readonly name: string | undefined;
  /** `ACTIVE`, `BUILD`, `ERROR`, `in-use` …: the service's own word; absent for kinds without a state. */
  readonly status?: string;
  /** While a state is passing: in how many milliseconds it is worth looking again. */
  readonly readyInMs?: number;
  readonly body: JsonMap;
}

/**
 * One kind of thing. Refusals are DriverErrors: MissingError for an unknown id or an unknown thing referred to,
 * RejectedError for an invalid or conflicting request, QuotaError, ThrottledError, UncertainError.
 */
export interface Collection {
  create(call: CloudCall, spec: JsonMap): Promise<Entity>;
  get(call: CloudCall, id: string): Promise<Entity | undefined>;
  /** By id, else by unique name; throws RejectedError when a name is ambiguous. */
  find(call: CloudCall, idOrName: string): Promise<Entity | undefined>;
  byToken(call: CloudCall, token: string): Promise<Entity | undefined>;
  update(call: CloudCall, id: string, changes: JsonMap): Promise<Entity>;
  /** False if it was not there. */
  delete(call: CloudCall, id: string): Promise<boolean>;
  list(call: CloudCall, filter?: JsonMap): Promise<Entity[]>;
  /** A verb of its own: `suspend`, `resume`, `attach`, `resize`, `snapshot` … */
  act(call: CloudCall, id: string, action: string, details: JsonMap): Promise<Entity>;
}

/** The kinds that every cloud speaks of in one vocabulary (OpenStack's); see `specs.ts` for the shape of each. */
export type CloudKind =
  | 'servers'
  | 'flavors'
  | 'images'
  | 'keypairs'
  | 'server_groups'
  | 'volumes'
  | 'volume_snapshots'
  | 'volume_backups'
  | 'volume_attachments'
  | 'networks'
  | 'subnets'
  | 'ports'
  | 'routers'
  | 'router_interfaces'
  | 'floating_ips'
  | 'security_groups'
  | 'security_group_rules'
  | 'load_balancers'
  | 'listeners'
  | 'pools'
  | 'members'
  | 'health_monitors'
  | 'containers'
  | 'parameters'
  | 'secrets'
  | 'topics'
  | 'queues';

/** Somewhere that resources live: simulated, containers, OpenStack, Kubernetes. */
export interface Cloud {
  readonly name: string;
  /** The twelve digits that stand for a project in ARNs. */
  accountId(projectId: string): string;
  /** How many calls may run at once. */
  readonly concurrency: number;
  collection(kind: CloudKind): Collection;
  /** Things of a catalogued type without a vocabulary of its own; undefined if this cloud cannot make them. */
  generic(type: string): Collection | undefined;
  zones(region: string): readonly string[];
  /** Nothing in it runs code: what functions are asked to do counts as done well. */
  readonly rehearses?: boolean;
  /**
   * A random secret that is this cloud's own and never changes: from it and a token come values that must be random
   * and yet the same each time an intent is repeated. Absent: such values are random each time.
   */
  seed?(): Promise<string>;
}
