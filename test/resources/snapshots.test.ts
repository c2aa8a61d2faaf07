import { createEngine, type Engine } from '../../src/create-engine.js';
import { localCaller } from '../../src/local-caller.js';

const caller = localCaller();
const INNER = `heat_template_version: 2021-04-16
resources:
  disk: { type: OS::Cinder::Volume, properties: { size: 1 } }
`;
const OUTER = `heat_template_version: 2021-04-16
resources:
  server: { type: OS::Nova::Server, properties: { flavor: m1.small, image: cirros, networks: [{ network: private }] } }
  inner: { type: inner.yaml }
`;

let engine: Engine;
let id: string;
beforeEach(async () => {
  engine = await createEngine();
  const stack = await engine.stacks.create(caller, { name: 's', template: OUTER, files: { 'inner.yaml': INNER } });
  id = stack.id;
  await engine.stacks.settled(id);
});
afterEach(() => engine.close());

/** What there is of a kind that was not there from the start. */
async function copies(kind: 'images' | 'volume_backups'): Promise<number> {
  const found = await engine.cloud.collection(kind).list({ projectId: caller.projectId, region: caller.region });
  return found.filter(({ name }) => kind !== 'images' || name?.startsWith('s-server')).length;
}

async function taken(): Promise<string> {
  const { id: snapshotId } = await engine.stacks.snapshot(caller, id, null);
  expect((await engine.stacks.settled(id)).status).toBe('COMPLETE');
  return snapshotId;
}

test('the copies that a snapshot made go with it, those of nested stacks too', async () => {
  const snapshot = await taken();
  expect([await copies('images'), await copies('volume_backups')]).toEqual([1, 1]);
  await engine.stacks.deleteSnapshot(caller, id, snapshot);
  expect([await copies('images'), await copies('volume_backups')]).toEqual([0, 0]);
});

test('they go with the stack as well', async () => {
  await taken();
  await taken();
  expect([await copies('images'), await copies('volume_backups')]).toEqual([2, 2]);
  await engine.stacks.delete(caller, id);
  await engine.stacks.settled(id);
  expect([await copies('images'), await copies('volume_backups')]).toEqual([0, 0]);
});

test('a restore knows the values of hidden parameters, which an answer only shows masked', async () => {
  const template = `heat_template_version: 2021-04-16
parameters: { secret: { type: string, hidden: true, constraints: [{ allowed_pattern: '[a-z]+' }] } }
resources: { v: { type: OS::Heat::Value, properties: { value: { get_param: secret } } } }
`;
  const stack = await engine.stacks.create(caller, { name: 'h', template, parameters: { secret: 'letters' } });
  await engine.stacks.settled(stack.id);
  const { id: snapshotId } = await engine.stacks.snapshot(caller, stack.id, null);
  await engine.stacks.settled(stack.id);
  expect(JSON.stringify(await engine.stacks.getSnapshot(caller, stack.id, snapshotId))).not.toContain('letters');
  expect(JSON.stringify(await engine.stacks.export(caller, stack.id))).not.toContain('letters');
  await engine.stacks.restore(caller, stack.id, snapshotId);
  expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'RESTORE', status: 'COMPLETE' });
});
