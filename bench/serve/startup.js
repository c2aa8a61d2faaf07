/** How long `baton serve` takes until it can be asked, beyond `node -e 0`, and what it holds when idle. */
import { spawnSync } from 'node:child_process';
import { median, memory, newFolder, removeFolder, serve, stop } from './server.js';

const runs = Number(process.argv[2] ?? 7);
const first = [];
const again = [];
const bare = [];
let idle;
const folder = newFolder();
for (let run = 0; run < runs; run++) {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  bare.push(performance.now() - started);
  const fresh = newFolder();
  const one = await serve(fresh);
  first.push(one.readyMs);
  await stop(one);
  removeFolder(fresh);
  const other = await serve(folder);
  if (run > 0) again.push(other.readyMs);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  idle = memory(other.child.pid);
  await stop(other);
}
removeFolder(folder);
const node = median(bare);
console.log(
  JSON.stringify({
    scenario: 'start-up',
    nodeMs: Math.round(node),
    firstStartMs: Math.round(median(first) - node),
    laterStartMs: Math.round(median(again) - node),
    targetMs: 600,
    idleRssMb: idle.rssMb,
    targetRssMb: 130,
  }),
);
