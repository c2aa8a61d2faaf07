import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../../src/create-engine.js';
import type { JsonMap } from '../../../src/engine/model/value.js';
import { localCaller } from '../../../src/local-caller.js';
import { temporaryFolder } from '../../helpers/crash-images.js';

const caller = localCaller();

const template = (payload: string): JsonMap => ({
  heat_template_version: '2021-04-16',
  resources: {
    secret: { type: 'OS::Barbican::Secret', properties: { payload, payload_content_type: 'text/plain' } },
    group: {
      type: 'OS::Heat::ResourceGroup',
      properties: { count: 2, resource_def: { type: 'member.yaml', properties: { word: '%index%' } } },
    },
  },
});
const files = {
  'member.yaml': JSON.stringify({
    heat_template_version: '2021-04-16',
    parameters: { word: { type: 'string' } },
    resources: {
      secret: {
        type: 'OS::Barbican::Secret',
        properties: { payload: 'literal-password-of-a-member', payload_content_type: 'text/plain' },
      },
    },
  }),
};

test('what authors write into templates lies encrypted, and comes back as it was', async () => {
  const dataDir = temporaryFolder();
  let engine = await createEngine({ dataDir });
  const { id } = await engine.stacks.create(caller, { name: 'rest', template: template('literal-password-1'), files });
  expect(await engine.stacks.settled(id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
  await engine.stacks.snapshot(caller, id, 's');
  await engine.stacks.settled(id);
  await engine.close(0);
  const stored = readdirSync(dataDir)
    .filter((name) => name.startsWith('baton.db'))
    .map((name) => readFileSync(join(dataDir, name), 'latin1'))
    .join('');
  expect(stored.length).toBeGreaterThan(10_000);
  const found = stored.indexOf('literal-password');
  expect(found < 0 ? '' : stored.slice(Math.max(0, found - 200), found + 40)).toBe('');

  engine = await createEngine({ dataDir });
  const record = await engine.store.reads.stack(id);
  const kept = await engine.store.reads.template(record?.templateId ?? '');
  expect(kept?.document).toEqual(template('literal-password-1'));
  expect(kept?.files).toEqual(files);
  await engine.stacks.update(caller, id, { template: template('literal-password-2'), files });
  expect(await engine.stacks.settled(id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
  await engine.close(0);
});
