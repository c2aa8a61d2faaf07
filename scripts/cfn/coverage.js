/**
 * Writes docs/cfn-compatibility.md: `node scripts/cfn/coverage.js [--check]`; with `--check` it only tells whether the page
 * is current. For every action of botocore's model: whether it is implemented, whether each required member is missed when
 * it is not there, and which members of its answers are filled in a play through all actions. Measured, not claimed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadApi } from './bundle.js';
import { createClient } from './client.js';
import { play, STUBBORN } from './scenario.js';
import { UNFILLED } from './unfilled.js';

const page = fileURLToPath(new URL('../../docs/cfn-compatibility.md', import.meta.url));
const sources = await loadApi();
const { ACTIONS, membersOf, operationNamed, operationNames, shapeNamed } = sources;
const implemented = new Set(ACTIONS.map((action) => action.name));
const filled = new Map();

const client = await createClient(sources, { engine: { faults: STUBBORN, limits: { cancelGraceMs: 100 } } });
const { call } = client;
client.call = async (action, input) => {
  const answer = await call(action, input);
  const { output } = operationNamed(action) ?? {};
  if (answer.status === 200 && output !== undefined) note(action, '', shapeNamed(output), answer.result);
  return answer;
};
const missed = new Map();
try {
  for (const name of implemented) missed.set(name, await missedWithout(name));
  await play(client, sources);
} finally {
  await client.close();
}
if (client.bugs.length > 0) throw client.bugs[0];
finish();

/** Notes which members of an answer have something in them. */
function note(action, path, shape, node) {
  if (shape.type === 'structure') {
    for (const member of membersOf(shape)) {
      const value = node?.[member.wireName];
      if (value === undefined) continue;
      const at = path === '' ? member.name : `${path}.${member.name}`;
      const isComplex = ['structure', 'list', 'map'].includes(member.shape.type);
      if (!isComplex || value !== '') mark(action, at);
      if (isComplex) note(action, at, member.shape, value);
    }
  } else if (shape.type === 'list') {
    const of = shapeNamed(shape.member);
    for (const item of [node?.[shape.memberName ?? 'member'] ?? []].flat()) note(action, path, of, item);
  }
}

function mark(action, path) {
  const known = filled.get(action) ?? new Set();
  known.add(path);
  filled.set(action, known);
}

/** Every member that answers of an action may have, at any depth. */
function pathsOf(shape, path = '', around = []) {
  if (shape.type === 'list') return pathsOf(shapeNamed(shape.member), path, around);
  if (shape.type !== 'structure' || around.includes(shape)) return [];
  return membersOf(shape).flatMap((member) => {
    const at = path === '' ? member.name : `${path}.${member.name}`;
    return [at, ...pathsOf(member.shape, at, [...around, shape])];
  });
}

/** The required members that a request without any is told of. */
async function missedWithout(name) {
  const { input } = operationNamed(name);
  const required = input === undefined ? [] : (shapeNamed(input).required ?? []);
  if (required.length === 0) return [];
  const { message = '' } = await call(name, {});
  return required.filter((one) =>
    message.includes(
      `'${one.charAt(0).toLowerCase()}${one.slice(1)}' failed to satisfy constraint: Member must not be null`,
    ),
  );
}

function row(name) {
  const { input, output } = operationNamed(name);
  const required = input === undefined ? [] : (shapeNamed(input).required ?? []);
  if (!implemented.has(name)) return `| ${name} | no | | |`;
  const checked = required.length === 0 ? '–' : `${missed.get(name).length} of ${required.length}`;
  const all = output === undefined ? [] : pathsOf(shapeNamed(output));
  const seen = all.filter((path) => filled.get(name)?.has(path));
  return `| ${name} | yes | ${checked} | ${all.length === 0 ? '–' : `${seen.length} of ${all.length}`} |`;
}

/** What is not filled, with the reason; what has none is what is still to do. */
function unfilled() {
  const rows = new Map();
  const unexplained = [];
  for (const name of [...implemented].sort()) {
    const { output } = operationNamed(name);
    const all = output === undefined ? [] : pathsOf(shapeNamed(output));
    for (const path of all.filter((one) => !filled.get(name)?.has(one))) {
      // Of a structure that is never there its parts need not be listed.
      if (all.some((other) => path.startsWith(`${other}.`) && !filled.get(name)?.has(other))) continue;
      const known = UNFILLED.find(({ match }) => match.test(`${name}.${path}`));
      if (!known) unexplained.push(`${name}.${path}`);
      const why = known?.why ?? 'not explained';
      rows.set(why, [...(rows.get(why) ?? []), `\`${name}.${path}\``]);
    }
  }
  return { rows, unexplained };
}

