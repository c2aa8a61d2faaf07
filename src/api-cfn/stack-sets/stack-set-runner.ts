import { EngineError, StoreError } from '../../engine/model/errors.js';
import { accountOf } from '../../engine/planning/stack-identity.js';
import type { Caller } from '../../engine/stacks/requests.js';
import { EvaluationError } from '../../engine/template/expression.js';
import type { CfnApiDeps } from '../api-types.js';
import { CfnError } from '../protocol/cfn-error.js';
import { toCfnError } from '../protocol/engine-error.js';
import { Interrupted, runTarget, type TargetOutcome } from './run-target.js';
import {
  type InstanceRecord,
  type ResultRecord,
  type SetDrift,
  type SetOperationRecord,
  type StackSetRecord,
  StackSetRecords,
  targetKey,
} from './stack-set-records.js';
import { type RegionWork, roomFor, workOrder } from './work-order.js';

/** Carries operations on stack sets out, one after the other for each set, and goes on with them after a restart. */
export class StackSetRunner {
  readonly records: StackSetRecords;
  readonly #deps: CfnApiDeps;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopped = new Set<string>();
  /** What was left has been taken up. */
  #ready: Promise<void> = Promise.resolve();

  constructor(deps: CfnApiDeps) {
    this.#deps = deps;
    this.records = new StackSetRecords(deps.documents);
  }

