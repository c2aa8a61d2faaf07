import type { ChildStep, ResourceType } from '../drivers/resource-type.js';
import { LimitExceededError } from '../model/errors.js';
import { derivedId, newId, physicalName } from '../model/ids.js';
import type { ResourceRecord, StackRecord, TemplateRecord } from '../model/records.js';
import type { StackAction } from '../model/status.js';
import type { JsonMap } from '../model/value.js';
import type { DesiredResource } from '../planning/desired.js';
import { heatArn, identityOf } from '../planning/stack-identity.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { type ChildViews, currentRecords, memberOf } from './child-view.js';
import type { Finished } from './driver-call.js';
import { ResourceFailure } from './failure.js';
import { childTemplateRecord, isSameChild } from './child-template.js';
import type { LaunchOptions, RunResult } from './operations.js';
import type { Run } from './run.js';
import type { WalkAction } from './walk-resource.js';

/** What child stacks need from whoever runs operations. */
export interface ChildRunner {
  readonly views: ChildViews;
  stack(id: string): Promise<StackRecord | undefined>;
  records(stackId: string): Promise<readonly ResourceRecord[]>;
  template(id: string): Promise<TemplateRecord | undefined>;
  /** Begins an operation on a stack and resolves with its end. */
  launch(stack: StackRecord, options: LaunchOptions): Promise<RunResult>;
  /** The end of the operation that runs on a stack, if one does. */
  running(stackId: string): Promise<RunResult> | undefined;
  stop(stackId: string, reason: 'superseded' | 'cancelled' | 'deleted' | 'timed-out', abort: boolean): void;
}

/** Runs the child stacks of composing resources as operations of their own; the parent waits for their end. */
export class ChildStacks {
  readonly #runner: ChildRunner;

  constructor(runner: ChildRunner) {
    this.#runner = runner;
  }

  async create(
    run: Run,
    resource: DesiredResource,
    record: ResourceRecord,
    properties: JsonMap,
    waiting: (isWaiting: boolean) => void,
    adopt?: JsonMap,
  ): Promise<Finished> {
    return this.#waitingFor(waiting, () => this.#create(run, resource, record, properties, adopt));
  }

  async update(
    run: Run,
    resource: DesiredResource,
    record: ResourceRecord,
    properties: JsonMap,
    waiting: (isWaiting: boolean) => void,
  ): Promise<Finished> {
    return this.#waitingFor(waiting, () => this.#update(run, resource, record, properties));
  }

