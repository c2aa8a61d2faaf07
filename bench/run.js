/**
 * Speed of the engine: `npm run bench [-- --runs 3] [-- --only create]`. Each scenario runs in a process of its own, on a
 * SQLite database on disk with durable commits; prints one JSON line each: scenario, n, median and p95 in ms, peak RSS.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SCENARIOS } from './scenarios.js';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const runs = Number(option('runs', '3'));
const only = option('only', '');
const results = new Map();

for (const scenario of SCENARIOS.filter(({ name }) => name.includes(only))) {
  const measured = [];
  for (let run = 0; run < (scenario.runs ?? runs); run++) {
    const child = spawnSync(process.execPath, [fileURLToPath(new URL('./one.js', import.meta.url)), scenario.name], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    if (child.status !== 0) throw new Error(`${scenario.name} failed:\n${child.stderr}${child.stdout}`);
    measured.push(JSON.parse(child.stdout.trim().split('\n').at(-1)));
  }
  const times = measured.map(({ ms }) => ms).sort((a, b) => a - b);
  const result = {
    scenario: scenario.name,
    n: scenario.n,
    medianMs: Math.round(times[Math.floor(times.length / 2)]),
    p95Ms: Math.round(times[Math.min(times.length - 1, Math.ceil(times.length * 0.95) - 1)]),
    peakRssMb: Math.round(Math.max(...measured.map(({ rssMb }) => rssMb))),
    ...(measured[0].extra ?? {}),
    ...(scenario.target === undefined ? {} : { targetMs: scenario.target }),
  };
  results.set(scenario.name, result);
  console.log(JSON.stringify(result));
}

const small = results.get('create independent 1000');
const large = results.get('create independent 10000');
if (small && large) {
  const exponent = Math.log10(large.medianMs / small.medianMs);
  console.log(
    JSON.stringify({ scenario: 'growth exponent 1000 to 10000', value: Number(exponent.toFixed(2)), target: 1.1 }),
  );
}
