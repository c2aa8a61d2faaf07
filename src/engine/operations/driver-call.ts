import type {
  Observation,
  Progress,
  ResourceContext,
  ResourceRef,
  ResourceType,
  Verb,
} from '../drivers/resource-type.js';
import { CancelledError, FlakyError, MissingError, OverdueError, UncertainError } from '../model/errors.js';
import { newId, physicalName } from '../model/ids.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import { type Json, type JsonMap, revealed } from '../model/value.js';
import { describeResource } from './describe-resource.js';
import { ResourceFailure, resourceFailure } from './failure.js';
import { findMade } from './find-made.js';
import { isRetryable, pauseBefore } from './retry.js';
import type { Run } from './run.js';

/** The finished part of a verb's progress, or the wish to be replaced. */
export type Finished = Extract<Progress, { state: 'done' } | { state: 'replace' }>;

/** How long telling a thing that its call is given up may take. */
const GIVE_UP_MS = 10_000;

/**
 * One intent carried out: the verb, its repetitions after errors that may pass, and its polls. The record's intent
 * must be durable before; checkpoints are made durable on the way.
 */
export class DriverCall {
  readonly #run: Run;
  readonly #type: ResourceType;
  #record: ResourceRecord;
  /** Called when the call begins and ends to wait, so that others may use its place. */
  readonly #waiting: (isWaiting: boolean) => void;

  constructor(run: Run, type: ResourceType, record: ResourceRecord, waiting: (isWaiting: boolean) => void) {
    this.#run = run;
    this.#type = type;
    this.#record = record;
    this.#waiting = waiting;
  }

  /** The record as the call has left it: with its last checkpoint and physical id. */
  get record(): ResourceRecord {
    return this.#record;
  }

  /** Carries the record's intent out to its end. `first` makes the call; it must be idempotent for the intent's token. */
  async carryOut(first: (ctx: ResourceContext, ref: ResourceRef) => Promise<Progress>): Promise<Finished> {
    // An interruption gives it no more time.
    const deadline =
      this.#type.timeoutMs === undefined
        ? undefined
        : (this.#record.intent?.deadline ?? this.#run.parts.clock.now() + this.#type.timeoutMs);
    const interrupted = this.#record.intent?.checkpoint !== undefined;
    let progress: Progress | undefined = interrupted ? this.#resumed() : undefined;
    for (let isResumed = interrupted; ; isResumed = false) {
      try {
        progress ??= await this.#try(first);
        if (progress.state !== 'pending') return progress;
        progress = await this.#poll(progress, deadline);
      } catch (error) {
        // A broken thing may have been taken away just before the interruption: then it is made anew.
        const isGone = isResumed && error instanceof MissingError && this.#record.intent?.verb === 'create';
        progress = await this.#afterError(isGone ? new FlakyError(error.message) : error, progress);
      }
    }
  }

  /** Asks something that changes no record, as often as errors that may pass allow. */
  async ask<T>(question: (ctx: ResourceContext, ref: ResourceRef) => Promise<T>): Promise<T> {
    const { retry } = this.#run.parts;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(question);
      } catch (error) {
        if (!isRetryable(error) || attempt > retry.limit || this.#run.signal.aborted) throw error;
        await this.#pause(pauseBefore(retry, attempt));
      }
    }
  }