  /** A parent only waits while its child works: others may have its place. */
  async #waitingFor<T>(waiting: (isWaiting: boolean) => void, work: () => Promise<T>): Promise<T> {
    waiting(true);
    try {
      return await work();
    } finally {
      waiting(false);
    }
  }

  async #create(
    run: Run,
    resource: DesiredResource,
    record: ResourceRecord,
    properties: JsonMap,
    adopt: JsonMap | undefined,
  ): Promise<Finished> {
    const stackId = derivedId(record.id, 'child');
    const existing = await this.#runner.stack(stackId);
    if (existing) return this.#update(run, resource, { ...record, childStackId: stackId }, properties);
    if (run.stack.nestedDepth + 1 > run.parts.limits.maxNestedDepth) {
      throw new LimitExceededError(`Recursion depth exceeds ${run.parts.limits.maxNestedDepth}.`);
    }
    const [first, ...rest] = steps(run, resource.type, record, properties, undefined, []);
    if (!first) throw new TypeError(`${record.type} composed no child stack`);
    const linked = { ...record, childStackId: stackId, physicalId: stackId };
    run.recordSoon({ resources: [linked] });
    const stack = newChild(run, linked, first);
    const template = childTemplateRecord(run, resource, first, childEnvironment(environmentOf(run), record.name, resource.mappingPath));
    await this.#launch(run, linked, stack, {
      action: adopt ? 'ADOPT' : 'CREATE',
      template,
      options: adopt ? { adopt } : {},
      isNew: true,
    });
    await this.#further(run, resource, linked, rest, first);
    return this.#finished(run, resource.type, linked, properties);
  }

  async #update(run: Run, resource: DesiredResource, record: ResourceRecord, properties: JsonMap): Promise<Finished> {
    const stackId = record.childStackId;
    const stack = stackId === undefined ? undefined : await this.#runner.stack(stackId);
    if (!stack || stack.deletedAt !== undefined) return { state: 'replace', why: 'its stack is gone' };
    await this.#runner.running(stack.id);
    const members = currentRecords(await this.#runner.records(stack.id)).map(memberOf);
    const all = steps(run, resource.type, record, properties, record.properties as JsonMap, members);
    await this.#further(run, resource, record, all, undefined);
    return this.#finished(run, resource.type, record, properties);
  }

  async delete(run: Run, record: ResourceRecord, abandon: boolean): Promise<void> {
    const stack = await this.#runner.stack(record.childStackId ?? derivedId(record.id, 'child'));
    if (!stack || stack.deletedAt !== undefined) return;
    this.#runner.stop(stack.id, 'deleted', true);
    await this.#runner.running(stack.id);
    const { force } = run.operation.options;
    await this.#launch(run, record, (await this.#runner.stack(stack.id)) ?? stack, {
      action: 'DELETE',
      options: { ...(abandon || run.operation.options.abandon ? { abandon: true } : {}), ...(force ? { force } : {}) },
    });
  }

  async walk(run: Run, record: ResourceRecord, action: WalkAction): Promise<Finished> {
    const stack = record.childStackId === undefined ? undefined : await this.#runner.stack(record.childStackId);
    if (!stack) throw new ResourceFailure([record.name], 'Exception', `Resource ${record.name} not created yet.`, 1, record.type, undefined);
    await this.#runner.running(stack.id);
    await this.#launch(run, record, (await this.#runner.stack(stack.id)) ?? stack, { action, options: {} });
    return { state: 'done', physicalId: record.physicalId ?? stack.id, attributes: {} };
  }

  /** Brings an existing child to each step's template, with pauses between them. */
  async #further(
    run: Run,
    resource: DesiredResource,
    record: ResourceRecord,
    all: readonly ChildStep[],
    before: ChildStep | undefined,
  ): Promise<void> {
    let pauseMs = before?.pauseAfterMs ?? 0;
    let data = before?.data;
    for (const step of all) {
      if (pauseMs > 0) await run.parts.clock.sleep(pauseMs, run.signal);
      const stack = await this.#runner.stack(record.childStackId ?? '');
      if (!stack) throw new TypeError(`child stack of ${record.name} vanished`);
      const template = childTemplateRecord(run, resource, step, childEnvironment(environmentOf(run), record.name, resource.mappingPath));
      await this.#bring(run, record, stack, template);
      pauseMs = step.pauseAfterMs ?? 0;
      data = step.data ?? data;
    }
    if (data) {
      const latest = run.records.get(record.id) ?? record;
      run.recordSoon({ resources: [{ ...latest, data: { ...latest.data, ...data } }] });
    }
  }

  async #bring(run: Run, record: ResourceRecord, stack: StackRecord, template: TemplateRecord): Promise<void> {
    const current = await this.#runner.template(stack.templateId);
    const isHealthy = stack.status === 'COMPLETE' && stack.action !== 'DELETE' && stack.action !== 'SUSPEND';
    if (isHealthy && !run.operation.options.converge && current && isSameChild(current, template)) {
      const records = await this.#runner.records(stack.id);
      // Nothing that the child could decide has changed: no need to ask all of its members.
      if (records.every(isSettledLeaf)) return;
    }
    await this.#launch(run, record, stack, {
      action: 'UPDATE',
      template,
      options: run.operation.options.converge ? { converge: true } : {},
    });
  }

  async #launch(run: Run, record: ResourceRecord, stack: StackRecord, options: LaunchOptions): Promise<void> {
    const ended = this.#runner.launch(stack, { ...options, deadline: run.deadline });
    run.onStop(() => {
      const reason = run.stopped;
      if (reason !== undefined && reason !== 'shutdown') this.#runner.stop(stack.id, reason, run.signal.aborted);
    });
    if (run.stopped !== undefined && run.stopped !== 'shutdown') this.#runner.stop(stack.id, run.stopped, run.signal.aborted);
    const result = await ended;
    if (result.status === 'COMPLETE') return;
    if (result.failure) throw result.failure.within(record.name);
    throw new ResourceFailure([record.name], 'CancelledError', result.reason, 1, record.type, record.physicalId);
  }

  async #finished(run: Run, type: ResourceType, record: ResourceRecord, _properties: JsonMap): Promise<Finished> {
    const stackId = record.childStackId ?? '';
    const view = await this.#runner.views.view(stackId);
    const stack = await this.#runner.stack(stackId);
    const arn = stack ? heatArn(identityOf(stack)) : stackId;
    const reference = view && type.composed?.reference ? await type.composed.reference(view) : arn;
    const data = run.records.get(record.id)?.data;
    return { state: 'done', physicalId: stackId, attributes: {}, reference, ...(data ? { data } : {}) };
  }
}

function isSettledLeaf(record: ResourceRecord): boolean {
  return record.status === 'COMPLETE' && record.action !== 'DELETE' && record.childStackId === undefined;
}

function environmentOf(run: Run) {
  if (!run.desired) throw new TypeError('an operation without a template has no environment');
  return run.desired.environment;
}

function steps(
  run: Run,
  type: ResourceType,
  record: ResourceRecord,
  properties: JsonMap,
  previous: JsonMap | undefined,
  members: ReturnType<typeof memberOf>[],
): readonly ChildStep[] {
  if (!type.composed) throw new TypeError(`${record.type} composes nothing`);
  return type.composed.child({
    name: record.name,
    physicalName: physicalName(run.stack.name, record.name, record.id, type.schema.nameLimit),
    properties,
    previous,
    members,
    data: record.data,
    updatePolicy: record.policies.update,
    files: run.desired?.record.files ?? {},
  });
}

function newChild(run: Run, record: ResourceRecord, step: ChildStep): StackRecord {
  const parent = run.stack;
  const name = physicalName(parent.name, record.name, record.id, 255);
  return {
    ...parent,
    id: record.childStackId ?? newId(),
    name,
    parentId: parent.id,
    parentResourceId: record.id,
    parentResource: record.name,
    nestedDepth: parent.nestedDepth + 1,
    action: 'CREATE' satisfies StackAction,
    status: 'IN_PROGRESS',
    statusReason: '',
    templateId: '',
    previousTemplateId: undefined,
    description: '',
    timeoutMins: step.stack.timeoutMins ?? parent.timeoutMins,
    disableRollback: true,
    operationId: undefined,
    epoch: 0,
    extra: {
      ...(parent.extra.tagMap ? { tagMap: parent.extra.tagMap } : {}),
      ...(step.stack.tags ? { tagMap: step.stack.tags } : {}),
      facade: {
        metadata: record.metadata,
        deletion_policy: record.policies.deletion,
        update_policy: record.policies.update,
      },
    },
    createdAt: run.parts.clock.now(),
    updatedAt: undefined,
    deletedAt: undefined,
  };
}

