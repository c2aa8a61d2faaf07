import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseOpenrc } from '../../src/cli/transport/served-folder.js';

const BATON = fileURLToPath(new URL('../../bin/baton.js', import.meta.url));
const pem = (name: string) => fileURLToPath(new URL(`../server/localhost-${name}.pem`, import.meta.url));

/** `baton serve` as it is installed: bundled, in a process of its own. */
class Command {
  out = '';
  err = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(options: readonly string[], env: { [name: string]: string } = {}) {
    const child = spawn(process.execPath, [BATON, 'serve', ...options], {
      env: { PATH: process.env.PATH, HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (text) => {
      this.out += text;
    });
    child.stderr.on('data', (text) => {
      this.err += text;
    });
    this.ended = new Promise((resolve) => child.once('close', resolve));
    this.#child = child;
  }

  /** The address that it prints when it is ready. */
  async url(): Promise<string> {
    while (!this.out.includes('\n')) {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return /^baton serves at (\S+)\n/.exec(this.out)?.[1] ?? '';
  }

  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.ended;
  }
}

type Account = ReturnType<typeof parseOpenrc>;

async function tokenOf({ OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME }: Account): Promise<string> {
  const domain = { name: 'Default' };
  const user = { name: OS_USERNAME, domain, password: OS_PASSWORD };
  const scope = { project: { name: OS_PROJECT_NAME, domain } };
  const answer = await fetch(`${OS_AUTH_URL}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } }),
  });
  return answer.headers.get('x-subject-token') ?? '';
}

/** Asks for a stack in the account's project. */
async function sendAs(who: Account, url: string, body: object): Promise<Response> {
  const headers = { 'x-auth-token': await tokenOf(who), 'content-type': 'application/json' };
  const projects = await fetch(`${who.OS_AUTH_URL}/auth/projects`, { headers });
  const [project] = ((await projects.json()) as { projects: { id: string }[] }).projects;
  return fetch(`${url}/v1/${project?.id}/stacks`, { method: 'POST', headers, body: JSON.stringify(body) });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dataDir = () => join(folder, 'data');
const account = (file: string) => parseOpenrc(readFileSync(join(dataDir(), file), 'utf8'));

function configFile(text: string): string {
  const path = join(folder, 'baton.yaml');
  writeFileSync(path, text);
  return path;
}

test('a configuration file, variables over it and flags over both; the accounts are for their owner only', async () => {
  const config = configFile(
    'port: 1\nlog: { level: silent }\nlimits: { body_bytes: 5000 }\nregion: { openstack: North }\n',
  );
  const options = ['--config', config, '--data-dir', dataDir(), '--port', '0'];
  const command = new Command(options, { BATON_LIMITS_BODY_BYTES: '3000' });
  const url = await command.url();
  expect(new URL(url).port).not.toBe('1');
  const tooLong = await sendAs(account('demo-openrc'), url, { stack_name: 's', template: 'x'.repeat(4000) });
  expect([tooLong.status, await tooLong.text()]).toEqual([
    400,
    expect.stringMatching(/JSON body size \(\d+ bytes\) exceeds maximum allowed size \(3000 bytes\)/),
  ]);
  for (const file of ['openrc', 'demo-openrc', 'awsrc', 'secret.key']) {
    expect({ file, mode: statSync(join(dataDir(), file)).mode & 0o777 }).toEqual({ file, mode: 0o600 });
  }
  expect(account('demo-openrc')).toMatchObject({
    OS_AUTH_URL: `${url}/identity/v3`,
    OS_PROJECT_NAME: 'demo',
    OS_REGION_NAME: 'North',
  });
  expect(account('awsrc')).toMatchObject({
    AWS_ENDPOINT_URL_CLOUDFORMATION: `${url}/cfn`,
    ENDPOINT_URL: `${url}/cfn`,
    AWS_ACCESS_KEY_ID: expect.any(String),
    AWS_SECRET_ACCESS_KEY: expect.any(String),
    AWS_DEFAULT_REGION: expect.any(String),
  });
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ready: true });
  expect(await command.stop()).toBe(0);
  expect(readdirSync(dataDir())).not.toContain('server.json');
  // The next start finds the accounts and writes its own address to them.
  const { OS_PASSWORD } = account('openrc');
  const again = new Command(['--data-dir', dataDir(), '--port', '0'], { BATON_LOG_LEVEL: 'silent' });
  const second = await again.url();
  expect(account('openrc')).toMatchObject({ OS_AUTH_URL: `${second}/identity/v3`, OS_PASSWORD });
  expect(await again.stop()).toBe(0);
});

test.each([
  { text: 'prt: 1\n', says: /prt.*did you mean port\?/ },
  { text: 'limits: { body_byte: 5 }\n', says: /limits.*body_byte.*did you mean body_bytes\?/ },
  { text: 'port: many\n', says: /port must be integer/ },
  { text: 'port: [\n', says: /is not YAML/ },
])('a wrong configuration file ($text) is refused in words', async ({ text, says }) => {
  const command = new Command(['--config', configFile(text), '--data-dir', dataDir(), '--port', '0']);
  expect(await command.ended).toBe(1);
  expect(command.err).toMatch(says);
  expect(command.err).not.toContain('--debug');
});

test('it serves by TLS', async () => {
  const tls = ['--tls-cert', pem('cert'), '--tls-key', pem('key')];
  const command = new Command([...tls, '--data-dir', dataDir(), '--port', '0'], { BATON_LOG_LEVEL: 'silent' });
  const url = await command.url();
  expect(url).toMatch(/^https:/);
  expect(account('openrc')).toMatchObject({ OS_AUTH_URL: `${url}/identity/v3`, OS_CACERT: pem('cert') });
  const status = await new Promise((resolve, reject) => {
    const call = request(`${url}/healthcheck`, { ca: readFileSync(pem('cert')), servername: 'localhost' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on('error', reject);
    call.end();
  });
  expect(status).toBe(200);
  expect(await command.stop()).toBe(0);
});

test('its log is JSON with request ids, and no secret is in it', async () => {
  const command = new Command(['--data-dir', dataDir(), '--port', '0'], { BATON_LOG_LEVEL: 'debug' });
  const url = await command.url();
  const { OS_PASSWORD = '' } = account('openrc');
  const token = await tokenOf(account('openrc'));
  const answer = await fetch(`${url}/v1/x/stacks`, { headers: { 'x-auth-token': token } });
  expect(answer.status).toBe(200);
  expect(await command.stop()).toBe(0);
  const lines = command.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { requestId?: string });
  expect(lines.map(({ requestId }) => requestId)).toContain(answer.headers.get('x-openstack-request-id'));
  const { AWS_SECRET_ACCESS_KEY = '' } = account('awsrc');
  for (const secret of [token, OS_PASSWORD, AWS_SECRET_ACCESS_KEY]) {
    expect(secret.length).toBeGreaterThan(8);
    expect(command.err).not.toContain(secret);
  }
});