  /** The next answer about a create that is under way, without a checkpoint on record. */
  async askOn({ checkpoint, pollAfterMs }: Extract<Progress, { state: 'pending' }>): Promise<Progress> {
    await this.#pause(pollAfterMs);
    return this.ask((ctx, ref) => this.#pollOf(ctx, ref, checkpoint, 'create'));
  }

  /** The operation was cancelled or ran out of time while this call was under way: those who work on it are told to stop. */
  async giveUp(): Promise<void> {
    if (!this.#type.giveUp || !this.#run.signal.aborted) return;
    const signal = AbortSignal.timeout(GIVE_UP_MS);
    try {
      await this.#type.giveUp({ ...this.context(), signal }, this.reference());
    } catch (error) {
      // Its failure is on record; that nobody could be told changes nothing about that.
      const text = error instanceof Error ? error.message : String(error);
      this.#run.parts.log('a call could not be given up', { resource: this.#record.name, error: text });
    }
  }

  context(): ResourceContext {
    const { stack, parts, signal, deadline } = this.#run;
    const record = this.#record;
    return {
      cloud: this.#run.cloud.cloud,
      resource: {
        uuid: record.id,
        name: record.name,
        type: record.type,
        physicalName: physicalName(stack.name, record.name, record.id, this.#type.schema.nameLimit),
        metadata: this.#latest().metadata,
        updatePolicy: record.policies.update,
        creationPolicy: record.policies.creation,
      },
      stack: {
        id: stack.id,
        name: stack.name,
        projectId: stack.projectId,
        region: stack.region,
        tags: tagsOf(stack.extra),
        deadline,
      },
      token: record.intent?.token ?? record.id,
      attempt: record.intent?.attempt ?? 1,
      signal,
      clock: parts.clock,
      ...(parts.access ? { stackAccess: parts.access(stack, record) } : {}),
      log: (message, fields) => parts.log(message, { stack: stack.id, resource: record.name, ...fields }),
    };
  }

  reference(): ResourceRef {
    const { id, name, physicalId, properties } = this.#record;
    const { data, metadata } = this.#latest();
    return {
      uuid: id,
      name,
      physicalId,
      properties: revealed(properties) as JsonMap,
      data,
      metadata,
    };
  }

  #latest(): ResourceRecord {
    return this.#run.records.get(this.#record.id) ?? this.#record;
  }

  #resumed(): Progress {
    const { checkpoint = null, pollAt = 0 } = this.#record.intent ?? {};
    return {
      state: 'pending',
      checkpoint,
      pollAfterMs: Math.max(0, pollAt - this.#run.parts.clock.now()),
      ...(this.#record.physicalId === undefined ? {} : { physicalId: this.#record.physicalId }),
    };
  }

  #try<T>(call: (ctx: ResourceContext, ref: ResourceRef) => Promise<T>): Promise<T> {
    return this.#run.cloud.limiter.run(async () => {
      if (this.#run.signal.aborted) throw this.#aborted();
      return call(this.context(), this.reference());
    });
  }

  async #poll(pending: Extract<Progress, { state: 'pending' }>, deadline: number | undefined): Promise<Progress> {
    await this.#rememberCheckpoint(pending, deadline);
    await this.#pause(pending.pollAfterMs);
    if (deadline !== undefined && this.#run.parts.clock.now() >= deadline) {
      throw new OverdueError(`it took longer than ${this.#type.timeoutMs} ms`, { reasonClass: 'Timeout' });
    }
    const verb = (this.#record.intent?.verb ?? 'create') as Verb;
    return this.#try((ctx, ref) => this.#pollOf(ctx, ref, pending.checkpoint, verb));
  }

  async #pollOf(ctx: ResourceContext, ref: ResourceRef, checkpoint: Json, verb: Verb): Promise<Progress> {
    if (!this.#type.poll) throw new TypeError(`${this.#record.type} answered "pending" but cannot be polled`);
    return this.#type.poll(ctx, ref, checkpoint, verb);
  }

  /** Makes a checkpoint durable, but only when it says something new: most polls change nothing. */
  async #rememberCheckpoint(
    pending: Extract<Progress, { state: 'pending' }>,
    deadline: number | undefined,
  ): Promise<void> {
    const { intent } = this.#record;
    const physicalId = pending.physicalId ?? this.#record.physicalId;
    const isNews = JSON.stringify(intent?.checkpoint) !== JSON.stringify(pending.checkpoint);
    if (!intent || (!isNews && physicalId === this.#record.physicalId)) return;
    const pollAt = this.#run.parts.clock.now() + pending.pollAfterMs;
    const until = deadline === undefined ? {} : { deadline };
    await this.#change({ physicalId, intent: { ...intent, checkpoint: pending.checkpoint, pollAt, ...until } });
  }

  /**
   * What to do about a failed try: go on with the returned progress, call again (undefined), or throw. A poll that
   * failed (`pending` is what it asked about) is asked again.
   */
  async #afterError(error: unknown, pending: Progress | undefined): Promise<Progress | undefined> {
    const { intent } = this.#record;
    const { retry } = this.#run.parts;
    if (error instanceof MissingError && intent?.verb === 'delete') {
      return { state: 'done', physicalId: this.#record.physicalId ?? '', attributes: {} };
    }
    if (!intent || !isRetryable(error) || intent.attempt > retry.limit || this.#run.signal.aborted) {
      throw resourceFailure(this.#run.signal.aborted ? this.#aborted() : error, this.#record, intent?.attempt ?? 1);
    }
    const isAnew = error instanceof FlakyError && (intent.verb !== 'create' || (await this.#removeBroken()));
    const goesOn = pending?.state === 'pending' && !(error instanceof FlakyError);
    const found =
      !goesOn && error instanceof UncertainError && intent.verb === 'create' ? await this.#findMade() : undefined;
    if (found) return found;
    const { checkpoint, pollAt, ...rest } = this.#record.intent ?? intent;
    const token = isAnew ? newId() : rest.token;
    const again: Intent = { ...rest, token, attempt: intent.attempt + 1 };
    await this.#change({
      intent: goesOn && checkpoint !== undefined ? { ...again, checkpoint, pollAt: pollAt ?? 0 } : again,
    });
    this.#run.parts.log('a call failed and is tried again', {
      resource: this.#record.name,
      attempt: intent.attempt,
      error: error.message,
    });
    await this.#pause(pauseBefore(retry, intent.attempt));
    return goesOn ? { ...pending, pollAfterMs: 0 } : undefined;
  }

  async #pause(ms: number): Promise<void> {
    this.#waiting(true);
    try {
      await this.#sleep(ms);
    } finally {
      this.#waiting(false);
    }
  }

