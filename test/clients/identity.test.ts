import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { createIdentityApi } from '../../src/api-identity/identity-api.js';
import { systemClock } from '../../src/engine/model/clock.js';
import { openStore, type Store } from '../../src/engine/store/store.js';
import { writeCredentialFiles } from '../../src/identity/credential-files.js';
import { createIdentity } from '../../src/identity/identity.js';
import { identityHandler } from '../../src/server/identity-mount.js';
import { isInstalled } from './is-installed.js';
import { WarmOpenstack } from './warm-openstack.js';

const withClient = (await isInstalled('openstack')) ? describe : describe.skip;

withClient('the openstack client', () => {
  let store: Store;
  let server: Server;
  let dir: string;
  let client: WarmOpenstack;
  const bugs: unknown[] = [];

  beforeAll(async () => {
    client = new WarmOpenstack();
    store = await openStore({});
    dir = mkdtempSync(join(tmpdir(), 'baton-clients-'));
    const identity = await createIdentity({ documents: store.documents, clock: systemClock });
    const api = createIdentityApi({ identity, now: systemClock.now, reportBug: (error) => bugs.push(error) });
    server = express().use('/identity', identityHandler(api)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeCredentialFiles(dir, { baseUrl, region: identity.region, secrets: identity.bootstrapped });
  });

  afterAll(async () => {
    await client.close();
    server.close();
    server.closeAllConnections();
    await store.close();
    rmSync(dir, { recursive: true });
    expect(bugs).toEqual([]);
  });

  function variables(name: string): Record<string, string> {
    const lines = readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean);
    return Object.fromEntries(lines.map((line) => /^export (\w+)='(.*)'$/.exec(line)?.slice(1) as [string, string]));
  }

  /** Runs a command; gives its JSON, or what else it printed. Throws what it said if it failed. */
  async function openstack(credentials: string, command: string, extra: Record<string, string> = {}): Promise<unknown> {
    const words = (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
    const env = { PATH: process.env.PATH ?? '', HOME: dir, ...variables(credentials), ...extra };
    const { code, out, err } = await client.run(words, env, dir);
    if (code !== 0) throw new Error(`openstack ${command}: ${err}${out}`);
    return out.trim().startsWith('{') || out.trim().startsWith('[') ? JSON.parse(out) : out.trim();
  }

  const show = async (command: string, credentials = 'openrc') =>
    (await openstack(credentials, `${command} -f json`)) as Record<string, unknown>;
  const list = async (command: string, credentials = 'openrc') =>
    (await openstack(credentials, `${command} -f json`)) as Record<string, unknown>[];

  test('logs in and sees its catalog', async () => {
    expect(await show('token issue', 'demo-openrc')).toMatchObject({
      project_id: expect.any(String),
      user_id: expect.any(String),
    });
    const catalog = await list('catalog list', 'demo-openrc');
    const own = ['identity', 'orchestration', 'cloudformation', 'messaging'];
    expect(catalog.map((row) => row.Type)).toEqual(expect.arrayContaining(own));
  }, 60_000);

  test('makes projects, users, groups and gives them roles', async () => {
    expect(await show('project create --description d --tag blue web')).toMatchObject({
      name: 'web',
      description: 'd',
      domain_id: 'default',
    });
    expect(await show('user create --project web --password pw --email e@example.org eve')).toMatchObject({
      name: 'eve',
      email: 'e@example.org',
    });
    await openstack('openrc', 'role add --project web --user eve member');
    const given = await list('role assignment list --project web --names');
    expect(given).toEqual([expect.objectContaining({ Role: 'member', User: 'eve@Default', Project: 'web@Default' })]);
    await show('group create crew');
    await openstack('openrc', 'group add user crew eve');
    expect(await openstack('openrc', 'group contains user crew eve')).toMatch(/eve in group crew/);
    const effective = await list('role assignment list --user eve --effective --names');
    expect(effective.map((row) => row.Role).sort()).toEqual(['member', 'reader']);
    const eve = { OS_USERNAME: 'eve', OS_PASSWORD: 'pw', OS_PROJECT_NAME: 'web' };
    expect(await openstack('openrc', 'token issue -f json', eve)).toMatchObject({ id: expect.any(String) });
    expect((await list('project list')).map((row) => row.Name)).toEqual(['admin', 'demo', 'web']);
    await openstack('openrc', 'role remove --project web --user eve member');
    await expect(openstack('openrc', 'token issue -f json', eve)).rejects.toThrow(/HTTP 401/);
    await openstack('openrc', 'user set --disable eve');
    expect(await show('user show eve')).toMatchObject({ enabled: false });
    await openstack('openrc', 'user delete eve');
    await openstack('openrc', 'project delete web');
  }, 180_000);

  test('manages keys, application credentials, domains and services', async () => {
    const key = await show('ec2 credentials create', 'demo-openrc');
    expect(key).toMatchObject({ access: expect.any(String), secret: expect.any(String) });
    expect(await list('ec2 credentials list', 'demo-openrc')).toHaveLength(2);
    await openstack('demo-openrc', `ec2 credentials delete ${String(key.access)}`);
    const program = await show('application credential create --role reader ci', 'demo-openrc');
    const address = variables('demo-openrc').OS_AUTH_URL ?? '';
    const env = {
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_AUTH_URL: address,
      OS_APPLICATION_CREDENTIAL_ID: String(program.id),
      OS_APPLICATION_CREDENTIAL_SECRET: String(program.secret),
    };
    const issued = await client.run(['token', 'issue', '-f', 'json'], { HOME: dir, ...env }, dir);
    expect(JSON.parse(issued.out)).toMatchObject({ id: expect.any(String) });
    await openstack('demo-openrc', 'application credential delete ci');
    expect((await list('domain list')).map((row) => row.Name)).toEqual(['Default', 'heat']);
    await show('service create --name nova compute');
    await show('endpoint create --region North compute public http://nova.example/v2.1');
    expect(await list('endpoint list --service compute')).toHaveLength(1);
    expect((await list('region list')).map((row) => row.Region)).toEqual(['RegionOne', 'North']);
    expect((await list('role list')).map((row) => row.Name)).toContain('heat_stack_user');
  }, 180_000);

  test('is told what it may not do', async () => {
    await expect(openstack('demo-openrc', 'project create x')).rejects.toThrow(
      /not authorized to perform the requested action: identity:create_project/,
    );
    await expect(openstack('openrc', 'project show nothing')).rejects.toThrow(
      /No project with a name or ID of 'nothing' exists/,
    );
    await expect(openstack('openrc', 'token issue', { OS_PASSWORD: 'wrong' })).rejects.toThrow(
      /requires authentication/,
    );
  }, 60_000);

  test('revokes a token', async () => {
    const { id } = await show('token issue', 'demo-openrc');
    await openstack('openrc', `token revoke ${String(id)}`);
    await expect(openstack('openrc', `token revoke ${String(id)}`)).rejects.toThrow(/Failed to validate token/);
  }, 60_000);
});
