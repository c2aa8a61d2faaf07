import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseOpenrc } from '../../src/cli/transport/served-folder.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';
import { type RunningServer, startServer } from '../../src/server.js';

const caller = localCaller();
let folder: string;
let here: RunningServer;
let there: RunningServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-remote-'));
  const logger = pino({ level: 'error' }, pino.destination(2));
  const config = { port: 0, shutdown_grace_seconds: 0 };
  here = await startServer({ config, logger });
  there = await startServer({ config, logger, dataDir: folder });
});
afterEach(async () => {
  await Promise.all([here.close(), there.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** A stack whose one resource is a stack over there, reached by the credentials in a secret. */
function template(value: string, password: string | undefined): JsonMap {
  const rc = parseOpenrc(readFileSync(join(folder, 'demo-openrc'), 'utf8'));
  const credential = {
    auth_type: 'password',
    auth: {
      auth_url: rc.OS_AUTH_URL,
      username: rc.OS_USERNAME,
      password: password ?? rc.OS_PASSWORD,
      project_name: rc.OS_PROJECT_NAME,
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    },
  };
  const inner = {
    heat_template_version: '2018-08-31',
    parameters: { word: { type: 'string' } },
    resources: { v: { type: 'OS::Heat::Value', properties: { value: { get_param: 'word' } } } },
    outputs: { word: { value: { get_attr: ['v', 'value'] } } },
  };
  return {
    heat_template_version: '2018-08-31',
    resources: {
      secret: {
        type: 'OS::Barbican::Secret',
        properties: { payload: JSON.stringify(credential), payload_content_type: 'text/plain' },
      },
      remote: {
        type: 'OS::Heat::Stack',
        properties: {
          template: JSON.stringify(inner),
          parameters: { word: value },
          context: { region_name: 'RegionOne', credential_secret_id: { get_resource: 'secret' } },
        },
      },
    },
    outputs: { outputs: { value: { get_attr: ['remote', 'outputs'] } } },
  };
}

test('a stack in another baton is made, updated and deleted over HTTP', async () => {
  const { stacks } = here.engine;
  const { id } = await stacks.create(caller, { name: 'far', template: template('one', undefined) });
  expect(await stacks.settled(id)).toMatchObject({ statusReason: 'Stack CREATE completed successfully' });
  const output = async () => (await stacks.outputs(caller, id))[0]?.value;
  expect(await output()).toEqual({ word: 'one' });
  const remoteId = (await stacks.resource(caller, id, 'remote')).record.physicalId ?? '';
  expect(await there.engine.operations.stack(remoteId)).toMatchObject({ status: 'COMPLETE', parentId: undefined });
  expect(await here.engine.operations.stack(remoteId)).toBeUndefined();
  await stacks.update(caller, id, { template: template('two', undefined) });
  expect(await stacks.settled(id)).toMatchObject({ statusReason: 'Stack UPDATE completed successfully' });
  expect(await output()).toEqual({ word: 'two' });
  await stacks.delete(caller, id);
  expect(await stacks.settled(id)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
  expect((await there.engine.operations.stack(remoteId))?.deletedAt).toBeDefined();
}, 30_000);

test('wrong credentials are told as what they are', async () => {
  const { stacks } = here.engine;
  const { id } = await stacks.create(caller, {
    name: 'far',
    template: template('one', 'wrong'),
    disableRollback: true,
  });
  const { status, statusReason } = await stacks.settled(id);
  expect([status, statusReason]).toEqual([
    'FAILED',
    expect.stringContaining('Cannot establish connection to Heat endpoint at region "RegionOne" due to'),
  ]);
}, 30_000);

test.each([
  {
    what: 'an unknown region',
    properties: { template: 'heat_template_version: 2018-08-31', context: { region_name: 'DARKHOLE' } },
    says: 'Cannot establish connection to Heat endpoint at region "DARKHOLE" due to "public endpoint for orchestration service in DARKHOLE region not found"',
  },
  {
    what: 'a wrong template',
    properties: {
      template: '{"heat_template_version": "2018-08-31", "resource": {}}',
      context: { region_name: 'RegionOne' },
    },
    says: 'Failed validating stack template using Heat endpoint at region "RegionOne" due to "ERROR: The template section is invalid: resource"',
  },
  {
    what: 'a type that nobody knows',
    properties: { template: '{"heat_template_version": "2018-08-31", "resources": {"a": {"type": "OS::No::Such"}}}' },
    says: 'due to "ERROR: The Resource Type (OS::No::Such) could not be found."',
  },
])('$what is refused before anything is made', async ({ properties, says }) => {
  const { stacks } = here.engine;
  const resources = { far: { type: 'OS::Heat::Stack', properties } };
  const wanted = { name: 'refused', template: { heat_template_version: '2018-08-31', resources } };
  await expect(stacks.create(caller, wanted)).rejects.toThrow(says);
  await expect(stacks.preview(caller, wanted)).rejects.toThrow(says);
  expect(await stacks.list(caller, {})).toEqual([]);
});
