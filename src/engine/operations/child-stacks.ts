import type { ChildMember, ChildStep, ComposeInput, ResourceType } from '../drivers/resource-type.js';
import { InvariantError, LimitExceededError } from '../model/errors.js';
import { derivedId, physicalName } from '../model/ids.js';
import type { ResourceRecord, StackRecord, TemplateRecord } from '../model/records.js';
import { type JsonMap, revealed, sameValue, type ValueMap } from '../model/value.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import { identityOf, stackArn } from '../planning/stack-identity.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { adoptedMembers } from './adopted-members.js';
import { childStackRecord, childTerms, renewedTerms } from './child-stack-record.js';
import { childDigest, childTemplateRecord } from './child-template.js';
import { type ChildViews, currentRecords } from './child-view.js';
import { DriverCall, type Finished } from './driver-call.js';
import { ChildGone, parseReason, ResourceFailure } from './failure.js';
import { followMembers } from './follow-members.js';
import { declaredMembers } from './members.js';
import type { LaunchOptions, RunResult } from './operations.js';
import { awaitSignals } from './resource-signals.js';
import { type Run, type StopReason, stackEvent } from './run.js';
import { skippedWithin } from './skip-resource.js';
import type { StackLoader } from './stack-loader.js';
import type { WalkAction } from './walk-resource.js';
import type { Place } from './workload.js';

/** What child stacks need from whoever runs operations. */
export interface ChildRunner {
  readonly views: ChildViews;
  readonly loader: StackLoader;
  stack(id: string): Promise<StackRecord | undefined>;
  records(stackId: string): Promise<readonly ResourceRecord[]>;
  /** True if nothing runs on the stack, every resource is complete, and none is a stack of its own. */
  isSettled(stackId: string): Promise<boolean>;
  /** Makes an operation on a stack durable and sets it going. */
  begin(stack: StackRecord, options: LaunchOptions): Promise<{ readonly ended: Promise<RunResult> }>;
  /** The end of the operation that runs on a stack, if one does. */
  running(stackId: string): Promise<RunResult> | undefined;
  stop(stackId: string, reason: StopReason, abort: boolean): void;
  /** Ends what runs on a stack where it is, also if the engine dies meanwhile. */
  cancel(stackId: string): Promise<void>;
}

/** A composing resource while its child stack is worked on. */
interface Work {
  readonly run: Run;
  readonly resource: DesiredResource;
  readonly record: ResourceRecord;
  readonly properties: JsonMap;
  readonly place: Place;
}