/** What `npm run corpus:cfn -- --record` has found. */
function corpus() {
  const { figures, reasons } = JSON.parse(readFileSync(new URL('corpus-figures.json', import.meta.url), 'utf8'));
  const percent = (part, of) => `${part} of ${of} (${((100 * part) / of).toFixed(1)} %)`;
  const rows = figures.map(
    ({ label, total, passed, faulty }) =>
      `| ${label} | ${percent(passed, total)} | ${total - faulty} | ${percent(passed, total - faulty)} |`,
  );
  const list = reasons.map(({ side, why, names }) => {
    const whose = side === 'template' ? 'AWS refuses it too' : 'not offered here';
    return `- ${why} (${whose}): ${names.map((name) => `\`${name}\``).join(', ')}`;
  });
  return `AWS's sample templates (\`aws\`) and cfn-lint's good ones (\`cfn-good\`) go through the API on the simulated cloud: a change set of
type CREATE, then CreateStack to CREATE_COMPLETE, then DeleteStack; parameters without a default get made-up values.
\`npm run corpus:cfn\` repeats it.

| Collection | Pass | Sound | Of the sound |
| --- | --- | --- | --- |
${rows.join('\n')}

What does not pass:

${list.join('\n')}`;
}

function finish() {
  const names = operationNames().sort();
  const { rows, unexplained } = unfilled();
  const unchecked = [...missed].filter(
    ([name, found]) => found.length < (shapeNamed(operationNamed(name).input).required ?? []).length,
  );
  const text = `# CloudFormation's API

At \`/cfn\` the server answers the Query API of 2010-05-15. Requests are read, checked and answered by the service model
that AWS's own clients use (\`src/api-cfn/model/cloudformation.json\`): a required member that is missing, a wrong word or a
wrong type is refused in AWS's words before the action begins.

${implemented.size} of ${names.length} actions are implemented. The others – hooks, publishers, and the registration, activation and
configuration of third-party types – answer \`ValidationError\` and name the action.

This page is made by \`node scripts/cfn/coverage.js\`, which plays a life of stacks through the API and looks at the answers:
*Required members* counts those that are missed by name when they are absent, *Members of the answer* those (at any depth)
that were filled at least once.

| Action | Implemented | Required members checked | Members of the answer filled |
| --- | --- | --- | --- |
${names.map(row).join('\n')}

## Templates of others

${corpus()}

## Clients and hostile requests

\`npm run test:clients\` lets the AWS SDK for JavaScript, and what is installed of boto3 and of the \`aws\` command (version 1 and 2),
play a part in every action that they know, go all ways back of failed creations and updates, share exports, find drift,
import and refactor; \`aws cloudformation deploy\`, \`package\` and every waiter but \`type-registration-complete\` run against
one server with its own object store. \`npm run fuzz\` sends 20,000 malformed, hostile or wrongly signed requests: none may be
answered as a mistake of the service, break the XML or change what others have; requests that are replayed after more than
five minutes, or changed on their way, are refused.

## Alarms

The alarms of a \`RollbackConfiguration\` (\`AWS::CloudWatch::Alarm\`, \`CompositeAlarm\` of the same project and region) are looked
at every second while a stack is created or updated and for \`MonitoringTimeInMinutes\` after everything is there; an update
removes what it no longer needs only then. An alarm in \`ALARM\`, or one that does not exist, undoes the operation. How the
state of a simulated alarm is set stands in [resource types](resource-types.md).

## Members that are never filled

${[...rows].map(([why, paths]) => `- ${why}: ${paths.join(', ')}`).join('\n')}
`;
  const isCurrent = existsSync(page) && readFileSync(page, 'utf8') === text;
  if (!process.argv.includes('--check')) writeFileSync(page, text);
  else if (!isCurrent) {
    console.error('docs/cfn-compatibility.md is not current: run node scripts/cfn/coverage.js');
    process.exitCode = 1;
  }
  for (const [name] of unchecked) console.error(`${name}: not every required member is checked`);
  for (const path of unexplained) console.error(`${path}: not filled`);
  if (unchecked.length > 0 || unexplained.length > 0) process.exitCode = 1;
  console.log(`${implemented.size} of ${names.length} actions`);
}
