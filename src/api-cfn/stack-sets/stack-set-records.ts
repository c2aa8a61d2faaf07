import type { JsonMap } from '../../engine/model/value.js';
import { partitionOf } from '../../engine/planning/stack-identity.js';
import type { Caller } from '../../engine/stacks/requests.js';
import type { Documents } from '../../engine/store/documents.js';

/** A template that is to be a stack in many accounts and regions. */
export interface StackSetRecord {
  /** `<name>:<uuid>` */
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly account: string;
  readonly region: string;
  readonly status: 'ACTIVE' | 'DELETED';
  readonly description: string | undefined;
  readonly template: string;
  readonly parameters: { readonly [name: string]: string };
  readonly capabilities: readonly string[];
  readonly tags: { readonly [key: string]: string };
  readonly administrationRoleArn: string | undefined;
  readonly executionRoleName: string | undefined;
  readonly managedExecution: boolean;
  readonly createdAt: number;
  readonly drift: SetDrift | undefined;
  /** What the creating request said, to know its repetition. */
  readonly token: { readonly token: string; readonly digest: string } | undefined;
}

/** What the last look at all instances of a set has shown. */
export interface SetDrift {
  readonly status: 'DRIFTED' | 'IN_SYNC' | 'NOT_CHECKED';
  readonly detection: 'COMPLETED' | 'FAILED' | 'PARTIAL_SUCCESS' | 'IN_PROGRESS' | 'STOPPED';
  readonly checkedAt: number;
  readonly total: number;
  readonly drifted: number;
  readonly inSync: number;
  readonly inProgress: number;
  readonly failed: number;
}

/** An account and a region. */
export interface Target {
  readonly account: string;
  readonly region: string;
}

/** A stack of a set, or the wish for one. */
export interface InstanceRecord extends Target {
  readonly setId: string;
  readonly stackName: string;
  readonly stackId: string | undefined;
  readonly overrides: { readonly [name: string]: string };
  readonly status: 'CURRENT' | 'OUTDATED' | 'INOPERABLE';
  readonly detail: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'INOPERABLE' | 'FAILED_IMPORT';
  readonly reason: string | undefined;
  readonly drift: 'DRIFTED' | 'IN_SYNC' | 'UNKNOWN' | 'NOT_CHECKED';
  readonly driftCheckedAt: number | undefined;
  readonly lastOperationId: string | undefined;
}

/** How an operation goes about its targets. */
export interface Preferences {
  readonly regionConcurrency: 'SEQUENTIAL' | 'PARALLEL' | undefined;
  readonly regionOrder: readonly string[] | undefined;
  readonly toleranceCount: number | undefined;
  readonly tolerancePercentage: number | undefined;
  readonly concurrentCount: number | undefined;
  readonly concurrentPercentage: number | undefined;
  readonly mode: 'STRICT_FAILURE_TOLERANCE' | 'SOFT_FAILURE_TOLERANCE' | undefined;
}

export type SetAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'DETECT_DRIFT';

/** One run over the instances of a set. */
export interface SetOperationRecord {
  readonly id: string;
  readonly setId: string;
  readonly action: SetAction;
  readonly status: 'QUEUED' | 'RUNNING' | 'STOPPING' | 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  readonly reason: string | undefined;
  readonly preferences: Preferences;
  readonly accounts: readonly string[];
  readonly retainStacks: boolean | undefined;
  /** A stack that there is already for a target, by `account/region`. */
  readonly imported: { readonly [target: string]: string };
  /** Who asked: on whose behalf it goes on after a restart. */
  readonly caller: Caller;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly drift: SetDrift | undefined;
}

/** What became of one target in one operation. */
export interface ResultRecord extends Target {
  /** Order of the operation. */
  readonly index: number;
  readonly status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly reason: string | undefined;
  /** What drift detection found, by logical id. */
  readonly drifts?: { readonly [name: string]: JsonMap };
}

const SET = 'cfn-stack-set';
const INSTANCE = 'cfn-stack-set-instance';
const OPERATION = 'cfn-stack-set-operation';
const RESULT = 'cfn-stack-set-result';

/** The key of a target within a set or an operation. */
export const targetKey = ({ account, region }: Target): string => `${account}/${region}`;

/** The ARN of a set. */
export function stackSetArn({ id, region, account }: StackSetRecord): string {
  return `arn:${partitionOf(region)}:cloudformation:${region}:${account}:stackset/${id}`;
}

/** Stack sets in the store's documents. */
export class StackSetRecords {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async sets(projectId: string, region: string): Promise<StackSetRecord[]> {
    return (await this.#documents.list<StackSetRecord>(SET, `${projectId}/${region}`)).map(({ body }) => body);
  }

  async set(id: string): Promise<StackSetRecord | undefined> {
    return (await this.#documents.get<StackSetRecord>(SET, id))?.body;
  }

  putSet(set: StackSetRecord): Promise<void> {
    return this.#documents.put(SET, { id: set.id, owner: `${set.projectId}/${set.region}`, body: set });
  }

  /** In the order of accounts and regions. */
  async instances(setId: string): Promise<InstanceRecord[]> {
    const found = (await this.#documents.list<InstanceRecord>(INSTANCE, setId)).map(({ body }) => body);
    return found.sort((a, b) => (targetKey(a) < targetKey(b) ? -1 : 1));
  }

  async instance(setId: string, target: Target): Promise<InstanceRecord | undefined> {
    return (await this.#documents.get<InstanceRecord>(INSTANCE, `${setId}/${targetKey(target)}`))?.body;
  }

  putInstances(...instances: InstanceRecord[]): Promise<void> {
    return this.#documents.put(
      INSTANCE,
      ...instances.map((one) => ({ id: `${one.setId}/${targetKey(one)}`, owner: one.setId, body: one })),
    );
  }

  removeInstance({ setId, ...target }: InstanceRecord): Promise<void> {
    return this.#documents.remove(INSTANCE, `${setId}/${targetKey(target)}`);
  }

  /** The newest first. */
  async operations(setId: string): Promise<SetOperationRecord[]> {
    return (await this.#documents.list<SetOperationRecord>(OPERATION, setId)).map(({ body }) => body).reverse();
  }

  async operation(setId: string, id: string): Promise<SetOperationRecord | undefined> {
    return (await this.#documents.get<SetOperationRecord>(OPERATION, `${setId}/${id}`))?.body;
  }

  /** Of all sets: what was going on when the engine ended. */
  async unfinished(): Promise<SetOperationRecord[]> {
    const all = await this.#documents.list<SetOperationRecord>(OPERATION);
    return all.map(({ body }) => body).filter(({ endedAt }) => endedAt === undefined);
  }

  putOperation(operation: SetOperationRecord): Promise<void> {
    const { setId, id } = operation;
    return this.#documents.put(OPERATION, { id: `${setId}/${id}`, owner: setId, body: operation });
  }

  /** In the order of the operation. */
  async results({ setId, id }: Pick<SetOperationRecord, 'setId' | 'id'>): Promise<ResultRecord[]> {
    const found = (await this.#documents.list<ResultRecord>(RESULT, `${setId}/${id}`)).map(({ body }) => body);
    return found.sort((a, b) => a.index - b.index);
  }

  putResults({ setId, id }: Pick<SetOperationRecord, 'setId' | 'id'>, ...results: ResultRecord[]): Promise<void> {
    const owner = `${setId}/${id}`;
    return this.#documents.put(
      RESULT,
      ...results.map((one) => ({ id: `${owner}/${targetKey(one)}`, owner, body: one })),
    );
  }
}
