import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { runCli } from '../../../src/cli/main.js';
import { identityHandler } from '../../../src/server/identity-mount.js';
import { type ApiFixture, openApi } from '../../api-identity/api-fixture.js';
import { FakeTerminal } from '../fake-terminal.js';

let dir: string;
let env: Record<string, string>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-identity-'));
  env = { HOME: dir };
});
afterEach(() => rmSync(dir, { recursive: true }));

async function baton(line: string): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal();
  const code = await runCli(line.split(' '), { terminal, env, cwd: dir });
  return { code, ...terminal.written };
}

async function json(line: string) {
  const { code, out, err } = await baton(`${line} -f json`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

async function quietly(line: string): Promise<void> {
  expect(await baton(line)).toEqual({ code: 0, out: '', err: '' });
}

describe('on a data folder that nobody serves', () => {
  beforeEach(() => {
    env.BATON_DATA = join(dir, 'data');
  });

  test('the first command makes the accounts and writes their files', async () => {
    expect((await json('identity project list')).map((row: { Name: string }) => row.Name)).toEqual(['admin', 'demo']);
    for (const name of ['openrc', 'demo-openrc', 'awsrc']) expect(existsSync(join(dir, 'data', name))).toBe(true);
  });

  test('projects, users and roles are made, changed and deleted', async () => {
    expect(await json('identity project create --description d --tag a --tag b web')).toMatchObject({
      name: 'web',
      description: 'd',
      tags: ['a', 'b'],
    });
    expect(await json('identity user create --project web --email e@example.org --password pw eve')).toMatchObject({
      email: 'e@example.org',
    });
    await quietly('identity role add --user eve --project web member');
    expect(await json('identity role assignment list --project web --names')).toEqual([
      expect.objectContaining({ Role: 'member', User: 'eve@Default', Project: 'web@Default', Inherited: false }),
    ]);
    await quietly('identity user set --disable eve');
    expect(await json('identity user show eve')).toMatchObject({ enabled: false });
    await json('identity group create crew');
    await quietly('identity group add user crew eve demo');
    await quietly('identity group remove user crew eve');
    const key = await json('identity ec2 credentials create --user eve --project web');
    expect(await json('identity ec2 credentials list --user eve')).toEqual([
      expect.objectContaining({ Access: key.access }),
    ]);
    await quietly(`identity ec2 credentials delete --user eve ${key.access}`);
    await quietly('identity role remove --user eve --project web member');
    await quietly('identity user password set --password other eve');
    await quietly('identity user delete eve');
    await quietly('identity project delete web');
  });

  test('services and application credentials too', async () => {
    await json('identity region create North');
    await json('identity service create --name nova compute');
    expect(await json('identity endpoint create --region North compute public http://nova.example')).toMatchObject({
      region_id: 'North',
    });
    expect(await json('identity endpoint list --service nova')).toHaveLength(1);
    expect((await json('identity catalog list')).map((row: { Type: string }) => row.Type)).toContain('compute');
    expect(await json('identity application credential create --role reader ci')).toMatchObject({
      name: 'ci',
      secret: expect.any(String),
    });
    expect(await json('identity application credential list')).toHaveLength(1);
    await quietly('identity application credential delete ci');
    expect(await json('identity token issue')).toMatchObject({
      id: expect.any(String),
      project_id: expect.any(String),
    });
  });

  test.each([
    { line: 'identity project show nothing', code: 3, message: "No project with a name or ID of 'nothing' exists.\n" },
    { line: 'identity role add member', code: 2, message: 'Give one of --user and --group' },
    { line: 'identity user set demo', code: 2, message: 'Nothing to change' },
    {
      line: 'identity user create demo',
      code: 1,
      message: 'Duplicate entry found with name demo at domain ID default. (HTTP 409)',
    },
    { line: 'identity project delete nothing', code: 1, message: '1 of 1 projects failed to delete.' },
  ])('$line fails and says why', async ({ line, code, message }) => {
    const result = await baton(line);
    expect(result.code).toBe(code);
    expect(result.err).toContain(message);
  });
});

describe('at a server', () => {
  let it: ApiFixture;
  let server: Server;
  beforeEach(async () => {
    it = await openApi();
    server = express().use('/identity', identityHandler(it.api)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    env = {
      ...env,
      OS_AUTH_URL: `http://127.0.0.1:${port}/identity`,
      OS_USERNAME: 'demo',
      OS_PASSWORD: it.secrets.demo.password,
      OS_PROJECT_NAME: 'demo',
    };
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await it.store.close();
  });

  test('one acts as whoever logs in', async () => {
    expect(await json('identity token issue')).toMatchObject({ user_id: it.secrets.demo.userId });
    expect(await json('identity ec2 credentials list')).toEqual([
      expect.objectContaining({ Access: it.secrets.demo.accessKey }),
    ]);
    const refused = await baton('identity user list');
    expect(refused).toMatchObject({
      code: 1,
      err: 'You are not authorized to perform the requested action: identity:list_users. (HTTP 403)\n',
    });
  });

  test('one’s own password is changed with the old one', async () => {
    await quietly(
      `identity user password set --original-password ${it.secrets.demo.password} --password another ${it.secrets.demo.userId}`,
    );
    expect((await baton('identity token issue')).err).toContain('(HTTP 401)');
    env.OS_PASSWORD = 'another';
    await json('identity token issue');
  });
});
