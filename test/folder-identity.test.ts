import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../src/create-engine.js';
import { localCaller } from '../src/local-caller.js';

const WITH_A_USER = `
heat_template_version: 2018-08-31
resources:
  handle: { type: OS::Heat::WaitConditionHandle }
`;

describe('the identity of a folder that nobody serves', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'baton-folder-'));
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('is set up by the first stack with a user, which leaves the credentials for a server that comes later', async () => {
    const engine = await createEngine({ dataDir });
    const stack = await engine.stacks.create(localCaller(), { name: 'users', template: WITH_A_USER });
    expect((await engine.stacks.settled(stack.id)).status).toBe('COMPLETE');
    await engine.close(0);
    for (const name of ['openrc', 'demo-openrc', 'awsrc']) {
      const file = join(dataDir, name);
      expect(readFileSync(file, 'utf8')).toMatch(/^export \w+='[^']+'$/m);
      expect(statSync(file).mode & 0o077).toBe(0);
    }
  });
});
