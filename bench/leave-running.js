/** Begins n operations in a data folder and dies in the middle of them, as by `kill -9`. */
import { createEngine, localCaller } from '../dist/index.js';
import { independent } from './templates.js';
import { zeroLatencyTypes } from './zero-latency.js';

const [dataDir, n] = process.argv.slice(2);
const engine = await createEngine({ dataDir, types: zeroLatencyTypes(() => 3_600_000) });
const caller = localCaller();
for (let index = 0; index < Number(n); index++) {
  await engine.stacks.create(caller, { name: `stack-${index}`, template: independent(2) });
}
process.kill(process.pid, 'SIGKILL');
