/**
 * Compares the catalogue with the dumped Heat types: `node scripts/schemas-check.js [spec folder]`. Prints each
 * difference and fails if there is one; also loads every AWS type. Descriptions are not compared: the catalogue has none.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(resolve(process.argv[2] ?? join(root, '../shared/spec')), 'resource-schemas');
const outfile = join(root, 'dist/schemas-check.mjs');

if (!existsSync(folder)) {
  console.log(`nothing to compare with: ${folder} is not there`);
  process.exit(0);
}

/** The catalogue is TypeScript: bundled for this run. */
await build({
  stdin: {
    contents: `
      export { listTypes, loadSchema } from './catalogue.js';
      export { typeView } from './type-view.js';
      export { jsonSchemaOf } from '../../engine/drivers/property-validator.js';`,
    resolveDir: join(root, 'src/resources/catalogue'),
    loader: 'ts',
  },
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  outfile,
});
const { jsonSchemaOf, listTypes, loadSchema, typeView } = await import(pathToFileURL(outfile).href);
rmSync(outfile);

/** The same answer without descriptions; `inMap` says that keys are names and not words of the format. */
function facts(value, inMap = false) {
  if (Array.isArray(value)) return value.map((item) => facts(item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, item]) => inMap || key !== 'description' || typeof item === 'object',
  );
  return Object.fromEntries(
    kept.map(([key, item]) => [key, key === 'default' && !inMap ? item : facts(item, isNames(key, inMap))]),
  );
}

const isNames = (key, inMap) => !inMap && ['properties', 'attributes', 'schema'].includes(key);

function differences(expected, found, path) {
  if (JSON.stringify(expected) === JSON.stringify(found)) return [];
  const isBranch = (value) => typeof value === 'object' && value !== null;
  if (!isBranch(expected) || !isBranch(found)) {
    return [`${path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys].flatMap((key) => differences(expected[key], found[key], `${path}.${key}`));
}

const dumped = readdirSync(folder).filter((file) => file.endsWith('.json'));
const found = dumped.flatMap((file) => {
  const expected = facts(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  const schema = loadSchema(expected.resource_type, { prefer: 'heat' });
  if (schema === undefined) return [`${expected.resource_type}: not in the catalogue`];
  return differences(expected, facts(typeView(schema)), expected.resource_type);
});
const listed = new Set(dumped.map((file) => file.slice(0, -'.json'.length).replaceAll('__', '::')));
for (const type of listTypes({ origin: 'heat' })) if (!listed.has(type)) found.push(`${type}: only in the catalogue`);

const aws = listTypes({ origin: 'aws' });
for (const type of aws) {
  const schema = loadSchema(type, { prefer: 'aws' });
  JSON.stringify(typeView(schema));
  jsonSchemaOf(schema);
}

for (const line of found) console.log(line);
console.log(`${dumped.length} Heat types compared, ${found.length} differences; ${aws.length} AWS types loaded`);
process.exitCode = found.length === 0 ? 0 : 1;
