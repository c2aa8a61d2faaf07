/**
 * Runs AWS's sample templates through CloudFormation's API: `npm run corpus:cfn -- [--only TEXT] [--verbose] [--record]`.
 * For each: a change set that would create it, then a stack of it on a simulated cloud in memory (made-up values for what
 * has no default), then its deletion. What does not get through is listed with its reason. Does nothing without the corpus.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadApi } from './cfn/bundle.js';
import { findTemplates } from './corpus/find-templates.js';
import { REASONS } from './corpus/outcomes-by-api.js';
import { tryByApi } from './corpus/try-by-api.js';

const WORKERS = 4;
const RECORD = fileURLToPath(new URL('cfn/corpus-figures.json', import.meta.url));
const COLLECTIONS = ['aws', 'cfn-good'];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
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
    const known = REASONS.find(({ name, reason }) => result.name.startsWith(name) && reason.test(result.reason ?? ''));
    return { ...result, known: result.stage === undefined ? undefined : known };
  });
  for (const { name, stage, reason, known } of results.filter((one) => one.stage !== undefined)) {
    console.log(`${name}: ${stage} (${known ? `${known.side}: ${known.why}` : 'NOT EXPLAINED'})\n    ${reason}`);
  }
  const figures = COLLECTIONS.map((collection) =>
    summary(
      collection,
      results.filter((result) => result.collection === collection),
    ),
  );
  figures.push(summary('all', results));
  if (options.record) record(figures, results);
  const surprises = results.filter(({ stage, known }) => stage !== undefined && !known);
  if (surprises.length > 0) process.exitCode = 1;
}

/** Each share with what it is of: of all, of what AWS would take, and of what this service says it offers. */
function summary(label, results) {
  const count = (test) => results.filter(test).length;
  const passed = count(({ stage }) => stage === undefined);
  const faulty = count(({ known }) => known?.side === 'template');
  const missing = count(({ known }) => known?.side === 'service');
  const share = (of) => (of === 0 ? '–' : `${passed} of ${of} (${((100 * passed) / of).toFixed(1)} %)`);
  const total = results.length;
  console.log(
    `${label}: ${share(total)} pass; of those that AWS would take as they stand ${share(total - faulty)}; ` +
      `of those that do without the serverless transform ${share(total - faulty - missing)}`,
  );
  return { label, total, passed, faulty, missing };
}

/** Keeps the figures for docs/cfn-compatibility.md, which scripts/cfn/coverage.js writes. */
function record(figures, results) {
  const failed = results.filter(({ stage }) => stage !== undefined);
  const whys = [...new Set(failed.map(({ known }) => `${known?.side}: ${known?.why}`))].sort();
  const reasons = whys.map((key) => {
    const [side, why] = key.split(/: (.*)/s);
    const names = failed.filter(({ known }) => `${known?.side}: ${known?.why}` === key).map(({ name }) => name);
    return { side, why, names: names.sort() };
  });
  writeFileSync(RECORD, `${JSON.stringify({ figures, reasons }, null, 2)}\n`);
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
