import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authFromEnvironment } from '../../../src/cli/transport/auth-options.js';
import { chooseDestination, dataFolder } from '../../../src/cli/transport/connect.js';
import { formatQuery, HttpTransport } from '../../../src/cli/transport/http-transport.js';
import { tokenRequest } from '../../../src/cli/transport/keystone.js';
import { parseOpenrc, servedFolder } from '../../../src/cli/transport/served-folder.js';

describe('the HTTP transport', () => {
  let server: Server;
  let base: string;
  let seen: { method: string; url: string; token: string | undefined; body: string }[];
  let logins: number;
  let refuseTokens: number;

  beforeEach(async () => {
    seen = [];
    logins = 0;
    refuseTokens = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const url = request.url ?? '';
        const body = Buffer.concat(chunks).toString();
        const reply = (status: number, value: unknown, headers = {}) => {
          response.writeHead(status, { 'content-type': 'application/json', ...headers });
          response.end(JSON.stringify(value));
        };
        if (url === '/identity/') {
          return reply(300, {
            versions: { values: [{ id: 'v3.14', links: [{ rel: 'self', href: `${base}/identity/v3/` }] }] },
          });
        }
        if (url === '/identity/v3/auth/tokens') {
          if (body.includes('wrong'))
            return reply(401, { error: { message: 'The request you have made requires authentication.' } });
          logins += 1;
          const endpoints = [
            { interface: 'internal', region: 'RegionOne', url: 'http://nowhere' },
            { interface: 'public', region: 'RegionOne', url: `${base}/v1/p1/` },
          ];
          return reply(
            201,
            { token: { catalog: [{ type: 'orchestration', endpoints }] } },
            { 'x-subject-token': `token-${logins}` },
          );
        }
        const token = request.headers['x-auth-token'];
        seen.push({ method: request.method ?? '', url, token: typeof token === 'string' ? token : undefined, body });
        if (refuseTokens-- > 0) return reply(401, {});
        if (url.startsWith('/v1/p1/stacks/web')) return reply(302, null, { location: `${base}/v1/p1/stacks/web/1` });
        return reply(200, { stacks: [] });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const options = () => ({ authUrl: `${base}/identity`, username: 'u', password: 'p', projectName: 'demo' });

  test('finds the version, logs in once, and uses the public endpoint of the catalogue', async () => {
    const transport = new HttpTransport(options());
    const response = await transport.request({
      method: 'GET',
      path: '/stacks',
      query: { limit: '2', tags: ['a', 'b'] },
    });
    await transport.request({ method: 'POST', path: '/stacks', body: { a: 'ü' } });
    await transport.close();
    expect(response).toMatchObject({ status: 200, body: { stacks: [] } });
    expect(logins).toBe(1);
    expect(seen).toEqual([
      { method: 'GET', url: '/v1/p1/stacks?limit=2&tags=a&tags=b', token: 'token-1', body: '' },
      { method: 'POST', url: '/v1/p1/stacks', token: 'token-1', body: '{"a":"ü"}' },
    ]);
  });

  test('does not follow redirects: the Location is the answer', async () => {
    const transport = new HttpTransport(options());
    const response = await transport.request({ method: 'GET', path: '/stacks/web' });
    await transport.close();
    expect(response).toMatchObject({ status: 302, headers: { location: `${base}/v1/p1/stacks/web/1` } });
  });

  test('logs in again once when the token has run out', async () => {
    const transport = new HttpTransport(options());
    refuseTokens = 1;
    expect((await transport.request({ method: 'GET', path: '/stacks' })).status).toBe(200);
    await transport.close();
    expect(seen.map((request) => request.token)).toEqual(['token-1', 'token-2']);
  });

  test('wrong credentials are told in Keystone’s words', async () => {
    const transport = new HttpTransport({ ...options(), password: 'wrong' });
    await expect(transport.request({ method: 'GET', path: '/stacks' })).rejects.toThrow(
      'The request you have made requires authentication. (HTTP 401)',
    );
    await transport.close();
  });

  test('a server that is not there is named', async () => {
    const transport = new HttpTransport({ authUrl: 'http://127.0.0.1:1/v3', username: 'u', password: 'p' });
    await expect(transport.request({ method: 'GET', path: '/stacks' })).rejects.toThrow(
      'Unable to reach http://127.0.0.1:1',
    );
    await transport.close();
  });
});

describe('the request of a login', () => {
  test.each([
    {
      reason: 'password with names gets the default domain',
      options: { username: 'u', password: 'p', projectName: 'x' },
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'u', password: 'p', domain: { id: 'default' } } },
        },
        scope: { project: { name: 'x', domain: { id: 'default' } } },
      },
    },
    {
      reason: 'ids need no domain',
      options: { userId: 'u', password: 'p', projectId: 'x' },
      auth: {
        identity: { methods: ['password'], password: { user: { id: 'u', password: 'p' } } },
        scope: { project: { id: 'x' } },
      },
    },
    {
      reason: 'an application credential is never scoped',
      options: {
        authType: 'v3applicationcredential',
        applicationCredentialId: 'i',
        applicationCredentialSecret: 's',
        projectId: 'x',
      },
      auth: { identity: { methods: ['application_credential'], application_credential: { id: 'i', secret: 's' } } },
    },
    {
      reason: 'a token',
      options: { authType: 'token', token: 't', projectId: 'x' },
      auth: { identity: { methods: ['token'], token: { id: 't' } }, scope: { project: { id: 'x' } } },
    },
    {
      reason: 'the system scope',
      options: { userId: 'u', password: 'p', systemScope: 'all' },
      auth: {
        identity: { methods: ['password'], password: { user: { id: 'u', password: 'p' } } },
        scope: { system: { all: true } },
      },
    },
  ])('$reason', ({ options, auth }) => {
    expect(tokenRequest(options)).toEqual({ auth });
  });
});

