import type { JsonMap } from '../../engine/model/value.js';
import { ApiError } from '../heat/api-error.js';
import { EventFeed } from '../heat/event-feed.js';
import { EventLog } from '../heat/event-log.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import type { StackEvent } from '../heat/stack-event.js';
import type { TextSink } from '../output/terminal.js';
import type { CommandContext } from '../program/context.js';
import { CommandError, EXIT } from '../program/exit-codes.js';
import { LiveRegion } from './live-region.js';
import { applyEvents, applyResources, emptyProgress, hasStrayMembers, type ProgressState } from './progress-state.js';
import { renderProgress } from './render-progress.js';

/** What is to be followed and how. */
export interface FollowOptions {
  /** Events up to this one belong to earlier operations. */
  readonly marker?: string;
  /** Seconds between looks at a server. */
  readonly pollSeconds?: number;
  /** The word for what is done, for messages: `create`. */
  readonly verb: string;
}

const NESTED_DEPTH = 5;
const DRAW_EVERY_MS = 100;
const LIST_EVERY_MS = 2000;
/** Sooner if a nested stack has turned up whose place in the tree only the list tells. */
const LIST_STRAYS_EVERY_MS = 400;
/** Above this many resources the list is not read again while the operation runs: events tell enough. */
const LIST_AT_MOST = 2000;

/**
 * Shows a running operation until it has ended and gives back the stack as it then is. A tree on a terminal, event
 * lines elsewhere. Ctrl-C lets go: the command ends with code 130, the operation is not lost.
 */
export async function followOperation(
  context: CommandContext,
  client: HeatClient,
  stack: StackIdentity,
  options: FollowOptions,
): Promise<JsonMap> {
  let interrupts = 0;
  const release = context.terminal.onInterrupt(() => {
    interrupts += 1;
    // A second Ctrl-C does not wait for a request that hangs.
    if (interrupts > 1) process.exit(EXIT.detached);
  });
  const follower = new Follower(context, client, stack, options);
  try {
    return await follower.run(() => interrupts > 0);
  } finally {
    follower.finish();
    release();
  }
}

class Follower {
  readonly #feed: EventFeed;
  readonly #log = new EventLog();
  readonly #region: LiveRegion | undefined;
  #state: ProgressState;
  #frame = 0;
  #isGone = false;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: CommandContext,
    private readonly client: HeatClient,
    private readonly stack: StackIdentity,
    private readonly options: FollowOptions,
  ) {
    const { terminal, quiet } = context.settings;
    const feedOptions = { nestedDepth: NESTED_DEPTH };
    this.#feed = new EventFeed(
      client,
      stack,
      options.marker === undefined ? feedOptions : { ...feedOptions, marker: options.marker },
    );
    this.#region = this.#sink.isTty && !quiet ? new LiveRegion(this.#sink) : undefined;
    this.#state = emptyProgress(stack.name, stack.id, terminal.now());
  }

  async run(isInterrupted: () => boolean): Promise<JsonMap> {
    const { terminal } = this.context;
    const pollMs = this.client.transport.inProcess ? 40 : (this.options.pollSeconds ?? 1) * 1000;
    let polledAt = Number.NEGATIVE_INFINITY;
    let lookedAt = terminal.now();
    for (;;) {
      if (isInterrupted()) throw this.#detached();
      if (terminal.now() - polledAt >= (this.#feed.isLive ? 0 : pollMs)) {
        polledAt = terminal.now();
        const events = await this.#news();
        if (events.length > 0) lookedAt = polledAt;
        this.#take(events);
        const mayHaveEnded =
          this.#isGone ||
          polledAt - lookedAt >= 3 * pollMs ||
          events.some((event) => event.ofStack && event.stackId === this.stack.id);
        if (mayHaveEnded) {
          lookedAt = polledAt;
          const shown = await this.#endedStack();
          if (shown !== undefined) return shown;
        }
        await this.#list();
      }
      this.#draw();
      await terminal.sleep(Math.max(10, Math.min(DRAW_EVERY_MS, pollMs)));
    }
  }

  finish(): void {
    this.#feed.close();
    this.#region?.finish();
  }

  /** The stack if its operation has ended; what came between the last look and the end is shown first. */
  async #endedStack(): Promise<JsonMap | undefined> {
    const shown = await this.#shown();
    if (String(shown.stack_status).endsWith('IN_PROGRESS')) return undefined;
    this.#take(await this.#news());
    // The last picture shows nested stacks, too, that came and went between two looks at the list.
    if (hasStrayMembers(this.#state)) this.#listedAt = Number.NEGATIVE_INFINITY;
    if (!this.#isGone) await this.#list();
    this.#state = { ...this.#state, status: String(shown.stack_status) };
    this.#draw(true);
    return shown;
  }

  /** New events; a deleted stack has none any more. */
  async #news(): Promise<StackEvent[]> {
    if (this.#isGone) return [];
    try {
      return await this.#feed.next();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.#isGone = true;
      return [];
    }
  }

  async #shown(): Promise<JsonMap> {
    try {
      return await this.client.showStack(this.stack, { outputs: false });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404 || this.options.verb !== 'delete') throw error;
      return { id: this.stack.id, stack_name: this.stack.name, stack_status: 'DELETE_COMPLETE' };
    }
  }

  #take(events: readonly StackEvent[]): void {
    this.#state = applyEvents(this.#state, events, this.context.terminal.now());
    if (this.#region !== undefined || this.context.settings.quiet || events.length === 0) return;
    this.#sink.write(`${this.#log.lines(events).join('\n')}\n`);
  }

  /** Reads which resources there are, so that those which wait show too. Only the tree needs it. */
  async #list(): Promise<void> {
    const now = this.context.terminal.now();
    if (this.#region === undefined) return;
    const every = hasStrayMembers(this.#state) ? LIST_STRAYS_EVERY_MS : LIST_EVERY_MS;
    if (now - this.#listedAt < every) return;
    if (this.#listedAt > 0 && this.#state.resources.size > LIST_AT_MOST) return;
    this.#listedAt = now;
    try {
      const query = { nested_depth: String(NESTED_DEPTH) };
      this.#state = applyResources(
        this.#state,
        await this.client.list(`${this.stack.path}/resources`, 'resources', query),
      );
    } catch (error) {
      // A stack that is being deleted may be gone by now; its events tell the rest.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #draw(always = false): void {
    const now = this.context.terminal.now();
    if (this.#region === undefined || (!always && now - this.#drawnAt < DRAW_EVERY_MS)) return;
    this.#drawnAt = now;
    const { columns, rows } = this.#sink.size();
    const view = { columns, rows, colors: this.context.colorsFor(this.#sink), frame: this.#frame };
    this.#frame += 1;
    this.#region.draw(renderProgress(this.#state, now, view));
  }

  /** Other formats than a table own the output: progress then goes to the error stream. */
  get #sink(): TextSink {
    const { terminal, format } = this.context.settings;
    return format === 'table' ? terminal.out : terminal.err;
  }

  #detached(): CommandError {
    const { name } = this.stack;
    const { inProcess, place } = this.client.transport;
    const where = inProcess
      ? `It pauses with this command and goes on with the next one on ${place}; nothing is lost.`
      : `It goes on at ${place}.`;
    return new CommandError(
      `Detached: the ${this.options.verb} of ${name} has not ended. ${where}\nTo follow it: baton stack wait ${name}`,
      EXIT.detached,
    );
  }
}
