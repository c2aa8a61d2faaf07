/** Authenticated GETs of one stack, against the yardstick of the same run (20 connections, both on this machine). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
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

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 5);
const folder = newFolder();
const server = await serve(folder);
const session = await logIn(server);
const path = await createStack(session, 'measured', template(5));
await settled(session, path);
const answer = await send('GET', session.api + path, { headers: session.headers });
const bodyFile = join(folder, 'body.json');
writeFileSync(bodyFile, answer.text);
const db = new Database(join(folder, 'baton.db'), { readonly: true });
const row = db.prepare('select id from stacks').get();
const templateRow = db.prepare('select id from templates').get();
db.close();
const yardstick = spawn(process.execPath, [
  fileURLToPath(new URL('./bare-express.js', import.meta.url)),
  join(folder, 'baton.db'),
  bodyFile,
  row.id,
  templateRow.id,
]);
const [line] = await once(yardstick.stdout, 'data');
const fire = (url, headers) => autocannon({ url, headers, connections: 20, duration: seconds });
const ours = [];
const bare = [];
const p99 = [];
await fire(session.api + path, session.headers);
for (let round = 0; round < rounds; round++) {
  const one = await fire(session.api + path, session.headers);
  if (one.non2xx > 0 || one.errors > 0) throw new Error(`${one.non2xx} bad answers, ${one.errors} errors`);
  ours.push(one.requests.average);
  p99.push(one.latency.p99);
  bare.push((await fire(String(line).trim(), {})).requests.average);
}
yardstick.kill();
console.log(
  JSON.stringify({
    scenario: 'GET stack',
    requestsPerSecond: Math.round(median(ours)),
    yardstick: Math.round(median(bare)),
    share: Number((median(ours) / median(bare)).toFixed(2)),
    p99Ms: median(p99),
    targets: { requestsPerSecond: 1200, share: 0.5, p99Ms: 40 },
    ...memory(server.child.pid),
  }),
);
await stop(server);
removeFolder(folder);
