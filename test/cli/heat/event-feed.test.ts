import { EventFeed } from '../../../src/cli/heat/event-feed.js';
import { HeatClient } from '../../../src/cli/heat/heat-client.js';
import type { OpenStream, Transport, TransportRequest } from '../../../src/cli/transport/transport.js';
import type { JsonMap } from '../../../src/engine/model/value.js';

const STACK = { name: 'web', id: 'w', path: '/stacks/web/w' };

function wire(id: string, stack = 'web/w'): JsonMap {
  return { id, resource_name: id, links: [{ rel: 'stack', href: `http://h/v1/p/stacks/${stack}` }] };
}

/** A server that keeps events and tells them to whoever listens. */
class Telling implements Transport {
  readonly inProcess = false;
  readonly place = 'http://h';
  readonly requests: string[] = [];
  readonly events: JsonMap[] = [];
  streams: (OpenStream & { isOpen: boolean })[] = [];
  #take: (text: string) => void = () => undefined;

  constructor(readonly canTell = true) {}

  happen(event: JsonMap): void {
    this.events.push(event);
    const text = `id: ${this.events.length}\nevent: stack-event\ndata: ${JSON.stringify(event)}\n\n`;
    // In pieces, as they come over a wire.
    if (this.streams.at(-1)?.isOpen) for (const piece of [text.slice(0, 9), text.slice(9)]) this.#take(piece);
  }

  async request(request: TransportRequest) {
    this.requests.push(`${request.method} ${request.path}`);
    const from = this.events.findIndex(({ id }) => id === request.query?.marker) + 1;
    return { status: 200, headers: {}, body: { events: this.events.slice(from) } };
  }

  async stream({ query }: TransportRequest, take: (text: string) => void) {
    this.requests.push(`listen after ${String(query?.last_event_id)}`);
    if (!this.canTell) return undefined;
    const close = () => {
      stream.isOpen = false;
    };
    const stream = { isOpen: true, close };
    this.streams.push(stream);
    this.#take = take;
    take(': connected\n\n');
    const missed = query?.last_event_id === undefined ? [] : this.events.slice(Number(query.last_event_id));
    for (const event of missed)
      take(`id: ${this.events.indexOf(event) + 1}\nevent: stack-event\ndata: ${JSON.stringify(event)}\n\n`);
    return stream;
  }

  async close(): Promise<void> {}
}

async function next(feed: EventFeed): Promise<string[]> {
  return (await feed.next()).map(({ id }) => id);
}

test('what was before is read once, what comes then is told', async () => {
  const server = new Telling();
  server.happen(wire('old'));
  server.happen(wire('a'));
  const feed = new EventFeed(new HeatClient(server), STACK, { nestedDepth: 0, marker: 'old' });
  expect(await next(feed)).toEqual(['a']);
  server.happen(wire('b'));
  server.happen(wire('elsewhere', 'web-nested/n'));
  server.happen(wire('c'));
  expect(await next(feed)).toEqual(['b', 'c']);
  expect(await next(feed)).toEqual([]);
  expect(feed.isLive).toBe(true);
  expect(server.requests).toEqual(['listen after undefined', 'GET /stacks/web/w/events']);
});

test('a connection that breaks is opened again after the last event that came', async () => {
  const server = new Telling();
  const feed = new EventFeed(new HeatClient(server), STACK, { nestedDepth: 5 });
  await next(feed);
  server.happen(wire('a'));
  server.streams[0]?.close();
  server.happen(wire('b', 'web-nested/n'));
  expect([...(await next(feed)), ...(await next(feed))].sort()).toEqual(['a', 'b']);
  expect(server.requests.at(-1)).toBe('listen after 1');
  feed.close();
  expect(server.streams.map(({ isOpen }) => isOpen)).toEqual([false, false]);
});

test('a server that tells nothing is asked', async () => {
  const server = new Telling(false);
  const feed = new EventFeed(new HeatClient(server), STACK, { nestedDepth: 0 });
  server.happen(wire('a'));
  expect(await next(feed)).toEqual(['a']);
  server.happen(wire('b'));
  expect(await next(feed)).toEqual(['b']);
  expect(server.requests.filter((request) => request.startsWith('listen'))).toHaveLength(1);
});