describe('where a command goes to', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-connect-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const choose = (rest: object) => chooseDestination({ env: { HOME: folder }, cwd: folder, auth: {}, ...rest });

  test('without anything: the folder under XDG’s data home', async () => {
    expect(await choose({})).toEqual({ kind: 'folder', dataDir: join(folder, '.local/share/baton') });
    expect(dataFolder({ env: { XDG_DATA_HOME: '/x' } })).toBe('/x/baton');
    expect(dataFolder({ env: { XDG_DATA_HOME: '/x', BATON_DATA: '/y' } })).toBe('/y');
    expect(dataFolder({ env: { BATON_DATA: '/y' }, dataDir: '/z' })).toBe('/z');
  });

  test('OS_AUTH_URL names a server, and --data-dir wins over it', async () => {
    const env = { HOME: folder, OS_AUTH_URL: 'http://k', OS_USERNAME: 'u' };
    expect(await choose({ env })).toEqual({ kind: 'server', auth: { authUrl: 'http://k', username: 'u' } });
    expect(await choose({ env, dataDir: '/z' })).toEqual({ kind: 'folder', dataDir: '/z' });
  });

  test('options win over the environment', async () => {
    const env = { HOME: folder, OS_AUTH_URL: 'http://k', OS_USERNAME: 'u' };
    expect(await choose({ env, auth: { username: 'v' } })).toMatchObject({
      auth: { authUrl: 'http://k', username: 'v' },
    });
  });

  test('a server and a folder at once are wrong usage', async () => {
    await expect(choose({ auth: { authUrl: 'http://k' }, dataDir: '/z' })).rejects.toThrow('give one of them');
  });

  test('a clouds.yaml entry, with secure.yaml over it', async () => {
    writeFileSync(
      join(folder, 'clouds.yaml'),
      'clouds:\n  c:\n    auth: {auth_url: http://c, username: u, project_name: p}\n    region_name: R\n    verify: false\n',
    );
    writeFileSync(join(folder, 'secure.yaml'), 'clouds:\n  c:\n    auth: {password: s}\n');
    expect(await choose({ cloud: 'c' })).toEqual({
      kind: 'server',
      auth: { authUrl: 'http://c', username: 'u', projectName: 'p', password: 's', regionName: 'R', insecure: true },
    });
    await expect(choose({ cloud: 'd' })).rejects.toThrow('Cloud d was not found; clouds.yaml has c.');
  });

  test('a folder that is being served: the server’s address with the login that it wrote', async () => {
    writeFileSync(join(folder, 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:8004', pid: process.pid }));
    writeFileSync(
      join(folder, 'openrc'),
      "export OS_USERNAME=admin\nexport OS_PASSWORD='se cret'\nexport OS_AUTH_URL=http://old\n",
    );
    expect(await choose({ dataDir: folder })).toEqual({
      kind: 'server',
      auth: { username: 'admin', password: 'se cret', authUrl: 'http://127.0.0.1:8004/identity/v3' },
    });
    expect(servedFolder(folder, () => false)).toBeUndefined();
  });

  test('half a note of a server that died does not count', () => {
    writeFileSync(join(folder, 'server.json'), '{"url":');
    expect(servedFolder(folder)).toBeUndefined();
  });
});

test('openrc files may quote, export and comment', () => {
  expect(parseOpenrc('# x\nexport A=1\nB="2 3"\n  export C=\'4\'\nunset D\n')).toEqual({ A: '1', B: '2 3', C: '4' });
});

test('old names of the environment are understood', () => {
  expect(
    authFromEnvironment({ OS_TENANT_NAME: 't', OS_ENDPOINT_TYPE: 'internalURL', OS_INSECURE: 'true', OS_PASSWORD: '' }),
  ).toEqual({
    projectName: 't',
    interface: 'internalURL',
    insecure: true,
  });
});

test('a query repeats a key for each value and escapes', () => {
  expect(formatQuery({ a: ['1', '2'], b: 'x y&z' })).toBe('?a=1&a=2&b=x+y%26z');
  expect(formatQuery(undefined)).toBe('');
});
