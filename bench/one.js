/** Runs one scenario and prints `{ms, rssMb, extra}`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCENARIOS } from './scenarios.js';

const scenario = SCENARIOS.find(({ name }) => name === process.argv[2]);
const dataDir = mkdtempSync(join(tmpdir(), 'baton-bench-'));
try {
  const { ms, extra } = await scenario.run(dataDir);
  console.log(JSON.stringify({ ms, rssMb: process.resourceUsage().maxRSS / 1024, extra }));
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
