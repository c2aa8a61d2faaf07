import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../src/create-engine.js';
import { backupDataFolder } from '../../../src/engine/store/backup.js';
import { localCaller } from '../../../src/local-caller.js';

const caller = localCaller();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-backup-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TEMPLATE = {
  heat_template_version: '2018-08-31',
  parameters: { secret: { type: 'string', hidden: true } },
  resources: {
    quick: { type: 'OS::Heat::RandomString' },
    slow: { type: 'OS::Heat::TestResource', depends_on: 'quick', properties: { wait_secs: 2 } },
  },
};

test('a copy that is taken while an operation runs opens and finishes that operation', async () => {
  const engine = await createEngine({ dataDir: join(folder, 'live') });
  const stack = await engine.stacks.create(caller, { name: 'web', template: TEMPLATE, parameters: { secret: 'x' } });
  await backupDataFolder(join(folder, 'live'), join(folder, 'copy'));
  await engine.stacks.settled(stack.id);
  await engine.close();

  const restored = await createEngine({ dataDir: join(folder, 'copy') });
  expect(restored.resumed).toBe(1);
  const settled = await restored.stacks.settled(stack.id);
  expect([settled.action, settled.status]).toEqual(['CREATE', 'COMPLETE']);
  await restored.close();
}, 20_000);

test('a backup never writes over anything and says what is wrong with its folders', async () => {
  writeFileSync(join(folder, 'something'), '');
  await expect(backupDataFolder(folder, join(folder, 'copy'))).rejects.toThrow(/is no data folder/);
  const engine = await createEngine({ dataDir: join(folder, 'live') });
  await expect(backupDataFolder(join(folder, 'live'), folder)).rejects.toThrow(/is not empty/);
  await engine.close();
});
