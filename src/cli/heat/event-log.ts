import type { StackEvent } from './stack-event.js';

/** The name of a nested stack is its parent's, the resource's, and this. */
const NAME_ENDING = /-[a-z0-9]{12}$/;

/** Writes events as log lines, with the path of nested stacks: `2026-01-01 10:00:00Z [web.group.0]: CREATE_COMPLETE  state changed`. */
export class EventLog {
  /** Nested stack id → path of the resource that it belongs to. */
  readonly #paths = new Map<string, string>();
  /** What the name of a nested stack begins with → the same path: its events come before the resource has an id. */
  readonly #byName = new Map<string, string>();

  /** Lines for events that came together; those further on may tell where earlier ones belong. */
  lines(events: readonly StackEvent[]): string[] {
    // Outer stacks come first, so a second pass is enough for stacks within stacks.
    for (const event of [...events, ...events]) this.#pathOf(event);
    return events.map((event) => this.#line(event));
  }

  #line(event: StackEvent): string {
    const time = event.time.replace('T', ' ');
    return `${time} [${this.#pathOf(event)}]: ${event.status}  ${event.reason}`.trimEnd();
  }

  #pathOf(event: StackEvent): string {
    const stackPath =
      this.#paths.get(event.stackId) ?? this.#byName.get(event.stackName.replace(NAME_ENDING, '')) ?? event.stackName;
    if (event.ofStack || event.resourceName === '') return stackPath;
    const path = stackPath === '' ? event.resourceName : `${stackPath}.${event.resourceName}`;
    this.#byName.set(`${event.stackName}-${event.resourceName}`, path);
    if (event.physicalId !== '') this.#paths.set(event.physicalId, path);
    return path;
  }
}