type LaunchWork = Pick<Work, 'run' | 'record' | 'place'>;

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
    return run.cloud.workload.whenRoom(waiting, (place) =>
      this.#create({ run, resource, record, properties, place }, adopt),
    );
  }

  async update(
    run: Run,
    resource: DesiredResource,
    record: ResourceRecord,
    properties: JsonMap,
    waiting: (isWaiting: boolean) => void,
  ): Promise<Finished> {
    return run.cloud.workload.whenRoom(waiting, (place) => this.#update({ run, resource, record, properties, place }));
  }

  async #create(work: Work, adopt: JsonMap | undefined): Promise<Finished> {
    const { run, resource, record } = work;
    const stackId = derivedId(record.id, 'child');
    const existing = await this.#runner.stack(stackId);
    if (existing) {
      const known = { ...work, record: { ...record, childStackId: stackId } };
      return (await this.#endOfCreation(known, stackId)) ?? this.#update(known);
    }
    const { maxNestedDepth } = run.parts.limits;
    if (run.stack.nestedDepth + 1 > maxNestedDepth) {
      throw new LimitExceededError(`Recursion depth exceeds ${maxNestedDepth}.`);
    }
    // What is taken over is there already: nothing has to come about step by step.
    const [first, ...rest] = (await this.#steps(work, undefined, adoptedMembers(adopt))).slice(adopt ? -1 : 0);
    if (!first) throw new InvariantError(`${record.type} composed no child stack`);
    const linked = { ...record, childStackId: stackId, physicalId: stackId };
    run.recordSoon({ resources: [linked] });
    const began = run.parts.clock.now();
    const linkedWork = { ...work, record: linked };
    const template = childTemplateRecord(
      desiredOf(run),
      resource,
      first,
      environmentFor(run, resource),
      wantedOf(record),
    );
    const terms = childTerms(run, linked, first, childDigest(template));
    await this.#launch(linkedWork, childStackRecord(run, linked, terms), {
      action: adopt ? 'ADOPT' : 'CREATE',
      template,
      options: adopt ? { adopt } : {},
      isNew: true,
    });
    await this.#afterStep(linkedWork, first, began);
    await this.#take(linkedWork, rest);
    return this.#finished(linkedWork);
  }

  /** A creation that was interrupted ends as the child has ended by itself; undefined if there is more to be done. */
  async #endOfCreation(work: Work, stackId: string): Promise<Finished | undefined> {
    const { run, record } = work;
    await this.#endOfRunning(work, stackId);
    const child = await this.#runner.stack(stackId);
    const isCreated = child?.action === 'CREATE' || child?.action === 'ADOPT';
    if (!isCreated || record.intent?.operationId !== run.operation.id) return undefined;
    if (child.status === 'COMPLETE') {
      const [only, ...more] = await this.#steps(work, undefined, []);
      if (!only || more.length > 0) return undefined;
      await this.#afterStep(work, only, child.createdAt);
      return this.#finished(work);
    }
    if (child.status !== 'FAILED') return undefined;
    const reason = parseReason(child.statusReason.replace(/^Resource \w+ failed: /, ''));
    if (reason)
      throw new ResourceFailure([record.name, ...reason.path], reason.errorClass, reason.text, 1, record.type, stackId);
    throw new ResourceFailure([record.name], '', child.statusReason, 1, record.type, stackId);
  }

  async #update(work: Work): Promise<Finished> {
    const { record } = work;
    const stack = record.childStackId === undefined ? undefined : await this.#runner.stack(record.childStackId);
    if (!stack || stack.deletedAt !== undefined) return { state: 'replace', why: 'its stack is gone' };
    await this.#endOfRunning(work, stack.id);
    const members = work.resource.type.composed?.readsMembers ? await this.#members(stack.id) : [];
    await this.#take(work, await this.#steps(work, revealed(record.properties) as JsonMap, members));
    return this.#finished(work);
  }

  async delete(
    run: Run,
    record: ResourceRecord,
    abandon: boolean,
    waiting: (isWaiting: boolean) => void,
  ): Promise<void> {
    return run.cloud.workload.whenRoom(waiting, (place) => this.#delete({ run, record, place }, abandon));
  }

  async #delete(work: LaunchWork, abandon: boolean): Promise<void> {
    const { run, record } = work;
    const stack = await this.#runner.stack(record.childStackId ?? derivedId(record.id, 'child'));
    if (!stack || stack.deletedAt !== undefined) return;
    // A deletion that was interrupted goes on by itself; only one that has failed is begun again. It takes over whatever
    // else runs on the child.
    const ended = stack.action === 'DELETE' ? await this.#endOfRunning(work, stack.id) : undefined;
    if (ended?.status === 'COMPLETE') return;
    const { force } = run.operation.options;
    await this.#launch(work, (await this.#runner.stack(stack.id)) ?? stack, {
      action: 'DELETE',
      options: { ...(abandon || run.operation.options.abandon ? { abandon: true } : {}), ...(force ? { force } : {}) },
    });
  }

  async walk(
    run: Run,
    record: ResourceRecord,
    action: WalkAction,
    waiting: (isWaiting: boolean) => void,
  ): Promise<Finished> {
    return run.cloud.workload.whenRoom(waiting, (place) => this.#walk({ run, record, place }, action));
  }

  /** Ends what runs on a resource's child, if anything does. */
  async cancel(record: ResourceRecord): Promise<void> {
    if (record.childStackId !== undefined) await this.#runner.cancel(record.childStackId);
  }

  async #walk(work: LaunchWork, action: WalkAction): Promise<Finished> {
    const { record } = work;
    const stack = record.childStackId === undefined ? undefined : await this.#runner.stack(record.childStackId);
    if (!stack) {
      const text = `Resource ${record.name} not created yet.`;
      throw new ResourceFailure([record.name], 'Exception', text, 1, record.type, undefined);
    }
    if (stack.deletedAt !== undefined) throw new ChildGone(record, stack.name);
    await this.#endOfRunning(work, stack.id);
    await this.#launch(work, (await this.#runner.stack(stack.id)) ?? stack, { action, options: {} });
    return { state: 'done', physicalId: record.physicalId ?? stack.id, attributes: {} };
  }

  /** Brings an existing child to each step's template, with what is to happen between them. */
  async #take(work: Work, steps: readonly ChildStep[]): Promise<void> {
    const { run, resource, record } = work;
    for (const step of steps) {
      const stack = await this.#runner.stack(record.childStackId ?? '');
      if (!stack) throw new InvariantError(`the child stack of ${record.name} vanished`);
      const began = run.parts.clock.now();
      const template = childTemplateRecord(
        desiredOf(run),
        resource,
        step,
        environmentFor(run, resource),
        wantedOf(record),
      );
      await this.#bring(work, stack, step, template);
      await this.#afterStep(work, step, began);
    }
  }

  /** The end of what runs on a child, if anything does. */
  async #endOfRunning({ place }: LaunchWork, stackId: string): Promise<RunResult | undefined> {
    const running = this.#runner.running(stackId);
    // It may wait for children of its own, which need room to begin.
    if (running) place.leave();
    return running;
  }

  async #afterStep(work: Work, step: ChildStep, began: number): Promise<void> {
    const { run, resource, record, properties, place } = work;
    place.leave();
    if (step.data) {
      const latest = run.records.get(record.id) ?? record;
      run.recordSoon({ resources: [{ ...latest, data: { ...latest.data, ...step.data } }] });
    }
    if (resource.type.composed?.follow) {
      const members = await this.#members(record.childStackId ?? '');
      await followMembers(run, resource.type.composed.follow(properties, members), this.#runner.loader);
    }
    if (step.signals) await awaitSignals(run, record.id, { ...step.signals, since: began });
    if (step.pauseAfterMs) await run.parts.clock.sleep(step.pauseAfterMs, run.signal);
  }

  async #bring(work: Work, stack: StackRecord, step: ChildStep, template: TemplateRecord): Promise<void> {
    const { converge } = work.run.operation.options;
    const isHealthy = stack.status === 'COMPLETE' && stack.action !== 'DELETE' && stack.action !== 'SUSPEND';
    const digest = childDigest(template);
    const terms = renewedTerms(stack, childTerms(work.run, work.record, step, digest));
    if (isHealthy && !converge && digest !== undefined && sameValue(terms.extra, stack.extra)) {
      // Nothing that the child could decide has changed: no need to ask all of its members.
      if (await this.#runner.isSettled(stack.id)) return this.#tellOfUpdate(work.run, stack, terms.timeoutMins);
    }
    await this.#launch(work, stack, {
      action: 'UPDATE',
      template,
      options: { ...(converge ? { converge: true } : {}), ...skippedWithin(work.run, work.record.name) },
      patch: terms,
    });
  }

  /** Heat updates a child whenever its parent is; where that is known to change nothing, only its state tells of it. */
  #tellOfUpdate(run: Run, stack: StackRecord, timeoutMins: number | undefined): void {
    if (stack.origin !== 'heat') {
      if (stack.timeoutMins !== timeoutMins) run.recordSoon({ stacks: [{ ...stack, timeoutMins }] });
      return;
    }
    const now = run.parts.clock.now();
    const begun: StackRecord = {
      ...stack,
      timeoutMins,
      action: 'UPDATE',
      status: 'IN_PROGRESS',
      statusReason: 'Stack UPDATE started',
      updatedAt: now,
    };
    const done: StackRecord = { ...begun, status: 'COMPLETE', statusReason: 'Stack UPDATE completed successfully' };
    run.recordSoon({
      stacks: [done],
      events: [begun, done].map((turn) => stackEvent(turn, stack.operationId, now)),
    });
  }

  async #launch(work: LaunchWork, stack: StackRecord, options: LaunchOptions): Promise<void> {
    const { run, record, place } = work;
    const begun = this.#runner.begin(stack, { ...options, deadline: run.deadline });
    const passOn = () => {
      const reason = run.stopped;
      if (reason === undefined || reason === 'shutdown') return;
      // A later update waits until the child's own update is done; only what goes back or away ends it.
      if (reason === 'superseded' && !run.endsChildren && !run.signal.aborted) return;
      // Nobody takes the child over yet: it ends as cancelled, and what its parent does next begins anew.
      this.#runner.stop(stack.id, reason === 'timed-out' ? reason : 'cancelled', run.signal.aborted);
      if (run.operation.cancelledAt !== undefined)
        this.#runner.cancel(stack.id).catch(() => run.stop(reason, { abort: true }));
    };
    run.onStop(passOn);
    passOn();
    const { ended } = await begun;
    place.leave();
    const result = await ended;
    if (result.status === 'COMPLETE') return;
    // The child is let go of, and its parent with it: both go on together.
    if (result.status === 'STOPPED') run.abandon(new Error(result.reason));
    // Heat splices the child's reason into the parent's only where it tells of the action that was asked for.
    const isSpliced = stack.origin === 'cfn' || result.reason.startsWith(`Resource ${options.action} failed: `);
    if (result.failure) throw result.failure.within(record.name, isSpliced ? undefined : result.reason);
    throw new ResourceFailure([record.name], '', result.reason, 1, record.type, record.physicalId);
  }

  async #members(stackId: string): Promise<ChildMember[]> {
    const stack = await this.#runner.stack(stackId);
    if (!stack) return [];
    return declaredMembers(this.#runner, stack, currentRecords(await this.#runner.records(stackId)));
  }

  async #steps(
    { run, resource, record, properties }: Work,
    previous: JsonMap | undefined,
    members: readonly ChildMember[],
  ): Promise<readonly ChildStep[]> {
    const composed = requireComposed(resource.type);
    const files = desiredOf(run).record.files;
    const context = new DriverCall(run, resource.type, record, () => undefined).context();
    const found = await composed.prepare?.(context, properties, files);
    const input: ComposeInput = {
      name: record.name,
      physicalName: physicalName(run.stack.name, record.name, record.id, resource.type.schema.nameLimit),
      properties,
      previous,
      members,
      data: record.data,
      metadata: record.metadata,
      updatePolicy: record.policies.update,
      files,
      uuid: record.id,
      timeoutMs: run.deadline - run.operation.startedAt,
      ...(found ? { found } : {}),
    };
    return composed.child(input);
  }

  async #finished({ run, resource, record, properties }: Work): Promise<Finished> {
    const stackId = record.childStackId ?? '';
    const composed = requireComposed(resource.type);
    const view = await this.#runner.views.view(stackId);
    const stack = await this.#runner.stack(stackId);
    const arn = stack ? stackArn(identityOf(stack)) : stackId;
    const reference = view && composed.reference ? await composed.reference(view, properties) : arn;
    const latest = run.records.get(record.id) ?? record;
    const metadata = composed.settled?.({
      properties,
      metadata: latest.metadata,
      size: view && composed.settled !== undefined ? (await view.members()).length : 0,
      now: run.parts.clock.now(),
    });
    return {
      state: 'done',
      physicalId: (view && composed.physicalId?.(view, properties)) ?? stackId,
      attributes: {},
      reference,
      data: latest.data,
      ...(metadata === undefined ? {} : { metadata }),
    };
  }
}

/** The properties that are being applied, with their secrets still marked. */
function wantedOf({ intent, properties }: ResourceRecord): ValueMap {
  return intent?.desired ?? properties;
}

function requireComposed(type: ResourceType) {
  if (!type.composed) throw new InvariantError(`${type.schema.type} composes nothing`);
  return type.composed;
}

function desiredOf(run: Run): DesiredStack {
  if (!run.desired) throw new InvariantError('an operation without a template has no children');
  return run.desired;
}

function environmentFor(run: Run, resource: DesiredResource) {
  return childEnvironment(desiredOf(run).environment, resource.name, resource.mappingPath);
}
