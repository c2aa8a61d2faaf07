/** The first page of 1,000 stacks; pages of the events of a stack that has 100,000, at the beginning and deep inside. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import {
  createStack,
  logIn,
  median,
  memory,
  newFolder,
  removeFolder,
  send,
  serve,
  settled,
  stop,
  template,
} from './server.js';

const stacks = Number(process.argv[2] ?? 1000);
const events = Number(process.argv[3] ?? 100_000);
const folder = newFolder();
let server = await serve(folder);
let session = await logIn(server);
const eventful = await createStack(session, 'eventful', template(5));
await settled(session, eventful);
await stop(server);
const stackId = eventful.split('/').at(-1);
const db = new Database(join(folder, 'baton.db'));
const columns = [
  'stack_id',
  'root_id',
  'operation_id',
  'resource_name',
  'resource_type',
  'physical_id',
  'action',
  'status',
  'reason',
  'properties',
  'created_at',
];
db.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${events})
  insert into events (id, ${columns.join(', ')}) select lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4000-8000-' || lower(hex(randomblob(6))), ${columns.join(', ')}
  from n, (select * from events where stack_id = '${stackId}' and resource_name = 'r1' limit 1)`);
const deepId = db
  .prepare('select id from events where stack_id = ? order by seq limit 1 offset ?')
  .get(stackId, Math.floor(events * 0.9)).id;
db.close();
server = await serve(folder);
session = await logIn(server);
let next = 1;
const worker = async () => {
  while (next < stacks) await createStack(session, `s${next++}`, template(1));
};
await Promise.all(Array.from({ length: 20 }, worker));

async function measure(path, rounds = 30) {
  const times = [];
  let count;
  for (let round = 0; round < rounds + 5; round++) {
    const from = performance.now();
    const { status, body } = await send('GET', session.api + path, { headers: session.headers });
    if (status !== 200) throw new Error(`${path}: ${status}`);
    if (round >= 5) times.push(performance.now() - from);
    count = Object.values(body)[0].length;
  }
  return { ms: Number(median(times).toFixed(1)), count };
}

const report = (scenario, result, targetMs) => console.log(JSON.stringify({ scenario, ...result, targetMs }));
await new Promise((resolve) => setTimeout(resolve, 2000));
report(`list of ${stacks} stacks, page of 100`, await measure('/stacks?limit=100'), 25);
report(`list of ${stacks} stacks, whole`, await measure('/stacks'), 25);
report('events, first page of 100', await measure(`${eventful}/events?limit=100`), 20);
report('events, newest first', await measure(`${eventful}/events?limit=100&sort_dir=desc`), 20);
report('events, deep page by marker', await measure(`${eventful}/events?limit=100&marker=${deepId}`), 20);
report(
  'events, deep page by marker, newest first',
  await measure(`${eventful}/events?limit=100&sort_dir=desc&marker=${deepId}`),
  20,
);
report('events of one resource, deep', await measure(`${eventful}/resources/r1/events?limit=100&marker=${deepId}`), 20);
console.log(JSON.stringify(memory(server.child.pid)));
await stop(server);
removeFolder(folder);
