import type { JsonMap } from '../../engine/model/value.js';
import type { OpenStream, Transport } from '../transport/transport.js';
import type { StackIdentity } from './heat-client.js';
import { type StackEvent, toStackEvent } from './stack-event.js';

/** Events of a stack and those nested in it as a baton server tells them: server-sent events. */
export class LiveEvents {
  readonly #events: StackEvent[] = [];
  #text = '';
  #stream: OpenStream | undefined;
  /** The number of the last event that came: a stream that is opened again goes on after it. */
  lastSeen: string | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly stack: StackIdentity,
  ) {}

  get isOpen(): boolean {
    return this.#stream?.isOpen === true;
  }

  /** Opens the stream, again after the last event that came; false if the server has no such thing. */
  async open(): Promise<boolean> {
    this.#text = '';
    const after = this.lastSeen === undefined ? {} : { last_event_id: this.lastSeen };
    const query = { stack: this.stack.id, ...after };
    this.#stream = await this.transport.stream?.({ method: 'GET', path: '/events/stream', query }, (text) =>
      this.#read(text),
    );
    return this.#stream !== undefined;
  }

  /** What has come since the last call. */
  take(): StackEvent[] {
    return this.#events.splice(0);
  }

  close(): void {
    this.#stream?.close();
  }

  #read(text: string): void {
    const frames = (this.#text + text).split('\n\n');
    this.#text = frames.pop() ?? '';
    for (const frame of frames) this.#take(frame);
  }

  #take(frame: string): void {
    const field = (name: string) =>
      frame
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const data = field('data');
    if (data === undefined) return;
    this.lastSeen = field('id') ?? this.lastSeen;
    this.#events.push(toStackEvent(JSON.parse(data) as JsonMap));
  }
}