  #aborted(): CancelledError {
    const { action } = this.#record;
    // A create is named before it has an id.
    const named = action === 'CREATE' ? { ...this.#record, physicalId: undefined } : this.#record;
    const described = describeResource(this.#type, named, this.#run.stack);
    const isLate = this.#run.signal.reason === 'timed-out';
    const why = isLate ? `Task ${action.toLowerCase()} from ${described} Timed out` : 'user triggered cancel';
    return new CancelledError(`${action} aborted (${why})`);
  }

  /** What a create whose answer was lost has made, if it has made anything. */
  async #findMade(): Promise<Progress | undefined> {
    if (!this.#type.find) return undefined;
    const desired = revealed(this.#record.intent?.desired ?? {}) as JsonMap;
    const found = await this.ask((ctx) => findMade(this.#type, ctx, desired)).catch((error: unknown) => {
      throw resourceFailure(error, this.#record, this.#record.intent?.attempt ?? 1);
    });
    return found && progressOf(found);
  }

  /**
   * Takes away what a create has made and what then broke, so that it can be made again. True if nothing can be left
   * under its token; else the same token has to be asked again.
   */
  async #removeBroken(): Promise<boolean> {
    try {
      if (this.#record.physicalId === undefined) await this.#learnId();
      if (this.#record.physicalId === undefined) return this.#type.find !== undefined;
      let progress = await this.#try((ctx, ref) => this.#type.delete(ctx, ref));
      while (progress.state === 'pending') {
        await this.#sleep(progress.pollAfterMs);
        const { checkpoint } = progress;
        progress = await this.#try((ctx, ref) => this.#pollOf(ctx, ref, checkpoint, 'delete'));
      }
    } catch (error) {
      if (!(error instanceof MissingError)) throw resourceFailure(error, this.#record, 1);
    }
    await this.#change({ physicalId: undefined });
    return true;
  }

  /** The id of what a create has made, if it broke before it could tell. */
  async #learnId(): Promise<void> {
    const desired = revealed(this.#record.intent?.desired ?? {}) as JsonMap;
    const found = await this.ask((ctx) => findMade(this.#type, ctx, desired));
    if (found) await this.#change({ physicalId: found.physicalId, data: found.data ?? this.#record.data });
  }

  async #sleep(ms: number): Promise<void> {
    try {
      await this.#run.parts.clock.sleep(ms, this.#run.signal);
    } catch {
      throw new ResourceFailure(
        [this.#record.name],
        'CancelledError',
        this.#aborted().message,
        this.#record.intent?.attempt ?? 1,
        this.#record.type,
        this.#record.physicalId,
      );
    }
  }

  async #change(patch: Partial<ResourceRecord>): Promise<void> {
    // Signals may have changed the record while the call went on; the intent and the id are the call's own.
    const { intent, physicalId } = this.#record;
    const { record, entry } = this.#run.changed({ ...this.#latest(), intent, physicalId }, patch);
    this.#record = record;
    await this.#run.record(entry);
  }
}

/** How a create goes on that was found by its token; undefined: by calling create again. */
export function progressOf(found: Observation): Progress | undefined {
  const { physicalId, reference, attributes, data, unfinished } = found;
  if (unfinished === 'create-again') return undefined;
  if (unfinished) return { state: 'pending', physicalId, ...unfinished };
  return {
    state: 'done',
    physicalId,
    attributes,
    ...(reference === undefined ? {} : { reference }),
    ...(data === undefined ? {} : { data }),
  };
}

/** The tags that CloudFormation hands on to every resource. */
function tagsOf(extra: JsonMap): { readonly [key: string]: string } {
  const tags = extra.tagMap as { [key: string]: Json } | undefined;
  return Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]));
}
