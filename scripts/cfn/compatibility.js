/**
 * Writes docs/cfn-compatibility.md: every action of CloudFormation's service model, whether it is implemented, and what it
 * takes and gives. `node scripts/cfn/compatibility.js [--check]`; with `--check` it only tells whether the page is current.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = `${root}docs/cfn-compatibility.md`;
const outfile = `${root}dist/cfn-compatibility-${process.pid}.mjs`;

await build({
  absWorkingDir: root,
  stdin: {
    contents: `export { ACTIONS } from './src/api-cfn/action-table.js'; export * from './src/api-cfn/model/service-model.js';`,
    resolveDir: root,
    loader: 'ts',
  },
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
let model;
try {
  model = await import(pathToFileURL(outfile).href);
} finally {
  rmSync(outfile, { force: true });
}

const { ACTIONS, membersOf, operationNamed, operationNames, shapeNamed } = model;
const implemented = new Set(ACTIONS.map((action) => action.name));
const code = (names) => names.map((name) => `\`${name}\``).join(', ');

function row(name) {
  const { input, output } = operationNamed(name);
  const shape = input === undefined ? undefined : shapeNamed(input);
  const required = shape?.required ?? [];
  const given = output === undefined ? [] : membersOf(shapeNamed(output)).map((member) => member.name);
  return `| ${name} | ${implemented.has(name) ? 'yes' : 'no'} | ${code(required)} | ${code(given)} |`;
}

const names = operationNames().sort();
const text = `# CloudFormation's API

At \`/cfn\` the server answers the Query API of 2010-05-15. Requests are read, checked and answered by the service model
that AWS's own clients use (\`src/api-cfn/model/cloudformation.json\`): a required member that is missing, a wrong word or a
wrong type is refused in AWS's words before the action begins.

${implemented.size} of ${names.length} actions are implemented; the others answer \`ValidationError\` and name the action. This
table is made by \`node scripts/cfn/compatibility.js\`.

| Action | Implemented | Required members | Members of the answer |
| --- | --- | --- | --- |
${names.map(row).join('\n')}
`;

const isCurrent = existsSync(page) && readFileSync(page, 'utf8') === text;
if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (!isCurrent) {
  console.error('docs/cfn-compatibility.md is not current: run node scripts/cfn/compatibility.js');
  process.exitCode = 1;
}
console.log(`${implemented.size} of ${names.length} actions`);