  /** Takes up what was going on when the engine ended. */
  resume(): Promise<void> {
    this.#ready = this.records.unfinished().then((unfinished) => {
      for (const operation of unfinished) {
        if (operation.status === 'STOPPING') this.#stopped.add(operation.id);
        this.#enqueue(operation);
      }
    });
    return this.#ready;
  }

  /** Makes an operation durable with all its targets and sets it going. */
  async begin(operation: SetOperationRecord, instances: readonly InstanceRecord[]): Promise<void> {
    await this.#ready;
    const ordered = workOrder(instances, operation.preferences).flatMap(({ targets }) => targets);
    const results = ordered.map(
      ({ account, region }, index): ResultRecord => ({ account, region, index, status: 'PENDING', reason: undefined }),
    );
    await this.records.putInstances(...instances);
    await this.records.putResults(operation, ...results);
    await this.records.putOperation(operation);
    this.#enqueue(operation);
  }

  /** Lets what runs end and begins nothing more. */
  async stop(operation: SetOperationRecord): Promise<void> {
    this.#stopped.add(operation.id);
    await this.records.putOperation({ ...operation, status: 'STOPPING' });
  }

  /** Resolves when nothing goes on with a set. */
  async settled(setId: string): Promise<void> {
    for (let running = this.#running.get(setId); running; running = this.#running.get(setId)) await running;
  }

  #enqueue(operation: SetOperationRecord): void {
    const { setId } = operation;
    const before = this.#running.get(setId) ?? Promise.resolve();
    const mine: Promise<void> = before
      .then(() => this.#carryOut(operation))
      .catch((error: unknown) => this.#breakOff(operation, error))
      .finally(() => {
        if (this.#running.get(setId) === mine) this.#running.delete(setId);
      });
    this.#running.set(setId, mine);
  }

  async #breakOff(operation: SetOperationRecord, error: unknown): Promise<void> {
    // Its records say that it runs: the next engine goes on with it.
    if (error instanceof Interrupted || error instanceof StoreError) return;
    this.#deps.reportBug(error, operation.id);
    const ended = { ...operation, status: 'FAILED', reason: 'Internal failure', endedAt: this.#deps.now() } as const;
    await this.records.putOperation(ended).catch((reason: unknown) => this.#deps.reportBug(reason, operation.id));
  }

  async #carryOut(queued: SetOperationRecord): Promise<void> {
    const set = await this.records.set(queued.setId);
    if (!set) return;
    const operation: SetOperationRecord = queued.status === 'QUEUED' ? { ...queued, status: 'RUNNING' } : queued;
    await this.records.putOperation(operation);
    const results = await this.records.results(operation);
    const regions = workOrder(results, operation.preferences);
    const outcome = { isGivenUp: false, isInterrupted: false };
    const work = async (region: RegionWork<ResultRecord>) => {
      if (!(await this.#region(set, operation, region, outcome))) outcome.isGivenUp = true;
    };
    if (operation.preferences.regionConcurrency === 'PARALLEL') await Promise.all(regions.map(work));
    else for (const region of regions) await work(region);
    await this.#end(set, operation, outcome.isGivenUp);
  }

  /** True if the region bore its failures. */
  async #region(
    set: StackSetRecord,
    operation: SetOperationRecord,
    work: RegionWork<ResultRecord>,
    outcome: { readonly isGivenUp: boolean },
  ): Promise<boolean> {
    const isSequential = operation.preferences.regionConcurrency !== 'PARALLEL';
    const waiting = work.targets.filter(({ status }) => status === 'PENDING' || status === 'RUNNING');
    let failures = work.targets.filter(({ status }) => status === 'FAILED').length;
    let broken: unknown;
    const active = new Set<Promise<void>>();
    const mayGoOn = () =>
      failures <= work.tolerance &&
      !(isSequential && outcome.isGivenUp) &&
      !this.#stopped.has(operation.id) &&
      broken === undefined;
    while ((waiting.length > 0 && mayGoOn()) || active.size > 0) {
      while (waiting.length > 0 && mayGoOn() && active.size < roomFor(work, operation.preferences, failures)) {
        const next = waiting.shift();
        if (!next) break;
        const one: Promise<void> = this.#target(set, operation, next)
          .then(
            (isDone) => {
              if (!isDone) failures++;
            },
            (error: unknown) => {
              broken ??= error;
            },
          )
          .finally(() => active.delete(one));
        active.add(one);
      }
      if (active.size > 0) await Promise.race(active);
    }
    if (broken !== undefined) throw broken;
    const cancelled = waiting.map(
      (one): ResultRecord => ({
        ...one,
        status: 'CANCELLED',
        reason: 'Cancelled since failure tolerance has exceeded',
      }),
    );
    if (cancelled.length > 0) await this.#cancel(operation, cancelled);
    return failures <= work.tolerance;
  }

  async #cancel(operation: SetOperationRecord, cancelled: readonly ResultRecord[]): Promise<void> {
    const isStopped = this.#stopped.has(operation.id);
    const reason = isStopped ? 'Cancelled by user' : 'Cancelled since failure tolerance has exceeded';
    await this.records.putResults(operation, ...cancelled.map((one) => ({ ...one, reason })));
    for (const target of cancelled) {
      const instance = await this.records.instance(operation.setId, target);
      if (instance) await this.records.putInstances({ ...instance, detail: 'CANCELLED', reason });
    }
  }

  /** False if it failed. */
  async #target(set: StackSetRecord, operation: SetOperationRecord, result: ResultRecord): Promise<boolean> {
    const known = await this.records.instance(set.id, result);
    if (!known) {
      await this.records.putResults(operation, { ...result, status: 'SUCCEEDED' });
      return true;
    }
    const instance: InstanceRecord = { ...known, lastOperationId: operation.id };
    await this.records.putResults(operation, { ...result, status: 'RUNNING' });
    await this.records.putInstances(
      operation.action === 'DETECT_DRIFT' ? instance : { ...instance, detail: 'RUNNING' },
    );
    const outcome = await this.#attempt(set, operation, instance);
    if (outcome.instance) await this.records.putInstances(outcome.instance);
    else await this.records.removeInstance(instance);
    const { failure, drifts } = outcome;
    await this.records.putResults(operation, {
      ...result,
      status: failure === undefined ? 'SUCCEEDED' : 'FAILED',
      reason: failure,
      ...(drifts ? { drifts } : {}),
    });
    return failure === undefined;
  }

  async #attempt(set: StackSetRecord, operation: SetOperationRecord, instance: InstanceRecord): Promise<TargetOutcome> {
    const failed = (failure: string): TargetOutcome => ({
      instance:
        operation.action === 'DETECT_DRIFT'
          ? instance
          : {
              ...instance,
              status: operation.action === 'DELETE' ? 'INOPERABLE' : 'OUTDATED',
              detail: 'FAILED',
              reason: failure,
            },
      failure,
    });
    try {
      // What stays need not be reached: an account that is gone must not keep its instance.
      if (operation.action === 'DELETE' && operation.retainStacks === true)
        return { instance: undefined, failure: undefined };
      const caller = await this.callerIn(instance.account, operation.caller);
      if (!caller) return failed(noAccess(set, instance.account));
      return await runTarget({
        deps: this.#deps,
        set,
        operation,
        instance,
        caller: { ...caller, region: instance.region },
      });
    } catch (error) {
      const isTold =
        !(error instanceof StoreError) &&
        (error instanceof EngineError || error instanceof CfnError || error instanceof EvaluationError);
      const told = isTold ? toCfnError(error) : undefined;
      if (!told) throw error;
      return failed(told.message);
    }
  }

  /** Who acts in an account for who asked; undefined if nobody may. */
  async callerIn(account: string, asker: Caller): Promise<Caller | undefined> {
    if (accountOf(asker.projectId) === account) return asker;
    return this.#deps.accountCaller?.(account, asker);
  }

  async #end(set: StackSetRecord, operation: SetOperationRecord, isGivenUp: boolean): Promise<void> {
    const results = await this.records.results(operation);
    const isStopped = this.#stopped.delete(operation.id);
    const now = this.#deps.now();
    const drift = operation.action === 'DETECT_DRIFT' ? await this.#driftOf(set, results, isStopped, now) : undefined;
    await this.records.putOperation({
      ...operation,
      status: isStopped ? 'STOPPED' : isGivenUp ? 'FAILED' : 'SUCCEEDED',
      endedAt: now,
      ...(drift ? { drift } : {}),
    });
    const latest = await this.records.set(set.id);
    if (drift && latest) await this.records.putSet({ ...latest, drift });
  }

  async #driftOf(
    set: StackSetRecord,
    results: readonly ResultRecord[],
    isStopped: boolean,
    now: number,
  ): Promise<SetDrift> {
    const instances = new Map((await this.records.instances(set.id)).map((one) => [targetKey(one), one.drift]));
    const done = results.filter(({ status }) => status === 'SUCCEEDED').map((one) => instances.get(targetKey(one)));
    const failed = results.length - done.length;
    const drifted = done.filter((drift) => drift === 'DRIFTED').length;
    return {
      status: drifted > 0 ? 'DRIFTED' : done.length > 0 ? 'IN_SYNC' : 'NOT_CHECKED',
      detection: isStopped ? 'STOPPED' : failed === 0 ? 'COMPLETED' : done.length > 0 ? 'PARTIAL_SUCCESS' : 'FAILED',
      checkedAt: now,
      total: results.length,
      drifted,
      inSync: done.length - drifted,
      inProgress: 0,
      failed,
    };
  }
}

function noAccess(
  { account, executionRoleName = 'AWSCloudFormationStackSetExecutionRole', administrationRoleArn }: StackSetRecord,
  target: string,
): string {
  const administration = administrationRoleArn?.split('/').at(-1) ?? 'AWSCloudFormationStackSetAdministrationRole';
  return `Account ${target} should have '${executionRoleName}' role with trust relationship to Role '${administration}' of account ${account}.`;
}

const runners = new WeakMap<object, StackSetRunner>();

/** The runner over the given engine; made, and set going on what was left, when it is first asked for. */
export function stackSetRunner(deps: CfnApiDeps): StackSetRunner {
  const known = runners.get(deps.documents);
  if (known) return known;
  const made = new StackSetRunner(deps);
  runners.set(deps.documents, made);
  made.resume().catch((error: unknown) => {
    if (!(error instanceof StoreError)) deps.reportBug(error, 'stack-sets');
  });
  return made;
}
