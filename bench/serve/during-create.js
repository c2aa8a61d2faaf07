/** GETs of one stack while a stack of 10,000 resources is being made. */
import autocannon from 'autocannon';
import { createStack, logIn, memory, newFolder, removeFolder, serve, settled, stop, template } from './server.js';

const size = Number(process.argv[2] ?? 10_000);
const folder = newFolder();
const server = await serve(folder);
const session = await logIn(server);
const small = await createStack(session, 'small', template(5));
await settled(session, small);
const fire = autocannon({ url: session.api + small, headers: session.headers, connections: 20, duration: 600 });
const from = performance.now();
const big = await createStack(session, 'big', template(size));
const accepted = performance.now() - from;
const status = await settled(session, big);
const ms = performance.now() - from;
fire.stop();
const result = await fire;
console.log(
  JSON.stringify({
    scenario: `GET stack while ${size} resources are made`,
    status,
    acceptedMs: Math.round(accepted),
    createMs: Math.round(ms),
    requestsPerSecond: Math.round(result.requests.average),
    p99Ms: result.latency.p99,
    maxMs: result.latency.max,
    bad: result.non2xx + result.errors,
    targets: { p99Ms: 150 },
    ...memory(server.child.pid),
  }),
);
await stop(server);
removeFolder(folder);
