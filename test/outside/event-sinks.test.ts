import { RejectedError } from '../../src/engine/model/errors.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { startEventSinks } from '../../src/outside/event-sinks.js';
import { EngineBench, hot } from '../helpers/engine-bench.js';

let bench: EngineBench;
let stop: () => void;
const posts: { url: string; message: JsonMap }[] = [];
const queued: { queue: string; message: JsonMap }[] = [];
const logs: string[] = [];
/** What posting to an address comes to, try by try. */
let answers: { [url: string]: (Error | undefined)[] } = {};

/** As much of a cloud as keeps queues. */
function queues() {
  const named = new Map<string, { id: string }>();
  return {
    find: async (_call: unknown, name: string) => named.get(name),
    create: async (_call: unknown, { name }: { name: string }) => {
      if (named.has(name)) throw new Error(`${name} is there already`);
      named.set(name, { id: name });
      return { id: name };
    },
    act: async (_call: unknown, queue: string, _verb: string, { body }: { body: JsonMap }) => {
      queued.push({ queue, message: body });
    },
  };
}

beforeEach(async () => {
  for (const list of [posts, queued, logs]) list.length = 0;
  answers = {};
  bench = await EngineBench.start();
  const collection = queues();
  const { operations } = bench.engine;
  stop = startEventSinks({
    feed: operations.parts.feed,
    loader: operations.loader,
    stack: (id) => operations.stack(id),
    cloud: { collection: () => collection } as never,
    clock: bench.clock,
    post: async (url, body) => {
      const error = answers[url]?.shift();
      if (error) throw error;
      posts.push({ url, message: JSON.parse(body) });
    },
    log: (message, fields) => logs.push(`${message} ${JSON.stringify(fields)}`),
  });
});
afterEach(async () => {
  stop();
  await bench.close();
});

const webhook = (target: string) => ({ type: 'webhook', target });

async function create(event_sinks: JsonMap[], template = hot({ a: {} })): Promise<void> {
  await bench.create(template, { environment: { event_sinks } });
  await bench.turns(100);
}

const states = (messages: readonly { message: JsonMap }[]) =>
  messages.map(({ message }) => {
    const payload = message.payload as JsonMap;
    return `${payload.resource_name} ${payload.resource_action}_${payload.resource_status}`;
  });

const ALL = ['web CREATE_IN_PROGRESS', 'a CREATE_IN_PROGRESS', 'a CREATE_COMPLETE', 'web CREATE_COMPLETE'];

test('every event goes to every sink in order: to an address, and to a queue that is made with the first', async () => {
  await create([webhook('http://one'), { type: 'zaqar-queue', target: 'events' }]);
  expect(states(posts)).toEqual(ALL);
  expect(states(queued)).toEqual(ALL);
  expect(queued[0]).toMatchObject({ queue: 'events', message: { type: 'os.heat.event', version: '0.1' } });
});

test('what fails for the moment is sent again with growing pauses, and nothing overtakes it', async () => {
  const down = new Error('connection refused');
  answers['http://one'] = [down, down, down];
  const before = bench.clock.slept.length;
  await create([webhook('http://one')]);
  await bench.until(() => posts.length === ALL.length);
  expect(states(posts)).toEqual(ALL);
  expect(bench.clock.slept.slice(before).filter((ms) => [500, 1000, 2000].includes(ms))).toEqual([500, 1000, 2000]);
});

test('a sink that refuses, or is of an unknown kind, keeps neither the others nor the operation', async () => {
  answers['http://no'] = ALL.map(() => new RejectedError('gone'));
  await create([webhook('http://no'), { type: 'pigeon' }, webhook('http://yes')]);
  expect(states(posts)).toEqual(ALL);
  expect(posts.every(({ url }) => url === 'http://yes')).toBe(true);
  expect(logs.join('\n')).toContain('an event sink of an unknown type');
  expect(logs.join('\n')).toContain('an event could not be handed to a sink');
});
