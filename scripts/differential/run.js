#!/usr/bin/env node
/**
 * Plays scenarios against baton and against a real Heat with the same client and compares what its user sees.
 *
 *   node scripts/differential/run.js [--only TEXT] [--parallel N] [--all]   baton against the recorded answers
 *   node scripts/differential/run.js --heat OPENRC …                        … against the Heat that OPENRC names
 *   node scripts/differential/run.js --record --heat OPENRC …               asks only that Heat, and keeps its answers
 *
 * --missing leaves out what is recorded already and has not changed since.
 * --all prints every difference, not the first of each scenario. Exit code 1: fewer than 95 % agree.
 */
import { parseArgs } from 'node:util';
import { startBaton } from './baton-server.js';
import { comparePlays } from './compare.js';
import { readOpenrc } from './heat-client.js';
import { playAll } from './play-all.js';
import { needsRecording, readRecorded, writeRecorded } from './recordings.js';
import { readScenarios } from './scenarios.js';
import { PACES } from './watch.js';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    parallel: { type: 'string', default: '6' },
    heat: { type: 'string' },
    record: { type: 'boolean', default: false },
    missing: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const SHOWN = 6;
const LOG_SHOWN = 1500;
const parallel = Number(options.parallel);
const keyOf = ({ file, name }) => `${file}/${name}`;
let scenarios = readScenarios(options.only);
if (options.missing) scenarios = scenarios.filter(needsRecording);
const byKey = new Map(scenarios.map((scenario) => [keyOf(scenario), scenario]));

async function askHeat() {
  return playAll(readOpenrc(options.heat), scenarios, {
    parallel,
    onPlayed(key, play) {
      if (play.broken) console.log(`${key} broke off: ${play.broken}`);
      else if (options.record) writeRecorded(byKey.get(key), play);
    },
  });
}

async function askBaton() {
  const server = await startBaton();
  try {
    return await playAll(server.demo, scenarios, { parallel, pace: PACES.baton });
  } finally {
    await server.stop();
    if (server.log().trim() !== '') console.log(`the server's log ends:\n${server.log().slice(-LOG_SHOWN)}`);
  }
}

function report(ours, theirs) {
  let agree = 0;
  let total = 0;
  for (const scenario of scenarios) {
    const key = keyOf(scenario);
    const play = ours[key];
    const other = theirs(scenario, key);
    if (other === undefined) {
      console.log(`${key}: no answers of a real Heat`);
      continue;
    }
    total += 1;
    const found = play.broken ? [play.broken] : comparePlays(play, other, scenario.ignore);
    if (found.length === 0) {
      agree += 1;
      continue;
    }
    console.log(key);
    for (const text of options.all ? found : found.slice(0, SHOWN)) console.log(`    ${text}`);
    if (!options.all && found.length > SHOWN) console.log(`    and ${found.length - SHOWN} more`);
  }
  console.log(`\n${agree} of ${total} scenarios agree (${((100 * agree) / Math.max(1, total)).toFixed(1)} %)`);
  return agree / Math.max(1, total);
}

if (options.record) {
  const plays = await askHeat();
  console.log(`${Object.values(plays).filter((play) => !play.broken).length} scenarios recorded`);
  if (options.json) console.log(JSON.stringify(plays, null, 1));
} else {
  const theirs = options.heat ? await askHeat() : undefined;
  const ours = await askBaton();
  if (options.json) console.log(JSON.stringify(ours, null, 1));
  const share = report(ours, (scenario, key) => (theirs ? theirs[key] : readRecorded(scenario)));
  process.exitCode = share >= 0.95 ? 0 : 1;
}
