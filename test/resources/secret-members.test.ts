import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../src/create-engine.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';

const SECRET = 'hunter2-correct-horse';
const caller = localCaller();
let dataDir: string;
let engine: Engine;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'baton-secret-'));
  engine = await createEngine({ dataDir });
});
afterEach(async () => {
  await engine.close(0);
  rmSync(dataDir, { recursive: true, force: true });
});

/** Whether a text lies in the database, its journal included. */
function isStored(text: string): boolean {
  return readdirSync(dataDir).some((name) => readFileSync(join(dataDir, name), 'latin1').includes(text));
}

const value = { str_replace: { template: 'user:$pw:%index%', params: { $pw: { get_param: 'password' } } } };
const server = {
  type: 'OS::Nova::Server',
  properties: { image: 'i', flavor: 'm1.small', admin_pass: value, user_data_format: 'RAW', user_data: value },
};

const template = (resources: JsonMap): JsonMap => ({
  heat_template_version: '2021-04-16',
  parameters: { password: { type: 'string', hidden: true } },
  resources,
});

test.each<{ reason: string; resources: JsonMap; files?: { [key: string]: string } }>([
  {
    reason: 'a ResourceGroup',
    resources: { g: { type: 'OS::Heat::ResourceGroup', properties: { count: 2, resource_def: server } } },
  },
  {
    reason: 'an AutoScalingGroup',
    resources: {
      g: { type: 'OS::Heat::AutoScalingGroup', properties: { min_size: 2, max_size: 3, resource: server } },
    },
  },
  {
    reason: 'a group of nested templates whose parameter is not hidden',
    resources: {
      g: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: 2, resource_def: { type: 'file:///member.yaml', properties: { word: value } } },
      },
    },
    files: {
      'file:///member.yaml': JSON.stringify({
        heat_template_version: '2021-04-16',
        parameters: { word: { type: 'string' } },
        resources: {
          s: {
            ...server,
            properties: { ...server.properties, admin_pass: { get_param: 'word' }, user_data: { get_param: 'word' } },
          },
        },
      }),
    },
  },
  {
    reason: 'a chain',
    resources: {
      g: {
        type: 'OS::Heat::ResourceChain',
        properties: { resources: ['OS::Nova::Server'], resource_properties: server.properties },
      },
    },
  },
])('a hidden parameter in the members of $reason is nowhere plain', async ({ resources, files = {} }) => {
  const made = await engine.stacks.create(caller, {
    name: 'secrets',
    template: template(resources),
    files,
    environment: { parameters: { password: SECRET } },
  });
  expect(await engine.stacks.settled(made.id)).toMatchObject({ statusReason: 'Stack CREATE completed successfully' });
  const members = await engine.stacks.resources(caller, made.id, { nestedDepth: 3 });
  const servers = members.filter(({ record }) => record.type === 'OS::Nova::Server');
  expect(servers.length).toBeGreaterThan(0);
  // The members have it all the same.
  const { record, stack } = servers[0] ?? { record: undefined, stack: undefined };
  expect(JSON.stringify(record?.properties.admin_pass)).toBe('"******"');
  const world = await engine.store.world.get('servers', record?.physicalId ?? '');
  expect(JSON.stringify(world?.body)).toContain(`user:${SECRET}:`);
  const shown = await engine.stacks.get(caller, stack?.id ?? '');
  expect(JSON.stringify([shown.template.document, shown.environment, shown.parameters])).not.toContain(SECRET);
  const events = await engine.stacks.events(caller, made.id, { nestedDepth: 3 });
  expect(JSON.stringify(events)).not.toContain(SECRET);
  // An update compares what it cannot show.
  const before = servers.map((one) => one.record.physicalId).sort();
  await engine.stacks.update(caller, made.id, { existing: true, environment: { parameters: { password: SECRET } } });
  expect((await engine.stacks.settled(made.id)).status).toBe('COMPLETE');
  const after = (await engine.stacks.resources(caller, made.id, { nestedDepth: 3 })).filter(
    (one) => one.record.type === 'OS::Nova::Server',
  );
  expect(after.map((one) => one.record.physicalId).sort()).toEqual(before);
  await engine.close(0);
  expect(isStored('OS::Nova::Server')).toBe(true);
  expect(isStored(SECRET)).toBe(false);
});
