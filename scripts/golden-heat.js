#!/usr/bin/env node
/**
 * Sends the requests that were recorded from a real Heat to baton and compares the answers, field by field.
 *
 *   node scripts/golden-heat.js [--golden DIR] [--openrc FILE] [--keep DIR] [--all]
 *
 * Without --openrc it starts `baton serve` on a fresh data folder. The recording script itself is run against baton, so
 * that everything it does between the recorded requests is done too. --all lists every difference, not the first of each.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareAnswers } from './golden/compare.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    golden: { type: 'string', default: join(root, '../shared/openstack/golden') },
    openrc: { type: 'string' },
    keep: { type: 'string' },
    all: { type: 'boolean', default: false },
  },
});

/** @param {string} file */
function readOpenrc(file) {
  const lines = readFileSync(file, 'utf8').matchAll(/^\s*export\s+(OS_\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, text]) => [name, text.trim().replace(/^(['"])(.*)\1$/, '$2')]));
}

/** Starts baton on a data folder and waits for its openrc. */
async function startServer(dataDir) {
  const child = spawn(process.execPath, [join(root, 'bin/baton.js'), 'serve', '--data-dir', dataDir, '--port', '0'], {
    // Only what goes wrong: the log is on standard error too.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, BATON_LOG_LEVEL: 'error' },
  });
  const openrc = join(dataDir, 'openrc');
  const end = Date.now() + 20_000;
  for (;;) {
    if (existsSync(openrc)) {
      const env = readOpenrc(openrc);
      const isUp = await fetch(env.OS_AUTH_URL).then(
        () => true,
        () => false,
      );
      if (isUp) return { child, env };
    }
    if (child.exitCode !== null || Date.now() > end) throw new Error('baton serve did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Logs in as the administrator and makes a plain member with the same password, as the recording has them. */
async function makeMember(env) {
  const url = env.OS_AUTH_URL.replace(/\/$/, '');
  const base = url.endsWith('/v3') ? url : `${url}/v3`;
  const domain = { id: 'default' };
  const user = { name: env.OS_USERNAME, domain, password: env.OS_PASSWORD };
  const scope = { project: { name: env.OS_PROJECT_NAME, domain } };
  const call = async (method, path, body, token) => {
    const response = await fetch(base + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { 'x-auth-token': token } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return { headers: response.headers, body: response.status === 204 ? undefined : await response.json() };
  };
  const login = await call('POST', '/auth/tokens', {
    auth: { identity: { methods: ['password'], password: { user } }, scope },
  });
  const token = login.headers.get('x-subject-token');
  const name = `golden-${randomBytes(3).toString('hex')}`;
  const { body: project } = await call('POST', '/projects', { project: { name, domain_id: 'default' } }, token);
  const { body: made } = await call(
    'POST',
    '/users',
    { user: { name: 'golden', domain_id: 'default', password: env.OS_PASSWORD } },
    token,
  );
  const { body: roles } = await call('GET', '/roles?name=member', undefined, token);
  const path = `/projects/${project.project.id}/users/${made.user.id}/roles/${roles.roles[0].id}`;
  await call('PUT', path, undefined, token);
  return { ...env, OS_AUTH_URL: base, OS_USERNAME: 'golden', OS_PROJECT_NAME: name };
}

/** Runs the recording script; what it recorded before it failed is compared all the same. */
function record(env, directory) {
  return new Promise((resolve, reject) => {
    const script = join(options.golden, 'capture_heat_api.py');
    const child = spawn('python3', [script, directory], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let trouble = '';
    child.stderr.on('data', (text) => {
      trouble += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? '' : trouble.trim().split('\n').slice(-3).join('\n')));
  });
}

const readAnswer = (directory, file) => JSON.parse(readFileSync(join(directory, file), 'utf8'));

function report(recorded, ours) {
  const names = readdirSync(recorded)
    .filter((file) => file.endsWith('.json'))
    .sort();
  // A step that the recording leaves out shifts the numbers but not the names.
  const plain = (file) => file.replace(/^\d+-/, '');
  const mine = new Map(readdirSync(ours).map((file) => [plain(file), file]));
  const rows = names.map((file) => {
    const match = mine.get(plain(file));
    const found = match ? compareAnswers(readAnswer(ours, match), readAnswer(recorded, file), file) : ['not answered'];
    return { file, found };
  });
  for (const { file, found } of rows.filter((row) => row.found.length > 0)) {
    console.log(`${file}`);
    for (const text of options.all ? found : found.slice(0, 3)) console.log(`    ${text}`);
    if (!options.all && found.length > 3) console.log(`    and ${found.length - 3} more`);
  }
  const equal = rows.filter((row) => row.found.length === 0).length;
  console.log(`\n${equal} of ${rows.length} answers are equal (${((100 * equal) / rows.length).toFixed(1)} %)`);
}

const recorded = join(options.golden, 'heat-api');
if (!existsSync(recorded)) {
  console.log(`no recorded answers in ${recorded}: nothing compared`);
  process.exit(0);
}
const work = mkdtempSync(join(tmpdir(), 'baton-golden-'));
const answers = options.keep ?? join(work, 'answers');
let server;
try {
  server = options.openrc ? undefined : await startServer(join(work, 'data'));
  const env = await makeMember(server ? server.env : readOpenrc(options.openrc));
  const trouble = await record(env, answers);
  if (existsSync(answers)) report(recorded, answers);
  if (trouble !== '') console.log(`the recording stopped early:\n${trouble}`);
} finally {
  server?.child.kill();
  rmSync(work, { recursive: true, force: true });
}
