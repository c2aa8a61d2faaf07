/** 200 stacks of 5 resources made by 50 clients at once, until the last one is complete. */
import { createStack, logIn, memory, newFolder, removeFolder, serve, settled, stop, template } from './server.js';

const total = Number(process.argv[2] ?? 200);
const clients = Number(process.argv[3] ?? 50);
const folder = newFolder();
const server = await serve(folder);
const session = await logIn(server);
const from = performance.now();
let next = 0;
const statuses = {};
const client = async () => {
  while (next < total) {
    const status = await settled(session, await createStack(session, `p${next++}`, template(5)), 20);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
};
await Promise.all(Array.from({ length: clients }, client));
const ms = performance.now() - from;
console.log(
  JSON.stringify({
    scenario: `${total} stacks of 5 by ${clients} clients`,
    seconds: Number((ms / 1000).toFixed(2)),
    stacksPerSecond: Math.round((total * 1000) / ms),
    statuses,
    targets: { seconds: 8, rssMb: 300 },
    ...memory(server.child.pid),
  }),
);
await stop(server);
removeFolder(folder);
