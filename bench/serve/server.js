/** A served data folder for the measurements: starts `baton serve`, logs in, sends requests. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../../bin/baton.js', import.meta.url));

export const newFolder = () => mkdtempSync(join(tmpdir(), 'baton-bench-'));
export const removeFolder = (folder) => rmSync(folder, { recursive: true, force: true });

/** Resolves when the server has printed its address; `readyMs` is the time until then. */
export function serve(dataDir) {
  const started = performance.now();
  const child = spawn(process.execPath, [binary, 'serve', '--data-dir', dataDir, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('exit', (code) => reject(new Error(`baton serve ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const url = /http:\/\/\S+/.exec(text)?.[0];
      if (url === undefined) return;
      resolve({ child, url, dataDir, readyMs: performance.now() - started });
    });
  });
}

export function stop({ child }) {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
}

/** Resident memory of a process in MB: now, and at its peak. */
export function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { rssMb: field('VmRSS'), peakRssMb: field('VmHWM') };
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request; the body is parsed, if there is one. */
export function send(method, url, { headers = {}, body } = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        agent,
        headers: { accept: 'application/json', ...(text ? { 'content-type': 'application/json' } : {}), ...headers },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          const isJson = response.headers['content-type']?.includes('json');
          resolve({
            status: response.statusCode,
            headers: response.headers,
            text: answer,
            body: isJson && answer ? JSON.parse(answer) : undefined,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Logs in as the demo user: `{token, api}` with the address of the project's API. */
export async function logIn({ url, dataDir }) {
  const openrc = Object.fromEntries(
    [...readFileSync(join(dataDir, 'demo-openrc'), 'utf8').matchAll(/^export (\w+)='(.*)'$/gm)].map(
      ([, name, value]) => [name, value],
    ),
  );
  const domain = { id: 'default' };
  const answer = await send('POST', `${url}/identity/v3/auth/tokens`, {
    body: {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: openrc.OS_USERNAME, domain, password: openrc.OS_PASSWORD } },
        },
        scope: { project: { name: openrc.OS_PROJECT_NAME, domain } },
      },
    },
  });
  const token = answer.headers['x-subject-token'];
  return {
    token,
    projectId: answer.body.token.project.id,
    api: `${url}/v1/${answer.body.token.project.id}`,
    headers: { 'x-auth-token': token },
  };
}

/** Makes a stack; resolves with its path below the API when it has been accepted. */
export async function createStack(session, name, template) {
  const answer = await send('POST', `${session.api}/stacks`, {
    headers: session.headers,
    body: { stack_name: name, template, timeout_mins: 60 },
  });
  if (answer.status !== 201) throw new Error(`create ${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return `/stacks/${name}/${answer.body.stack.id}`;
}

export async function settled(session, path, everyMs = 100) {
  for (;;) {
    const { body } = await send('GET', `${session.api}${path}?resolve_outputs=false`, { headers: session.headers });
    const status = body.stack.stack_status;
    if (!status.endsWith('IN_PROGRESS')) return status;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
export const percentile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)];

/** A stack of n resources like people's: values that refer to each other, a parameter, outputs. */
export function template(n) {
  const resources = {};
  for (let index = 0; index < n; index++) {
    resources[`r${index}`] = {
      type: 'OS::Heat::Value',
      properties: { value: index % 5 === 0 ? { get_param: 'v' } : { get_attr: [`r${index - 1}`, 'value'] } },
    };
  }
  return {
    heat_template_version: '2018-08-31',
    description: 'measured',
    parameters: { v: { type: 'string', default: 'x' } },
    resources,
    outputs: { first: { value: { get_attr: ['r0', 'value'] } }, last: { value: { get_attr: [`r${n - 1}`, 'value'] } } },
  };
}
