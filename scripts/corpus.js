/**
 * Runs other people's templates through the engine: `npm run corpus [-- --only TEXT] [--life] [--verbose] [--json FILE]`.
 * Each is parsed, validated, created on a simulated cloud in memory with made-up values for what has no default, and deleted
 * again; what does not get through is listed with its reason. With --life each is updated without a change, converged, checked, put to
 * sleep, copied and restored in between, and must be the same afterwards. Does nothing where the corpus is not there.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULTY } from './corpus/faulty.js';
import { findTemplates } from './corpus/find-templates.js';
import { loadSources } from './corpus/sources.js';
import { tryTemplate } from './corpus/try-template.js';

const WORKERS = 8;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    json: { type: 'string' },
    life: { type: 'boolean', default: false },
    folder: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
  },
});

if (existsSync(options.folder)) await main();

async function main() {
  const started = performance.now();
  const sources = await loadSources();
  const entries = findTemplates(options.folder).filter(({ name }) => name.includes(options.only ?? ''));
  const results = await inTurns(entries, async (entry) => {
    const result = await tryTemplate(sources, entry, { life: options.life }).catch((error) => ({
      ...entry,
      stage: 'crash',
      reasons: [error.stack],
      leftovers: [],
    }));
    if (options.verbose)
      console.log(
        `${outcome(result)} ${result.name}${result.supplied?.length ? ` (given: ${result.supplied.join(', ')})` : ''}`,
      );
    return {
      ...result,
      fault: FAULTY.find(({ name, reason }) => result.name.startsWith(name) && reason.test(result.reasons.join('\n'))),
    };
  });
  for (const collection of [...new Set(results.map((result) => result.collection))]) report(collection, results);
  for (const { name, life = [] } of results.filter((result) => result.life?.length > 0))
    console.log(`\n${name}: lives on\n    ${life.join('\n    ')}`);
  const surprises = results.filter(isSurprise);
  for (const result of surprises) list(result);
  if (options.verbose)
    for (const result of results.filter((one) => !isSurprise(one) && one.reasons.length > 0)) list(result);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  summary(results, surprises, started);
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

function outcome({ stage, created, deleted, leftovers }) {
  if (stage !== undefined) return `✗ ${stage}`.padEnd(10);
  return (created && deleted && leftovers.length === 0 ? '✓' : '✗ leftover').padEnd(10);
}

/** Something that we cannot put down to the template. */
function isSurprise(result) {
  if (result.collection === 'cfn-bad') return ['crash', 'delete'].includes(result.stage) || result.leftovers.length > 0;
  return (result.stage !== undefined && !result.fault) || result.leftovers.length > 0;
}

function report(collection, results) {
  const own = results.filter((result) => result.collection === collection);
  const count = (test) => own.filter(test).length;
  console.log(
    `${collection.padEnd(9)} ${String(own.length).padStart(4)} templates: ${count((one) => one.parsed)} parse, ${count((one) => one.validated)} validate, ` +
      `${count((one) => one.created)} create, ${count((one) => one.deleted)} delete, ${own.reduce((sum, one) => sum + one.leftovers.length, 0)} left over` +
      `${collection === 'cfn-bad' ? `, ${count((one) => one.stage !== undefined)} refused` : `, ${count((one) => one.stage !== undefined && one.fault)} at fault themselves`}`,
  );
}

function list({ name, stage, reasons, leftovers, fault }) {
  console.log(`\n${name}: ${stage ?? 'leftovers'}${fault ? ` (${fault.why})` : ''}`);
  for (const reason of (reasons.length > 0 ? reasons : leftovers).slice(0, options.verbose ? 50 : 3))
    console.log(`    ${reason}`);
}

function summary(results, surprises, started) {
  const good = results.filter(({ collection, fault }) => collection !== 'cfn-bad' && !fault);
  const done = good.filter(({ created, deleted, leftovers }) => created && deleted && leftovers.length === 0);
  const share = good.length === 0 ? 100 : (done.length / good.length) * 100;
  console.log(
    `\n${done.length} of ${good.length} sound templates create and delete without a trace (${share.toFixed(1)} %), ` +
      `${surprises.length} surprises, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  const changed = results.filter(({ life }) => life?.length > 0);
  if (options.life) console.log(`${done.length - changed.length} of ${done.length} live on unchanged`);
  if (share < 95 || changed.length > 0) process.exitCode = 1;
}
