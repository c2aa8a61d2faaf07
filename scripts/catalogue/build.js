/**
 * Writes the catalogue that is not committed: one small file per AWS resource type and an index, into dist/catalogue,
 * and a copy of the Heat types next to it. `node scripts/catalogue/build.js [--force]`; nothing is done when the
 * package and this folder's scripts are those of the last run.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compactType, MISSING_TYPES } from './compact-aws.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const catalogue = join(root, 'dist/catalogue');
const require = createRequire(import.meta.url);

function stampOf() {
  const hash = createHash('sha256');
  hash.update(readFileSync(require.resolve('@aws-cdk/aws-service-spec/package.json')));
  for (const script of ['build.js', 'compact-aws.js']) hash.update(readFileSync(join(here, script)));
  return hash.digest('hex');
}

function writeHeat() {
  cpSync(join(root, 'src/resources/catalogue/heat'), join(catalogue, 'heat'), { recursive: true, force: true });
}

function writeAws(stamp) {
  const folder = join(catalogue, 'aws');
  const stampFile = join(folder, 'stamp');
  const upToDate = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (upToDate && !process.argv.includes('--force')) return undefined;
  const { loadAwsServiceSpecSync } = require('@aws-cdk/aws-service-spec');
  const database = loadAwsServiceSpecSync();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const names = [];
  const writeType = (type, compact) =>
    writeFileSync(join(folder, `${type.replaceAll('::', '__')}.json`), JSON.stringify(compact));
  for (const resource of database.all('resource')) {
    const type = resource.cloudFormationType;
    names.push(type);
    writeType(type, compactType(database, resource));
  }
  for (const [type, compact] of Object.entries(MISSING_TYPES)) {
    if (names.includes(type)) continue;
    names.push(type);
    writeType(type, compact);
  }
  writeFileSync(join(folder, 'index.json'), JSON.stringify(names.sort()));
  // Last, so that a run that was stopped half-way does not count as done.
  writeFileSync(stampFile, stamp);
  return readdirSync(folder).length - 2;
}

const started = performance.now();
mkdirSync(catalogue, { recursive: true });
writeHeat();
const written = writeAws(stampOf());
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(written === undefined ? 'catalogue: up to date' : `catalogue: ${written} AWS types in ${seconds} s`);
