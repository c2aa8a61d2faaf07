/**
 * Runs AWS's sample templates through CloudFormation's API: `node scripts/corpus-cfn.js [--only TEXT] [--verbose]`.
 * For each: a change set that would create it, then a stack of it on a simulated cloud in memory (made-up values for what
 * has no default), then its deletion. What does not get through is listed with its reason. Does nothing without the corpus.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadApi } from './cfn/bundle.js';
import { FAULTY } from './corpus/faulty.js';
import { findTemplates } from './corpus/find-templates.js';
import { tryByApi } from './corpus/try-by-api.js';

const WORKERS = 4;
const COLLECTIONS = ['aws', 'cfn-good'];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
    folder: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
  },
});

if (existsSync(options.folder)) await main();

async function main() {
  const sources = await loadApi();
  const all = findTemplates(options.folder);
  const entries = all.filter(({ name, collection }) => COLLECTIONS.includes(collection) && name.includes(options.only));
  const results = await inTurns(entries, async (entry) => {
    const result = await tryByApi(sources, entry, all).catch((error) => ({
      ...entry,
      stage: 'crash',
      reason: error.stack,
    }));
    if (options.verbose) console.log(`${result.stage === undefined ? '✓' : `✗ ${result.stage}`} ${result.name}`);
    return {
      ...result,
      fault: FAULTY.find(({ name, reason }) => result.name.startsWith(name) && reason.test(result.reason ?? '')),
    };
  });
  for (const { name, stage, reason, fault } of results.filter((one) => one.stage !== undefined)) {
    console.log(`${name}: ${stage}${fault ? ` (${fault.why})` : ''}\n    ${reason}`);
  }
  for (const collection of COLLECTIONS)
    summary(
      collection,
      results.filter((result) => result.collection === collection),
    );
  const good = results.filter(({ fault }) => !fault);
  const passed = good.filter(({ stage }) => stage === undefined);
  const share = good.length === 0 ? 1 : passed.length / good.length;
  console.log(`${passed.length} of ${good.length} that are not at fault themselves (${(share * 100).toFixed(1)} %)`);
  if (share < 0.95) process.exitCode = 1;
}

function summary(collection, results) {
  const passed = results.filter(({ stage }) => stage === undefined).length;
  const faults = results.filter(({ fault }) => fault).length;
  console.log(`${collection}: ${passed} of ${results.length} pass, ${faults} are at fault themselves`);
}

/** A few at a time: most of a trial is waiting for simulated servers to boot. */
async function inTurns(entries, work) {
  const results = new Array(entries.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < entries.length; index = next++) results[index] = await work(entries[index]);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return results;
}
